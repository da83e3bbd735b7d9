"""The same routes behind ingress-nginx, for clusters without a cloud's load balancer."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from tiered.component import Component
from tiered.manifest import Body, Wave
from tiered.network.route import Route, rules


class NginxIngress(Component):
    """The routes of one namespace; what no route serves, nginx's own default backend answers with 404.

    Args:
        name: of the Ingress.
        hosts: host names the routes answer to; none means any.
        tls_secret: a Secret of type kubernetes.io/tls in this namespace; without it plain HTTP.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        hosts: Sequence[str] = (),
        routes: Sequence[Route],
        tls_secret: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        spec: Body = {"ingressClassName": "nginx"}
        if tls_secret is not None:
            tls: Body = {"secretName": tls_secret}
            spec["tls"] = [{"hosts": list(hosts), **tls} if hosts else tls]
        spec["rules"] = rules(hosts=hosts, routes=routes)
        self.add("networking.k8s.io/v1", "Ingress", name, wave=Wave.TRAFFIC, spec=spec)
