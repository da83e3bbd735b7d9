"""A mounted file is not in its ConfigMap or Secret.

## What it does
Looks up the `subPath` of each mount of a ConfigMap or Secret volume among the files that the volume
has: the paths of its `items`, or else the keys of the object, where the tree shows them.

## Why is this bad
Instead of the file the kubelet mounts an empty directory, and the program fails over it.

## Example
```yaml
volumeMounts: [{name: settings, mountPath: /etc/web/web.conf, subPath: web.cfg}]   # the key is web.conf
```

## Use instead
```yaml
volumeMounts: [{name: settings, mountPath: /etc/web/web.conf, subPath: web.conf}]
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    needs=(PODS,),
    severity=Severity.ERROR,
    remediation="Name a file that the volume has.",
    rests_on=("ConfigMap", "Secret", "SealedSecret", "ExternalSecret"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each mount of a file that its volume has not."""
    for workload in context.index.workloads:
        volumes: dict[str, View] | None = None
        for container in workload.own.containers:
            for mount in container["volumeMounts"]:
                path = mount["subPath"]
                if not path.text:
                    continue
                if volumes is None:
                    volumes = {each["name"].text: each for each in workload.pod["volumes"]}
                volume = volumes.get(mount["name"].text, View(None))
                files = _files(context, workload.manifest.namespace, volume)
                if files is not None and path.text.partition("/")[0] not in files:
                    message = f"the volume {mount['name'].text} has no file {path.text!r}"
                    yield Fault(f"{message}{nearest(path.text, files)}", workload.manifest, path)


def _files(context: Context, namespace: str, volume: View) -> frozenset[str] | None:
    """The first parts of the paths of a volume's files; nothing where they are not known."""
    for source, name, objects in (
        (volume["configMap"], "name", context.config_maps),
        (volume["secret"], "secretName", context.secrets),
    ):
        if source.mapping:
            if any(source["items"]):
                return frozenset(item["path"].text.partition("/")[0] for item in source["items"])
            return objects.keys(namespace, source[name].text)
    return None
