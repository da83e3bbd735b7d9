"""Objects to try rules on, and what the rules say of them."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tierpolicies import judge
from tierpolicies.engine.finding import Finding
from tierpolicies.engine.settings import Settings

TODAY = date(2026, 11, 1)
RBAC = "rbac.authorization.k8s.io"
Json = dict[str, object]


def found(
    folder: Path, *objects: Json, select: str = "security", kubernetes: str = "1.28", **figures: object
) -> list[Finding]:
    """What the rules that are selected say of some objects; `figures` are parameters of the one rule."""
    for number, each in enumerate(objects):
        (folder / f"{number}.json").write_text(json.dumps(each))
    chosen = Settings(select=(select,), parameters={select: figures} if figures else {})
    report = judge(folder, platform=None, today=TODAY, kubernetes=kubernetes, settings=chosen)
    return [each for each in report.findings if not each.rule.startswith("input/")]


def pod(spec: Json | None = None, container: Json | None = None, annotations: Json | None = None) -> Json:
    hardened: Json = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    web: Json = {"name": "web", "image": "web:1.4.2", "securityContext": hardened} | (container or {})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "annotations": annotations or {}},
        "spec": {
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [web],
        }
        | (spec or {}),
    }


def thing(kind: str, api: str = "v1", **rest: object) -> Json:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "web", "namespace": "shop"}} | rest


def rules_of(findings: list[Finding]) -> set[str]:
    return {each.rule.removeprefix("security/") for each in findings}


def cases(table: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """What parametrize takes of a table whose rows begin with their names."""
    return {"argvalues": [row[1:] for row in table], "ids": [row[0] for row in table]}
