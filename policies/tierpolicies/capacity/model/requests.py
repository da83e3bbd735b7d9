"""What the scheduler counts for a pod.

Source: k8s.io/component-helpers/resource PodRequests: the larger of what runs together (containers and
sidecars) and what each init container needs beside the sidecars before it; what the pod itself requests
takes the place of that sum; overhead comes on top. Before, the API server fills missing requests with limits
(pkg/apis/core/v1 SetDefaults_Pod). Sums are exact and rounded up once, CPU to millicores, the rest to units.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

from tierpolicies.capacity.model.features import Features
from tierpolicies.documents.view import View
from tierpolicies.quantity import QuantityError, parse

Amounts: TypeAlias = Mapping[str, Fraction]
Defaults: TypeAlias = Mapping[str, Fraction]
CPU, MEMORY, STORAGE = "cpu", "memory", "ephemeral-storage"
ATTACHED = "attachable-volumes"
"""The name under which volumes of a pod's own count like a resource."""
ASSUMED: Defaults = {CPU: Fraction(1, 10), MEMORY: Fraction(200 * 2**20)}
"""What scoring takes a container for that requests nothing (pkg/scheduler/util GetNonzeroRequests)."""
_NOTHING: Defaults = {}


class ModelError(ValueError):
    """A value that the scheduler could not read; `at` is the value, the message the reason and the mend."""

    def __init__(self, at: View, reason: str) -> None:
        super().__init__(reason)
        self.at = at


def requests(
    pod: View, features: Features, *, assumed: Defaults = _NOTHING, of_containers: bool = False
) -> dict[str, Fraction]:
    """The exact request of a pod's spec by resource; a ModelError where a quantity is none.

    `assumed` is what a container counts with that does not request a resource. `of_containers` leaves out
    what the pod itself requests.
    """
    total = dict(_together(pod, features, assumed))
    if features.pod_level_resources and not of_containers:
        total |= _of_the_pod(pod, features)
    for name, amount in _amounts(pod["overhead"]).items():
        total[name] = total.get(name, Fraction()) + amount
    return total


def whole(amounts: Amounts) -> dict[str, int]:
    """Amounts rounded up: CPU in millicores, the rest in units; the resources that are asked for at all."""
    return {
        name: _ceiling(amount * 1000 if name == CPU else amount) for name, amount in amounts.items() if amount
    }


def resources(view: View) -> dict[str, int]:
    """What a ResourceList holds, such as a node's allocatable; rounded up like requests."""
    return whole(_amounts(view))


def _together(pod: View, features: Features, assumed: Defaults) -> dict[str, Fraction]:
    running: dict[str, Fraction] = {}
    starting: dict[str, Fraction] = {}
    for container in pod["initContainers"]:
        request = _of_container(container, assumed)
        if features.sidecars and container["restartPolicy"].text == "Always":
            running = _sum(running, request)
            starting = _larger(starting, running)
        else:
            starting = _larger(starting, _sum(running, request))
    for container in pod["containers"]:
        running = _sum(running, _of_container(container, assumed))
    return _larger(running, starting)


def _of_container(container: View, assumed: Defaults) -> dict[str, Fraction]:
    given = container["resources"]
    return {**assumed, **_amounts(given["limits"]), **_amounts(given["requests"])}


def _of_the_pod(pod: View, features: Features) -> dict[str, Fraction]:
    """What the pod itself requests; with limits of its own, the rest defaults to its containers, then to
    those."""
    own = pod["resources"]
    wanted = {name: amount for name, amount in _amounts(own["requests"]).items() if _is_pod_level(name)}
    limits = _amounts(own["limits"])
    if limits:
        below = _together(pod, features, _NOTHING)
        for name in (*below, *limits):
            if _is_pod_level(name) and name not in wanted:
                wanted[name] = below.get(name, limits.get(name, Fraction()))
    return wanted


def _is_pod_level(name: str) -> bool:
    return name in (CPU, MEMORY) or name.startswith("hugepages-")


def _amounts(view: View) -> dict[str, Fraction]:
    return dict(_parsed(view)) if view else {}


def _parsed(view: View) -> Iterator[tuple[str, Fraction]]:
    for name, quantity in view.items():
        try:
            yield name, parse(quantity.value)
        except QuantityError as error:
            raise ModelError(quantity, str(error)) from None


def _sum(one: Amounts, other: Amounts) -> dict[str, Fraction]:
    total = dict(one)
    for name, amount in other.items():
        total[name] = total[name] + amount if name in total else amount
    return total


def _larger(one: Amounts, other: Amounts) -> dict[str, Fraction]:
    largest = dict(one)
    for name, amount in other.items():
        if name not in largest or largest[name] < amount:
            largest[name] = amount
    return largest


def _ceiling(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)
