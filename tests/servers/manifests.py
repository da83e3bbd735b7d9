"""What the generated manifests say, for servers and processes that are started as they are deployed."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from tests.servers.process import REPOSITORY

_DELIVERED = REPOSITORY / "dist" / "prod"


@cache
def _documents() -> tuple[dict[str, Any], ...]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return tuple(yaml.load(path.read_text(), loader) for path in sorted(_DELIVERED.rglob("*-*.yaml")))  # noqa: S506


def documents(kind: str) -> list[dict[str, Any]]:
    """Every delivered object of one kind, by the order in which Argo CD applies them."""
    found = [document for document in _documents() if document["kind"] == kind]
    return sorted(found, key=lambda each: (_wave(each), each["metadata"]["name"]))


def document(kind: str, name: str) -> dict[str, Any]:
    """The delivered object of this kind and name; of several namespaces' equals, any.

    Raises:
        LookupError: dist/prod holds none.
    """
    for found in documents(kind):
        if found["metadata"]["name"] == name:
            return found
    message = f"dist/prod holds no {kind} {name}: run ./dev synth"
    raise LookupError(message)


def files(config_map: str) -> dict[str, str]:
    """The files of a ConfigMap, by name."""
    return dict(document("ConfigMap", config_map)["data"])


def pod(kind: str, name: str) -> dict[str, Any]:
    """The pod's spec of a workload."""
    return dict(document(kind, name)["spec"]["template"]["spec"])


def variables(container: dict[str, Any]) -> dict[str, str]:
    """The environment that a container is given in clear; what comes from Secrets is left out."""
    return {each["name"]: each["value"] for each in container.get("env", []) if "value" in each}


def substituted(text: str, replacements: dict[str, str]) -> str:
    """`text` with each of `replacements`, every one of which must occur: else the manifest has changed.

    Raises:
        LookupError: a text to replace does not occur.
    """
    for old, new in replacements.items():
        if old not in text:
            message = f"the generated configuration no longer says {old!r}: mend tests/servers"
            raise LookupError(message)
        text = text.replace(old, new)
    return text


def _wave(found: dict[str, Any]) -> int:
    return int(found["metadata"].get("annotations", {}).get("argocd.argoproj.io/sync-wave", "0"))
