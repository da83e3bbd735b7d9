"""Whom adopted workloads call, as far as their variables name the Services of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierwright.adopting.inventory import Inventory, namespace_of
from tierwright.adopting.workload import Adopted


@dataclass(frozen=True)
class _Host:
    """A Service, and the adopted service behind it, if there is one, with its new port."""

    service: Manifest
    workload: str | None
    port: Value

    def pattern(self, namespace: str) -> re.Pattern[str]:
        """What its address looks like from a namespace: with its own, or without from the same one."""
        name, own = re.escape(self.service.name), namespace_of(self.service)
        full = rf"{name}\.{re.escape(own)}(?:\.svc(?:\.[a-z0-9.-]+)?)?"
        host = f"(?:{full}|{name})" if own == namespace else full
        return re.compile(rf"(?P<host>(?:^|//|[@,;\s]){host})(?::(?P<port>\d+))?(?=$|[/,;?\s])")

    @property
    def ports(self) -> set[str]:
        """The ports that it listens on, as the manifests say."""
        return {str(each["port"].value) for each in self.service.view.at("spec", "ports")}


def with_calls(workloads: Sequence[Adopted], inventory: Inventory) -> list[Adopted]:
    """The workloads with their `calls`; addresses in their variables have the ports of now."""
    hosts = list(_hosts(workloads, inventory))
    return [_with_calls(each, hosts) for each in workloads]


def _hosts(workloads: Sequence[Adopted], inventory: Inventory) -> Iterator[_Host]:
    behind = {
        id(service): each
        for each in workloads
        if each.values["kind"] == "api"
        for service in inventory.services_of(each.manifest)
    }
    for service in inventory.of_kind("Service"):
        owner = behind.get(id(service))
        yield _Host(service, owner.manifest.name if owner else None, owner.values["port"] if owner else None)


def _with_calls(workload: Adopted, hosts: Sequence[_Host]) -> Adopted:
    variables = workload.values.get("variables")
    if not isinstance(variables, dict):
        return workload
    calls: dict[str, None] = {}
    notes: list[str] = []
    said: dict[str, Value] = {}
    for name, value in variables.items():
        text = str(value)
        for host in hosts:
            pattern = host.pattern(namespace_of(workload.manifest))
            if host.workload == workload.manifest.name or pattern.search(text) is None:
                continue
            if host.workload is None:
                notes.append(
                    f"variable {name} leads to Service {host.service.name}, which no app here serves: name"
                    " the store or the external in `calls`"
                )
                continue
            calls[host.workload] = None
            text = pattern.sub(partial(_moved, host), text)
        if text != value:
            notes.append(f"variable {name} said {value}: it leads to the same place as {text}")
        said[name] = text
    listed: list[Value] = [*calls]
    values = {**workload.values, "variables": said, **({"calls": listed} if calls else {})}
    return replace(workload, values=values, notes=(*workload.notes, *dict.fromkeys(notes)))


def _moved(host: _Host, found: re.Match[str]) -> str:
    """An address with the port on which the workload is reached now."""
    port = found["port"]
    if port is None:
        return found[0]  # callers that name no port know it otherwise
    return f"{found['host']}:{host.port if port in host.ports else port}"
