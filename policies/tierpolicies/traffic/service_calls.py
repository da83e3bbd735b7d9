"""Which Services of the tree a workload calls, as its commands and variables tell by their names."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload
from tierpolicies.workloads.known_variables import Variable, known_variables

_HOST = re.compile(
    r"(?<![\w./-])(?P<url>[a-z][a-z0-9+.-]*://)?(?:[^\s/@,]*@)?(?P<host>[a-z0-9][a-z0-9.-]*)(?::(?P<port>\d+))?"
)
_ADDRESS = re.compile(
    r"(?:^|_)(?:HOST(?:NAME)?|ADDR(?:ESS)?|SERVER|ENDPOINT|URL|URI|DSN|BROKER|UPSTREAM|BACKEND)S?$"
)
_PORT = re.compile(r"(?:HOST(?:NAME)?|ADDR(?:ESS)?|SERVER)$")
_NO_CALL = re.compile(r"ALLOWED|ORIGIN|CORS|NO_PROXY|AUDIENCE|ISSUER|PUBLIC|TRUSTED|ALIAS", re.IGNORECASE)


class Call(NamedTuple):
    """A Service that a workload names, the port where it is told, and what names it."""

    client: Workload
    service: Manifest
    port: int | None
    told_by: str
    view: View


_MADE: WeakKeyDictionary[Index, tuple[Call, ...]] = WeakKeyDictionary()


def service_calls(index: Index) -> tuple[Call, ...]:
    """Every call that the tree tells of, each Service and port of a workload once."""
    if index not in _MADE:
        found: dict[tuple[int, int, int | None], Call] = {}
        services = {(each.name, each.namespace or "default"): each for each in index.of_kind("Service")}
        for workload in index.workloads if services else ():
            for call in _calls(index, services, workload):
                found.setdefault((id(workload.manifest), id(call.service), call.port), call)
        _MADE[index] = tuple(found.values())
    return _MADE[index]


def _calls(index: Index, services: Mapping[tuple[str, str], Manifest], workload: Workload) -> Iterator[Call]:
    home = workload.manifest.namespace or "default"
    for container in workload.own.containers:
        known = known_variables(index, workload, container.view)
        for name, variable in known.items():
            if _NO_CALL.search(name):
                continue
            for service, port in _named(
                services, home, variable.text, is_address=bool(_ADDRESS.search(name))
            ):
                yield Call(workload, service, port or _sibling(name, known), name, variable.view)
        for field in ("command", "args"):
            for word in container[field]:
                for service, port in _named(services, home, word.text, is_address=False):
                    yield Call(workload, service, port, f"its {field}", word)


def _named(
    services: Mapping[tuple[str, str], Manifest], home: str, text: str, *, is_address: bool
) -> Iterator[tuple[Manifest, int | None]]:
    """The Services that a text names by their DNS names; a bare name only where it is an address."""
    if len(text) > 4000:
        return
    for match in _HOST.finditer(text):
        name, _, rest = match["host"].partition(".")
        namespace, _, domain = rest.partition(".")
        if not rest:
            is_whole = is_address and match["host"] == text
            if not (match["url"] or match["port"] or is_whole):
                continue
        elif domain and not domain.startswith("svc"):
            continue
        service = services.get((name, namespace or home))
        if service is not None:
            yield service, int(match["port"]) if match["port"] else None


def _sibling(name: str, known: Mapping[str, Variable]) -> int | None:
    """The port that stands in a variable of its own, as in DB_HOST and DB_PORT."""
    port = known.get(_PORT.sub("PORT", name))
    return int(port.text) if port is not None and port.text.isdecimal() else None
