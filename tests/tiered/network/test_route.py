"""Routes: plain path prefixes."""

from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.network.route import Route, rules


def test_every_host_gets_every_route() -> None:
    # GIVEN
    routes = [Route(path="/api/v1/auth", service="auth"), Route(path="/", service="web", port=80)]

    # WHEN
    first, second = rules(hosts=["app.test", "www.app.test"], routes=routes)

    # THEN
    assert first == {
        "host": "app.test",
        "http": {
            "paths": [
                {
                    "path": "/api/v1/auth",
                    "pathType": "Prefix",
                    "backend": {"service": {"name": "auth", "port": {"name": "http"}}},
                },
                {
                    "path": "/",
                    "pathType": "Prefix",
                    "backend": {"service": {"name": "web", "port": {"number": 80}}},
                },
            ]
        },
    }
    assert second == {**first, "host": "www.app.test"}


def test_without_hosts_the_routes_serve_any() -> None:
    (rule,) = rules(hosts=[], routes=[Route(path="/", service="web")])

    assert list(rule) == ["http"]


@pytest.mark.parametrize(
    ("path", "mend"),
    [
        ("/api/v1/auth/*", "/api/v1/auth"),
        ("/grafana/", "/grafana"),
        ("grafana", "/grafana"),
        ("/a//b", "/a/b"),
        ("", "/"),
        ("/*", "/"),
    ],
)
def test_anything_but_a_plain_prefix_is_refused_with_the_plain_one(path: str, mend: str) -> None:
    with pytest.raises(TieredError, match=f"write '{mend}',"):
        Route(path=path, service="web")


def test_no_route_and_two_of_one_path_are_refused() -> None:
    route = Route(path="/", service="web")

    with pytest.raises(TieredError, match="make no Ingress"):
        rules(hosts=[], routes=[])
    with pytest.raises(TieredError, match="'/' has two routes"):
        rules(hosts=[], routes=[route, route])
