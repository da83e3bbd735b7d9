"""Policies, certificates and load balancers."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.operator import Object, found_by
from tests.mutation.places import of_kind


@found_by("network/default-deny")
def no_default_deny(value: Object) -> Iterator[None]:
    for copy in of_kind(value, "NetworkPolicy"):
        if copy["metadata"]["name"].startswith("default-deny"):
            yield None


@found_by("network/metadata-address")
def whole_internet(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "NetworkPolicy"):
        for rule in copy["spec"].get("egress", ()):
            for peer in rule.get("to", ()):
                if "except" in peer.get("ipBlock", {}):
                    del peer["ipBlock"]["except"]
                    yield copy
                    return


@found_by("references/network-policy-selector")
def policy_for_nobody(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "NetworkPolicy"):
        for key in copy["spec"]["podSelector"].get("matchLabels", {}):
            copy["spec"]["podSelector"]["matchLabels"][key] += "x"
            yield copy
            break


@found_by("network/certificate-hosts")
def host_outside_the_certificate(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Ingress"):
        for rule in copy["spec"].get("rules", ())[:1]:
            if "host" in rule:
                rule["host"] = "shop.example.net"
                yield copy


@found_by("network/load-balancer-targets")
def other_load_balancer(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Ingress"):
        annotations = copy["metadata"].get("annotations", {})
        if "alb.ingress.kubernetes.io/group.name" in annotations:
            annotations["alb.ingress.kubernetes.io/group.name"] += "-2"
            yield copy
