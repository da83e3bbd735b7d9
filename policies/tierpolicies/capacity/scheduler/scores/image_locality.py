"""ImageLocality: nodes that hold a pod's images already are better, the larger the images."""

from collections.abc import Callable

from tierpolicies.capacity.scheduler.cluster import Cluster

_MIB = 2**20
_LEAST, _MOST = 23 * _MIB, 1000 * _MIB


def for_template(cluster: Cluster, template: int) -> Callable[[int], int] | None:
    """The score; none where no node says what images it holds."""
    images = [_tagged(each) for each in cluster.templates[template].images]
    holders = {image: sum(image in node.images for node in cluster.nodes) for image in images}
    if not any(holders.values()):
        return None
    count = len(cluster.nodes)
    most = _MOST * len(images)

    def score(node: int) -> int:
        held = cluster.nodes[node].images
        size = sum(int(held[image] * (holders[image] / count)) for image in images if image in held)
        size = min(max(size, _LEAST), most)
        return 100 * (size - _LEAST) // (most - _LEAST)

    return score


def _tagged(image: str) -> str:
    return image if ":" in image.rpartition("/")[2] else f"{image}:latest"
