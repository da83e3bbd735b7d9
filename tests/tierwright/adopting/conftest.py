"""Manifests as somebody else would have written them, and what adopting them proposes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tierpolicies.documents.reader import read_files
from tierwright.adopting.proposal import Proposal, propose

Adopt = Callable[..., Proposal]


def deployment(name: str = "web", *, container: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A Deployment; `container` and `spec` (of the pod) say what is special."""
    main = {"name": "main", "image": f"quay.example/shop/{name}:1.2", "command": [f"/{name}"]}
    resources = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}}
    pod = {"containers": [{**main, "resources": resources, **(container or {})}], **spec}
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }


def service(name: str = "web", *, port: int = 80, target: int | str = 8080, **spec: Any) -> dict[str, Any]:
    """A Service before the Deployment of its name."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"selector": {"app": name}, "ports": [{"port": port, "targetPort": target}], **spec},
    }


def other(kind: str, name: str = "web", *, group: str = "v1", **body: Any) -> dict[str, Any]:
    """An object of any kind."""
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": group, "kind": kind, "metadata": metadata, **body}


@pytest.fixture
def adopt() -> Adopt:
    """What is proposed for some objects."""

    def adopting(*objects: dict[str, Any]) -> Proposal:
        tree = read_files({"all.yaml": yaml.safe_dump_all(objects).encode()})
        assert tree.unreadable == ()
        return propose(tree.manifests)

    return adopting
