"""The load balancer: routes by the Ingress objects to the ready pods behind their Services."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any, ClassVar

from tests.e2e.manifests import ManifestError, Manifests, Object, told
from tests.e2e.pod import Pod

_ALB = "alb.ingress.kubernetes.io/"
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "host"}
_COMPONENT = "app.kubernetes.io/component"
_SECONDS = 30


@dataclass(frozen=True)
class Route:
    """One path of an Ingress."""

    ingress: Object
    host: str
    path: str
    kind: str
    backend: Object

    def matches(self, host: str, path: str) -> bool:
        """Whether a request goes this way; a prefix is one of whole path elements."""
        if self.host not in ("", host):
            return False
        if self.kind == "Exact":
            return path == self.path
        prefix = self.path.rstrip("/")
        return path == prefix or path.startswith(f"{prefix}/")

    def annotation(self, name: str, default: str = "") -> str:
        return str(self.ingress["metadata"]["annotations"].get(_ALB + name, default))

    def __str__(self) -> str:
        return f"{told(self.ingress)}, path {self.path}"


class LoadBalancer:
    """An HTTP server on 127.0.0.1 that answers for the platform's hosts.

    Args:
        pods: Tells the pods there are now.
    """

    def __init__(self, manifests: Manifests, pods: Callable[[], Sequence[Pod]]) -> None:
        self._manifests = manifests
        self._pods = pods
        self._turn = count()
        self.routes = sorted(_routes(manifests), key=lambda each: int(each.annotation("group.order", "0")))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, name="load balancer", daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def route(self, host: str, path: str) -> Route | None:
        """The first route that matches, by the group's order."""
        return next((each for each in self.routes if each.matches(host, path)), None)

    def targets(self, route: Route) -> list[int]:
        """The local ports of the ready pods behind a route.

        Raises:
            ManifestError: Service, port, selector or nodes lead to no pod at all.
        """
        namespace = route.ingress["metadata"]["namespace"]
        backend = route.backend["service"]
        service = self._manifests.get("Service", namespace, backend["name"], asked_by=str(route))
        wanted = backend["port"]
        ports = [
            each
            for each in service["spec"]["ports"]
            if wanted.get("name") == each.get("name") or wanted.get("number") == each["port"]
        ]
        if not ports:
            message = f"{route} names port {wanted}, which {told(service)} does not have"
            raise ManifestError(message)
        selector = service["spec"]["selector"]
        chosen = [
            each
            for each in self._pods()
            if each.namespace == namespace and selector.items() <= each.labels.items()
        ]
        nodes = dict(pair.split("=") for pair in route.annotation("target-node-labels").split(",") if pair)
        if not chosen:
            message = f"{told(service)} selects {selector}, which no pod is labelled with"
        elif not all(nodes.items() <= each.spec.get("nodeSelector", {}).items() for each in chosen):
            message = f"{route} sends to nodes {nodes}, where the pods of {told(service)} do not run"
        elif any(each.port(ports[0].get("targetPort", ports[0]["port"])) is None for each in chosen):
            message = f"{told(service)} targets port {ports[0]['targetPort']}, which its pods do not have"
        else:
            found = (each.port(ports[0]["targetPort"]) for each in chosen if each.ready)
            return [port for port in found if port is not None]
        raise ManifestError(message)

    def check_wiring(self) -> None:
        """See that every route of a namespace with a service leads to pods, which need not run yet.

        Raises:
            ManifestError: a route leads nowhere.
        """
        for route in self._routes_of_pods():
            self.targets(route)

    def check_health(self) -> None:
        """Ask each target's health as the load balancer does.

        Raises:
            ManifestError: a health check is refused.
        """
        for route in self._routes_of_pods():
            path = route.annotation("healthcheck-path", "/")
            for port in self.targets(route):
                status = _status(port, path)
                if str(status) not in route.annotation("success-codes", "200").split(","):
                    message = f"{route}: the health check of {path} answers {status}"
                    raise ManifestError(message)

    def _routes_of_pods(self) -> list[Route]:
        services = {each.namespace for each in self._pods() if each.labels.get(_COMPONENT) == "api"}
        return [
            each
            for each in self.routes
            if each.ingress["metadata"]["namespace"] in services and not _fixed(each)
        ]

    def pick(self, route: Route) -> int | None:
        """The next target in turn, None while no pod is ready."""
        targets = self.targets(route)
        return targets[next(self._turn) % len(targets)] if targets else None


def _routes(manifests: Manifests) -> Iterator[Route]:
    for ingress in manifests.of("Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                yield Route(ingress, rule.get("host", ""), path["path"], path["pathType"], path["backend"])


def _fixed(route: Route) -> dict[str, Any] | None:
    """The answer that the load balancer gives by itself, where a route says so."""
    action = route.annotation(f"actions.{route.backend['service']['name']}")
    return json.loads(action)["fixedResponseConfig"] if action else None


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"User-Agent": "ELB-HealthChecker/2.0"})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _handler(balancer: LoadBalancer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        owner = balancer

    return Handler


class _Handler(BaseHTTPRequestHandler):
    owner: ClassVar[LoadBalancer]
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host = self.headers.get("Host", "").partition(":")[0]
        route = self.owner.route(host, self.path.partition("?")[0])
        if route is None:
            self._plain(404, f"no Ingress takes {host}{self.path}")
        elif fixed := _fixed(route):
            self._plain(int(fixed["statusCode"]), fixed["messageBody"])
        else:
            self._forward(route, host, body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _answer  # noqa: N815

    def _forward(self, route: Route, host: str, body: bytes) -> None:
        try:
            port = self.owner.pick(route)
        except ManifestError as error:
            self._plain(503, str(error))
            return
        if port is None:
            self._plain(503, f"{route}: no pod is ready")
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        headers |= {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443"}
        known = self.headers.get("X-Forwarded-For")
        client = self.client_address[0]
        headers["X-Forwarded-For"] = f"{known}, {client}" if known else client
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
        try:
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._plain(502, f"{route}: {error}")
            return
        finally:
            connection.close()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self._send(content)

    def _plain(self, status: int, text: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", "text/plain")
        self._send(text.encode())

    def _send(self, content: bytes) -> None:
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """A test's log is the pods'."""
