"""What the scheduler counts for a pod."""

from collections.abc import Callable

from tierpolicies.capacity.resources import Resources
from tierpolicies.documents.view import View
from tierpolicies.quantity import QuantityError, parse_bytes, parse_cpu


def pod_request(pod: View, *, sidecars: bool) -> Resources:
    """The request of a pod's spec.

    max(sum of containers + sidecars, each init container with the sidecars before it) + overhead,
    as in k8s.io/component-helpers resource.PodRequests. `sidecars` says whether the cluster knows
    init containers that restart (Kubernetes 1.29 and later); before, they are plain ones.
    """
    running, starting = Resources(), Resources()
    for container in pod["initContainers"]:
        request = _container_request(container)
        if sidecars and container["restartPolicy"].text == "Always":
            running += request
            starting |= running
        else:
            starting |= running + request
    for container in pod["containers"]:
        running += _container_request(container)
    return (running | starting) + _resources(pod["overhead"])


def _container_request(container: View) -> Resources:
    resources = container["resources"]
    # The API server fills a missing request with the limit.
    return _resources(resources["requests"], resources["limits"])


def _resources(given: View, default: View | None = None) -> Resources:
    def amount(name: str, parse: Callable[[object], int]) -> int:
        view = given[name] or (default[name] if default is not None else View(None))
        try:
            return parse(view.value) if view else 0
        except QuantityError:
            return 0  # schema/quantities reports it

    return Resources(amount("cpu", parse_cpu), amount("memory", parse_bytes))
