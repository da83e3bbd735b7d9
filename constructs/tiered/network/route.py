"""A path of the outside world and the Service behind it, whichever controller serves it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tiered.errors import TieredError
from tiered.manifest import Body

_PATH = re.compile(r"/|(/[A-Za-z0-9._~-]+)+")


@dataclass(frozen=True, kw_only=True)
class Route:
    """Requests to `path` and everything below it go to a Service of the Ingress's own namespace.

    Args:
        path: a prefix of whole segments: "/api/v1/auth" serves "/api/v1/auth" and "/api/v1/auth/…".
        service: name of the Service.
        port: name or number of the Service's port.

    Raises:
        TieredError: `path` is no plain prefix.
    """

    path: str
    service: str
    port: str | int = "http"

    def __post_init__(self) -> None:
        if not _PATH.fullmatch(self.path):
            plain = "/" + "/".join(part for part in self.path.rstrip("/*").split("/") if part)
            raise TieredError(
                f"route {self.path!r} is not a plain path prefix: write {plain!r}, which serves all below it"
            )

    def body(self) -> Body:
        port = {"number": self.port} if isinstance(self.port, int) else {"name": self.port}
        return {
            "path": self.path,
            "pathType": "Prefix",
            "backend": {"service": {"name": self.service, "port": port}},
        }


def rules(*, hosts: Sequence[str], routes: Sequence[Route]) -> list[Body]:
    """The rules of an Ingress: the same routes for every host, or for any host where none is given.

    Raises:
        TieredError: there is no route, or two have the same path.
    """
    paths = [route.path for route in routes]
    if not paths:
        raise TieredError(
            "an Ingress without routes serves nothing: give at least one Route, or make no Ingress"
        )
    for path in paths:
        if paths.count(path) > 1:
            raise TieredError(f"path {path!r} has two routes in one Ingress: keep one of them")
    http: Body = {"paths": [route.body() for route in routes]}
    return [{"host": host, "http": http} for host in hosts] or [{"http": http}]
