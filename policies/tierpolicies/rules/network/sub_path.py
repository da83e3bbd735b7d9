"""Argo CD or Grafana does not know under which path it is served.

## What it does
For an Ingress that sends a path such as `/argocd` or `/grafana` to one of them without rewriting it, compares
the path with the program's own setting, where the tree tells it: Argo CD's `server.rootpath` (or
`server.basehref`), Grafana's `root_url` with `serve_from_sub_path`, in a chart's values, in the ConfigMap
`argocd-cmd-params-cm` or in Grafana's variables.

## Why is this bad
The page is found, and all it links to is not: it stays empty, or leads to another program's pages.

## Example
```yaml
path: /grafana   # and root_url: https://example.org
```

## Use instead
```yaml
grafana.ini: {server: {root_url: https://example.org/grafana, serve_from_sub_path: true}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.ingress import backends
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.served_paths import served_paths

_REWRITES = ("rewrite", "strip", "replace-path", "middlewares", "transforms")


@rule(
    needs=("Ingress",),
    severity=Severity.ERROR,
    remediation="Set the program's own path to that of the Ingress.",
    rests_on=("ConfigMap", "Application"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each path that the program behind it does not know."""
    for backend in backends(context.index):
        path = backend.path["path"].text.rstrip("/*")
        annotations = backend.ingress.view.at("metadata", "annotations").mapping
        if not path or any(word in key for key in annotations for word in _REWRITES):
            continue
        for served in served_paths(context.index, backend):
            if served.path.rstrip("/") != path:
                name = backend.name.text
                is_set = (
                    f"{served.setting} is {served.path}" if served.path else f"{served.setting} is not set"
                )
                message = f"the Ingress {backend.ingress.name} serves {name} under {path}, and {is_set}"
                yield Fault(message, served.manifest, served.view, detail=path)
