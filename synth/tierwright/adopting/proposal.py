"""The apps that manifests amount to, and an account of every object: kept, derived, or left and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierwright.adopting.calls import with_calls
from tierwright.adopting.inventory import Inventory, namespace_of
from tierwright.adopting.remainder import derived, is_store, left
from tierwright.adopting.workload import Adopted, adopted
from tierwright.fixing.entries import written
from tierwright.scaffold.application import module_of

_SCHEMA = "# yaml-language-server: $schema=../../.schemas/app.json\n"


@dataclass(frozen=True)
class ProposedApp:
    """An app that would generate some of the manifests: one image, one namespace."""

    name: str
    namespace: str
    workloads: Sequence[Adopted]

    @property
    def file(self) -> str:
        return f"apps/{module_of(self.name)}/app.yaml"

    @property
    def text(self) -> str:
        """The app.yaml."""
        workloads: dict[str, Value] = {each.manifest.name: each.values for each in self.workloads}
        lines = [f"app: {self.name}", f"namespace: {self.namespace}"]
        return _SCHEMA + "\n".join([*lines, *written("workloads", workloads, spread=True), ""])


@dataclass(frozen=True)
class Account:
    """What becomes of one object: it is `kept`, `derived`, or `left`; and what is lost or to be done."""

    manifest: Manifest
    fate: str
    reason: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """All apps, and the account of every object in the order of the files."""

    apps: Sequence[ProposedApp]
    accounts: Sequence[Account]

    @property
    def namespaces(self) -> list[str]:
        """The namespaces that the apps live in."""
        return sorted({each.namespace for each in self.apps})

    @property
    def whole(self) -> bool:
        """Whether nothing is left and nothing is lost."""
        return not any(each.fate == "left" or each.notes for each in self.accounts)


def propose(manifests: Sequence[Manifest]) -> Proposal:
    """Read manifests as apps."""
    inventory = Inventory(manifests)
    kept: dict[str, Adopted] = {}
    refused: dict[int, str] = {}
    for each in inventory.of_kind("Deployment"):
        found = left(each) if is_store(each) else adopted(each, inventory)
        if isinstance(found, Adopted) and each.name in kept:
            other = namespace_of(kept[each.name].manifest)
            found = f"the name is taken by the one in namespace {other}: names are unique in the platform"
        if isinstance(found, Adopted):
            kept[each.name] = found
        else:
            refused[id(each)] = found
    workloads = with_calls(_with_own_routes(kept.values()), inventory)
    apps = _grouped(workloads)
    return Proposal(apps, [_account(each, inventory, workloads, refused) for each in manifests])


def _account(
    manifest: Manifest, inventory: Inventory, workloads: Sequence[Adopted], refused: dict[int, str]
) -> Account:
    for each in workloads:
        if each.manifest is manifest:
            return Account(manifest, "kept", f"{each.values['kind']} {manifest.name}", each.notes)
    if id(manifest) in refused:
        return Account(manifest, "left", refused[id(manifest)])
    reason = derived(manifest, inventory, [each.manifest for each in workloads])
    if reason is not None:
        return Account(manifest, "derived", reason)
    return Account(manifest, "left", left(manifest))


def _with_own_routes(workloads: Iterable[Adopted]) -> list[Adopted]:
    """The workloads with a path each: one host serves all, and a path on it leads to one."""
    found: list[Adopted] = []
    owners: dict[str, str] = {}
    for each in workloads:
        route = each.values.get("route")
        owner = owners.setdefault(str(route), each.manifest.name) if route is not None else each.manifest.name
        if owner == each.manifest.name:
            found.append(each)
            continue
        values = {key: value for key, value in each.values.items() if key != "route"}
        note = (
            f"path {route} leads to {owner} already, on the one host that there is: give it another `route`"
        )
        found.append(replace(each, values=values, notes=(*each.notes, note)))
    return found


def _grouped(workloads: Sequence[Adopted]) -> list[ProposedApp]:
    groups: dict[tuple[str, str], list[Adopted]] = {}
    for each in workloads:
        groups.setdefault((namespace_of(each.manifest), each.repository), []).append(each)
    return list(_apps(groups))


def _apps(groups: dict[tuple[str, str], list[Adopted]]) -> Iterator[ProposedApp]:
    """One app an image and namespace, named after the image, or after its workload where that is taken."""
    taken: set[str] = set()
    for (namespace, repository), workloads in groups.items():
        named = re.sub(r"[^a-z0-9]+", "-", repository.rpartition("/")[2].lower()).strip("-")
        usable = re.fullmatch(r"[a-z][-a-z0-9]{0,39}", named) is not None
        name = named if usable and named not in taken else workloads[0].manifest.name
        taken.add(name)
        yield ProposedApp(name, namespace, workloads)
