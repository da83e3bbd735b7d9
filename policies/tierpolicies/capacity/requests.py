"""What a pod requests of CPU and memory, for those who need no more of it."""

from tierpolicies.capacity.model.features import Features
from tierpolicies.capacity.model.requests import CPU, MEMORY, ModelError, requests, whole
from tierpolicies.capacity.resources import Resources
from tierpolicies.documents.view import View


def pod_request(pod: View, features: Features) -> Resources:
    """The request of a pod's spec; nothing where a quantity is none, which schema/quantities reports."""
    try:
        found = whole(requests(pod, features))
    except ModelError:
        return Resources()
    return Resources(found.get(CPU, 0), found.get(MEMORY, 0))
