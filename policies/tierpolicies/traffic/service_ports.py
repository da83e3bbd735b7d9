"""Services that others name, with a port: Ingresses, routes, webhooks."""

from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.outside import Absence
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.suggestion import nearest


class Named(NamedTuple):
    """A Service as another object names it, with a port's name or number; an empty port is any.

    `is_own` says that the namespace is the object's own, since it cannot name another.
    """

    manifest: Manifest
    name: View
    port: View
    namespace: str
    is_own: bool = False


def unserved(context: Context, named: Named) -> Iterator[Fault]:
    """The fault of a Service that is not there, or has no such port."""
    name, home = named.name.text, named.namespace or DEFAULT_NAMESPACE
    service = context.index.find("Service", name, home)
    if service is not None:
        yield from _without_port(service, named)
        return
    if has_placeholder(name):
        return
    services = list(context.index.of_kind("Service"))
    elsewhere = [each.namespace or DEFAULT_NAMESPACE for each in services if each.name == name]
    homes = [each.namespace for each in services]
    homes += [each.manifest.namespace for each in context.index.workloads]
    absence = context.outside.absence(
        home, "Service", [*homes, *([home] if elsewhere and named.is_own else ())]
    )
    if absence is Absence.UNKNOWN:
        meant = context.words.meant(home, name)
        if meant is not None:
            message = f"others in the namespace {home} say {meant!r}, not {name!r}"
            yield Fault(message, named.manifest, named.name)
        return
    message = f"there is no Service {name} in the namespace {home}"
    if elsewhere:
        message += (
            f"; the one in {elsewhere[0]} {'cannot be named from here' if named.is_own else 'has its name'}"
        )
    else:
        message += nearest(
            name, [each.name for each in services if (each.namespace or DEFAULT_NAMESPACE) == home]
        )
    yield Fault(message, named.manifest, named.name, severity=absence.severity)


def _without_port(service: Manifest, named: Named) -> Iterator[Fault]:
    wanted = named.port.text or named.port.integer
    ports = list(service.view.at("spec", "ports"))
    if not wanted or (not ports and service.view.at("spec", "type").text == "ExternalName"):
        return
    known: set[str | int] = {name for port in ports if (name := port["name"].text)}
    known |= {number for port in ports if (number := port["port"].integer)}
    if wanted in known:
        return
    told = ", ".join(str(each) for each in sorted(known, key=str)) or "none"
    message = f"the Service {service.name} has no port {wanted!r}; its ports are {told}"
    if any(wanted in (port["targetPort"].text, port["targetPort"].integer) for port in ports):
        message += f": {wanted} is the pods' port, not the Service's"
    yield Fault(message, named.manifest, named.port)
