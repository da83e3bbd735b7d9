"""Ingresses that the AWS Load Balancer Controller merges into one Application Load Balancer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.manifest import Wave
from tiered.network.load_balancer import ALB, HealthCheck, LoadBalancer
from tiered.network.route import Route, rules

_LAST_ORDER = 1000
_FIXED_404 = "fixed-404"


class AlbIngress(Component):
    """The routes of one namespace behind the shared load balancer.

    Args:
        name: of the Ingress.
        order: among the Ingresses of the group, 1 to 999, each its own; lower ones match first.
        hosts: host names the routes answer to.
        health: one check for all routes of this Ingress; give Services that differ Ingresses of their own.
        node_labels: of the nodes that become targets; without meaning for "ip" targets, where pods register.

    Raises:
        TieredError: an order outside 1 to 999, or no nodes named for "instance" targets.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        load_balancer: LoadBalancer,
        order: int,
        hosts: Sequence[str],
        routes: Sequence[Route],
        health: HealthCheck,
        node_labels: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        if not 1 <= order < _LAST_ORDER:
            raise TieredError(
                f"Ingress {name!r}: order {order} is outside 1 to {_LAST_ORDER - 1};"
                f" {_LAST_ORDER} is the fixed 404's, and an absent order would come first"
            )
        targets = {}
        if load_balancer.target_type == "instance":
            if not node_labels:
                raise TieredError(
                    f"Ingress {name!r}: without node_labels every node becomes a target, of which only those"
                    " that run the pods answer: give the tier's, for example {'tier': 'api'}"
                )
            labels = ",".join(f"{key}={value}" for key, value in node_labels.items())
            targets = {f"{ALB}target-node-labels": labels}
        self.add(
            "networking.k8s.io/v1",
            "Ingress",
            name,
            wave=Wave.TRAFFIC,
            annotations={
                **load_balancer.annotations(),
                f"{ALB}group.order": str(order),
                **targets,
                **health.annotations(),
            },
            spec={"ingressClassName": "alb", "rules": rules(hosts=hosts, routes=routes)},
        )


class AlbNotFound(Component):
    """What no other Ingress of the group serves: the load balancer itself answers 404.

    Without a rule for `/` the answer would be the same today, but by the controller's default
    and not by declaration. No pod and no Service stands behind it.

    Args:
        name: of the Ingress.
        hosts: host names it answers to.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        load_balancer: LoadBalancer,
        hosts: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        response = {
            "type": "fixed-response",
            "fixedResponseConfig": {
                "contentType": "text/plain",
                "statusCode": "404",
                "messageBody": "Not found",
            },
        }
        # The action is found by the backend's name; the port's name says to look for it.
        everything = Route(path="/", service=_FIXED_404, port="use-annotation")
        self.add(
            "networking.k8s.io/v1",
            "Ingress",
            name,
            wave=Wave.TRAFFIC,
            annotations={
                **load_balancer.annotations(),
                f"{ALB}group.order": str(_LAST_ORDER),
                f"{ALB}actions.{_FIXED_404}": json.dumps(response, separators=(",", ":")),
            },
            spec={"ingressClassName": "alb", "rules": rules(hosts=hosts, routes=[everything])},
        )
