"""A Deployment as a workload of an app: a service, a Celery worker or its scheduler."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.view import View
from tierwright.adopting.inventory import Inventory, Route, namespace_of, pod_of
from tierwright.adopting.pod import Declared, declared

_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_PATH = re.compile(r"/[A-Za-z0-9/_-]*")
_POOLS = ("gevent", "prefork", "threads")
_IMAGE = re.compile(r"(?P<repository>[^@]+?)(:[^:/@]+)?(@.+)?")


@dataclass(frozen=True)
class Adopted:
    """A workload as it would be declared; `notes` are what its manifests say beyond that."""

    manifest: Manifest
    image: str
    values: dict[str, Value]
    notes: tuple[str, ...]

    @property
    def repository(self) -> str:
        """The image without tag and digest."""
        match = _IMAGE.fullmatch(self.image)
        return match["repository"] if match else self.image


def adopted(manifest: Manifest, inventory: Inventory) -> Adopted | str:
    """The workload that a Deployment is, or why it is none."""
    if _NAME.fullmatch(manifest.name) is None:
        return "its name is none that a Service may have: small letters, digits and dashes, a letter first"
    spec = pod_of(manifest)
    image = spec.at("containers", 0, "image").text
    if not image:
        return "it has no container with an image"
    found = declared(spec, inventory, name=manifest.name, namespace=namespace_of(manifest))
    kind = _kind(manifest, inventory, found)
    if isinstance(kind, str):
        return kind
    found.notes += _selector(manifest)
    replicas = _replicas(manifest, inventory, found.notes)
    values = {**kind, **({"replicas": replicas} if replicas else {}), **found.values}
    rollout = _rollout(manifest, found.notes)
    if rollout:
        values["rollout"] = rollout
    return Adopted(manifest, image, values, tuple(dict.fromkeys(found.notes)))


def _kind(manifest: Manifest, inventory: Inventory, found: Declared) -> dict[str, Value] | str:
    """The fields that make it the kind of workload it is."""
    command = found.values["command"]
    words = [str(word) for word in command] if isinstance(command, list) else []
    program = any(word.rpartition("/")[2] == "celery" for word in words)
    if program and "worker" in words:
        return _celery(words, found)
    if program and "beat" in words:
        return {"kind": "scheduler"}
    port = _port(manifest, inventory, found.notes)
    if port is None:
        return "it has no port, so it is no service; what runs without requests reads a queue here"
    found.notes += _services(manifest, inventory)
    route = _route(manifest, inventory, found.notes)
    return {"kind": "api", "port": port, **({"route": route} if route else {})}


def _celery(words: list[str], found: Declared) -> dict[str, Value] | str:
    """A worker: its options are derived here, and its command is what is left without them."""
    options = {"-Q": "queues", "--queues": "queues", "-c": "concurrency", "--concurrency": "concurrency"}
    options |= {"-P": "pool", "--pool": "pool", "-n": "hostname", "--hostname": "hostname"}
    told: dict[str, str] = {}
    left: list[Value] = []
    rest = iter(words)
    for word in rest:
        option, equals, value = word.partition("=")
        if option in options:
            told[options[option]] = value if equals else next(rest, "")
        else:
            left.append(word)
    queues: list[Value] = [each for each in told.get("queues", "").split(",") if each]
    if not queues:
        return "a Celery worker without -Q reads Celery's own queue: name the queues that it reads"
    pool = told.get("pool", "prefork")
    if pool not in _POOLS:
        found.notes.append(f"pool {pool}: write one of {', '.join(_POOLS)}")
        pool = "prefork"
    found.values["command"] = left
    found.notes.append(
        f"queues {', '.join(map(str, queues))}: describe them under `messaging`, with their tasks"
    )
    concurrency = told.get("concurrency", "")
    if not concurrency.isdecimal():
        found.notes.append("its concurrency is not told: 4 is written")
    number = int(concurrency) if concurrency.isdecimal() else 4
    return {"kind": "worker", "pool": pool, "concurrency": number, "consumes": queues}


def _port(manifest: Manifest, inventory: Inventory, notes: list[str]) -> int | None:
    """The port that callers reach: the one a Service leads to, else the first that the container names."""
    container = pod_of(manifest).at("containers", 0)
    numbers = {each["name"].text: each["containerPort"].integer for each in container["ports"]}
    ports = [each["containerPort"].integer for each in container["ports"]]
    reached: list[tuple[Manifest, int, int | None]] = []
    for service in inventory.services_of(manifest):
        for port in service.view.at("spec", "ports"):
            target = port["targetPort"] or port["port"]
            number = target.integer if target.integer is not None else numbers.get(target.text)
            if number is not None:
                reached.append((service, number, port["port"].integer))
    chosen = reached[0][1] if reached else next((each for each in ports if each is not None), None)
    notes += [
        f"port {other}: a service has one port, and answers its metrics there too"
        for other in dict.fromkeys([*(number for _, number, _ in reached), *ports])
        if other not in (None, chosen)
    ]
    for service, number, outside in reached:
        if number == chosen and outside != number:
            notes.append(f"Service {service.name} listened on {outside}: callers use {number} now")
    return chosen


def _services(manifest: Manifest, inventory: Inventory) -> Iterator[str]:
    for service in inventory.services_of(manifest):
        if service.name != manifest.name:
            yield f"Service {service.name}: it is reached as {manifest.name} now"
        if service.view.at("spec", "type").text == "NodePort":
            yield f"Service {service.name} of type NodePort: give it a `route` to be reached from outside"


def _route(manifest: Manifest, inventory: Inventory, notes: list[str]) -> str | None:
    routes = [each for service in inventory.services_of(manifest) for each in inventory.routes_of(service)]
    usable = [each for each in routes if _clean(each) is not None]
    notes += [
        f"path {each.path} of {each.host or 'every host'}: a service has one path prefix"
        for each in routes
        if each not in usable[:1]
    ]
    if not usable:
        return _opened(manifest, inventory, notes)
    if usable[0].host:
        notes.append(f"host {usable[0].host}: the environment's `ingress` says the host")
    return _clean(usable[0])


def _opened(manifest: Manifest, inventory: Inventory, notes: list[str]) -> str | None:
    """The path of a service that had a load balancer of its own: everything, or its name among several."""
    every = [each for each in inventory.of_kind("Service") if _balanced(each)]
    own = [each for each in inventory.services_of(manifest) if _balanced(each)]
    if not own:
        return None
    route = "/" if len(every) == 1 else f"/{manifest.name}"
    notes.append(f"Service {own[0].name} of type LoadBalancer: the ingress leads {route} to it now")
    return route


def _balanced(service: Manifest) -> bool:
    return service.view.at("spec", "type").text == "LoadBalancer"


def _clean(route: Route) -> str | None:
    path = re.sub(r"/?\*$|/$", "", route.path) or "/"
    return path if _PATH.fullmatch(path) else None


def _replicas(manifest: Manifest, inventory: Inventory, notes: list[str]) -> dict[str, Value]:
    fixed = manifest.view.at("spec", "replicas").integer
    for scaler in inventory.scalers_of(manifest):
        spec = scaler.view["spec"]
        percent = spec["targetCPUUtilizationPercentage"].integer or _cpu_percent(spec)
        least, most = spec["minReplicas"].integer or 1, spec["maxReplicas"].integer or 1
        if percent is None:
            notes.append(
                f"HorizontalPodAutoscaler {scaler.name} scales by no CPU percentage: held at {least}"
            )
            return {"min": least}
        return {"min": least, "max": max(least, most), "cpu": min(percent, 100)}
    if fixed == 0:
        notes.append("it is scaled to 0: here it runs once")
    return {"min": fixed} if fixed is not None and fixed > 1 else {}


def _cpu_percent(spec: View) -> int | None:
    for metric in spec["metrics"]:
        if metric.at("resource", "name").text == "cpu":
            return metric.at("resource", "target", "averageUtilization").integer
    return None


def _rollout(manifest: Manifest, notes: list[str]) -> dict[str, Value]:
    strategy = manifest.view.at("spec", "strategy")
    if strategy["type"].text == "Recreate":
        return {"max_surge": 0, "max_unavailable": 1}
    surge, unavailable = (strategy.at("rollingUpdate", key).value for key in ("maxSurge", "maxUnavailable"))
    if surge is None and unavailable is None:
        return {}
    if isinstance(surge, int) and isinstance(unavailable, int):
        return {"max_surge": surge, "max_unavailable": unavailable}
    notes.append(f"rolls with maxSurge {surge} and maxUnavailable {unavailable}: write numbers of pods")
    return {}


def _selector(manifest: Manifest) -> Iterator[str]:
    """Kubernetes refuses to change the selector of a Deployment that is there."""
    if manifest.view.at("spec", "selector", "matchLabels").labels != {"app": manifest.name}:
        yield (
            f"its selector becomes app={manifest.name}, which cannot change in place: delete the running"
            " one with --cascade=orphan before the first sync"
        )
