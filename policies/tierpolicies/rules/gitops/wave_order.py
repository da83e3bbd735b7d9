"""Something is applied before what it needs.

## What it does
Compares the phase (PreSync, Sync, PostSync) and the sync wave of each object with those of its Namespace,
of the definition of its kind, and, for workloads, of the ConfigMaps, Secrets (ExternalSecrets), claims
and the ServiceAccount that it needs, where one Application, or none, applies both.

## Why is this bad
Argo CD goes on to the next wave when all of this one is healthy: pods that wait for a ConfigMap of a later
wave never are, so that it never comes. In a first sync a hook that needs it fails.

## Example
```yaml
kind: ConfigMap
metadata: {name: web, annotations: {argocd.argoproj.io/sync-wave: "1"}}   # the Deployment is in wave 0
```

## Use instead
```yaml
kind: ConfigMap
metadata: {name: web, annotations: {argocd.argoproj.io/sync-wave: "-1"}}
```
"""

from collections.abc import Iterator

from tierpolicies.delivery.sync_annotations import WAVE, annotation, turn
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import Owners, Sources
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.rule import rule
from tierpolicies.storage.stores import claims

Needed = tuple[Manifest, Manifest]
"""An object, and one that it needs."""


@rule(severity=Severity.ERROR, remediation="Put what is needed into an earlier wave, or into the same one.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each object that comes too early, once for each that it needs."""
    if not any(turn(each) != (1, 0) for each in context.index.manifests):
        return
    owners = Owners(Sources(context.tree, is_whole=context.platform is not None))
    told: set[tuple[int, int]] = set()
    for manifest, needed in (*_homes(context), *_definitions(context), *_of_pods(context)):
        first, second = turn(needed), turn(manifest)
        if first is None or second is None or first <= second or (id(manifest), id(needed)) in told:
            continue
        if owners.of(manifest.file) != owners.of(needed.file):
            continue
        if context.overlays.apart(manifest.file, needed.file):
            continue
        told.add((id(manifest), id(needed)))
        message = f"{second} comes before {first} of the {needed.kind} {needed.name}, which it needs"
        yield Fault(message, manifest, annotation(manifest, WAVE), detail=f"{needed.kind} {needed.name}")


def _homes(context: Context) -> Iterator[Needed]:
    spaces = {each.name: each for each in context.index.of_kind("Namespace")}
    for manifest in context.index.manifests if spaces else ():
        home = spaces.get(manifest.namespace) if manifest.namespace else None
        if home is not None:
            yield manifest, home


def _definitions(context: Context) -> Iterator[Needed]:
    for definition in context.index.of_kind("CustomResourceDefinition"):
        spec = definition.view["spec"]
        for manifest in context.index.of_kind(spec.at("names", "kind").text):
            if manifest.group == spec["group"].text:
                yield manifest, definition


def _of_pods(context: Context) -> Iterator[Needed]:
    """What pods need; those of a CronJob wait for the clock, and no wave waits for them."""
    for manifest, needed in (*_settings(context), *_accounts_and_claims(context)):
        if needed is not None and manifest.kind not in ("CronJob", "ServiceAccount"):
            yield manifest, needed


def _settings(context: Context) -> Iterator[tuple[Manifest, Manifest | None]]:
    secrets: dict[tuple[str, str], Manifest] = {}
    for each in context.index.of_kind("Secret", "SealedSecret", "ExternalSecret"):
        target = each.view.at("spec", "target", "name").text if each.kind == "ExternalSecret" else ""
        secrets.setdefault((each.namespace or DEFAULT_NAMESPACE, target or each.name), each)
    for _, manifest, name, *_ in context.references.config_maps:
        yield manifest, context.index.find("ConfigMap", name.text, manifest.namespace)
    for _, manifest, name, *_ in context.references.secrets:
        yield manifest, secrets.get((manifest.namespace or DEFAULT_NAMESPACE, name.text))


def _accounts_and_claims(context: Context) -> Iterator[tuple[Manifest, Manifest | None]]:
    for workload in context.index.workloads:
        account, manifest = workload.pod["serviceAccountName"].text, workload.manifest
        if account:
            yield manifest, context.index.find("ServiceAccount", account, manifest.namespace)
        yield from ((manifest, claim.manifest) for claim in claims(context.index, workload))
