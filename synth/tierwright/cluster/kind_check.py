"""The kinds that the cluster knows, held against those of dist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierwright.cluster.lacks import Lack
from tierwright.compose.plan import Plan
from tierwright.description.components import Capability

_GROUPS: Mapping[Capability, tuple[str, ...]] = {
    "certificates": ("cert-manager.io",),
    "gitops": ("argoproj.io",),
    "load-balancer": ("elbv2.k8s.aws",),
    "monitoring": ("monitoring.coreos.com",),
    "secrets": ("external-secrets.io",),
}
"""The API groups whose definitions come with the chart of a component."""
_BUILT_IN = (".k8s.io",)


def check(plan: Plan, manifests: Sequence[Manifest], definitions: Sequence[View]) -> Iterator[Lack]:
    """Custom kinds of dist that nobody will have defined, or not in their version.

    What a component of the environment brings may be missing before the first sync; but what is there
    already has to serve the version that dist is written in.
    """
    served = {
        (each.at("spec", "group").text, each.at("spec", "names", "kind").text): {
            version["name"].text
            for version in each.at("spec", "versions")
            if version["served"].value is not False
        }
        for each in definitions
    }
    brought = {
        group: name
        for name, component in plan.components.items()
        for capability in component.provides
        for group in _GROUPS.get(capability, ())
    }
    used = sorted({(each.group, each.kind, _version(each)) for each in manifests if _is_custom(each.group)})
    for group, kind, version in used:
        there = served.get((group, kind))
        if there is None and group not in brought:
            mend = f"install what defines it, or add a component that brings {group}"
            yield Lack(f"{kind}.{group}", "dist has such objects, and nothing defines the kind", mend)
        elif there is not None and version not in there:
            known = ", ".join(sorted(there)) or "none"
            owner = brought.get(group)
            mend = f"upgrade it to the chart of {owner}" if owner else "upgrade what defines it"
            yield Lack(f"{kind}.{group}", f"dist is written in {version}; the cluster serves {known}", mend)


def _is_custom(group: str) -> bool:
    return "." in group and not group.endswith(_BUILT_IN)


def _version(manifest: Manifest) -> str:
    return manifest.subject.api_version.rpartition("/")[2]
