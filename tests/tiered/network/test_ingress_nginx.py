"""The same routes behind ingress-nginx."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tiered.chart import Chart
from tiered.manifest import Body, Manifest
from tiered.network.ingress_nginx import NginxIngress
from tiered.network.route import Route, rules

ROUTES = [Route(path="/api/v1/auth", service="auth-service")]


@pytest.mark.parametrize(
    ("hosts", "secret", "tls"),
    [
        ([], None, {}),
        (["app.test"], None, {}),
        (["app.test"], "edge-tls", {"tls": [{"hosts": ["app.test"], "secretName": "edge-tls"}]}),
        ([], "edge-tls", {"tls": [{"secretName": "edge-tls"}]}),
    ],
)
def test_routes_with_and_without_hosts_and_tls(
    chart: Chart,
    valid: Callable[[Iterable[Manifest]], None],
    hosts: list[str],
    secret: str | None,
    tls: Body,
) -> None:
    NginxIngress(chart, "ingress", name="auth", hosts=hosts, routes=ROUTES, tls_secret=secret)

    (ingress,) = chart.manifests
    assert ingress.body["spec"] == {
        "ingressClassName": "nginx",
        **tls,
        "rules": rules(hosts=hosts, routes=ROUTES),
    }
    valid(chart.manifests)
