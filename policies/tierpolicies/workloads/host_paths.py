"""Paths of the node that containers see."""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.workload import Container, Pod


def mounts(pod: Pod) -> Iterator[tuple[Container, View, str]]:
    """Each mount of a path of the node: the container, the mount, and the path."""
    paths = {
        volume["name"].text: volume.at("hostPath", "path").text
        for volume in pod.spec["volumes"]
        if volume.mapping.get("hostPath") is not None
    }
    if paths:
        for container in pod.containers:
            for mount in container["volumeMounts"]:
                name = mount["name"].text
                if name in paths:
                    yield container, mount, paths[name]
