"""The ports that pods listen on, and those that Services lead to."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tierpolicies.documents.view import View
from tierpolicies.engine.workload import Workload


class Port(NamedTuple):
    """A port that a pod listens on."""

    number: int
    protocol: str = "TCP"
    name: str = ""

    def __str__(self) -> str:
        """`4369 (epmd)`, or the number alone."""
        return (
            f"{self.number} ({self.name})"
            if self.name and self.name != str(self.number)
            else str(self.number)
        )


def pod_ports(workload: Workload) -> Iterator[Port]:
    """The ports that the containers of a workload's pods declare."""
    for container in workload.own.running:
        for port in container["ports"]:
            number = port["containerPort"].integer
            if number is not None:
                yield Port(number, port["protocol"].text or "TCP", port["name"].text)


def target_ports(service_port: View, workload: Workload) -> list[Port]:
    """The ports of a workload's pods that a port of a Service leads to."""
    target, own = service_port["targetPort"], service_port["port"]
    protocol, name = service_port["protocol"].text or "TCP", service_port["name"].text
    if target.text:
        named = (
            each for each in pod_ports(workload) if (each.name, each.protocol) == (target.text, protocol)
        )
        return list(islice(named, 1))  # as kube-controller-manager finds it: the first
    number = target.integer if target.integer is not None else own.integer
    return [] if number is None else [Port(number, protocol, name)]
