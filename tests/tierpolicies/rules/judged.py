"""What one rule says of a few manifests: the helper of the tables of cases beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from tierpolicies import judge
from tierpolicies.engine.settings import Settings
from tierpolicies.platform import Budget, Platform, Pool, Taint, Tier

TODAY = date(2026, 11, 24)
Parsed = Any
"""An object as parsed."""
PLATFORM = Platform(
    name="shop",
    environment="prod",
    kubernetes="1.37",
    region="us-east-1",
    cni="calico",
    tiers=(Tier("api", 1, 1000, "plain", ("api",)), Tier("data", 2, 2000, "tainted", ("data",))),
    pools=(
        Pool("plain", "t3.medium", nodes=1, max_nodes=2, labels={"tier": "api"}, usd_month=30),
        Pool(
            "tainted",
            "t3.large",
            nodes=1,
            max_nodes=1,
            labels={"tier": "data"},
            taints=(Taint("tier", "data", "NoSchedule"),),
            usd_month=60,
        ),
    ),
    budget=Budget(usd_month=95, extras={"storage": 5}),
)


@dataclass(frozen=True)
class Said:
    """What a rule says of something: how severe it is, the message, and where."""

    severity: str
    message: str
    pointer: str


def said(
    rule: str,
    *objects: Parsed,
    platform: Platform | None = None,
    parameters: Mapping[str, object] | None = None,
) -> list[Said]:
    """What a rule says of some objects, on the newest Kubernetes."""
    return of_files(rule, {"all.yaml": objects}, platform=platform, parameters=parameters)


def of_files(
    rule: str,
    files: Mapping[str, Sequence[Parsed]],
    *,
    platform: Platform | None = None,
    parameters: Mapping[str, object] | None = None,
) -> list[Said]:
    """What a rule says of the objects in some files."""
    texts = {file: yaml.safe_dump_all(objects, sort_keys=False).encode() for file, objects in files.items()}
    settings = Settings(select=(rule,), parameters={rule: parameters} if parameters else {})
    report = judge(texts, platform=platform, today=TODAY, settings=settings)
    assert not [each for each in report.findings if each.rule == "input/rule-crashed"]
    return [
        Said(each.severity.value, each.message, each.pointer) for each in report.findings if each.rule == rule
    ]


def messages(rule: str, *objects: Parsed, platform: Platform | None = None) -> list[str]:
    """The messages of a rule about some objects."""
    return [each.message for each in said(rule, *objects, platform=platform)]


def container(**fields: Parsed) -> Parsed:
    """A container called web."""
    return {"name": "web", "image": "registry.example.org/web:1.4.0", **fields}


def pod(*containers: Parsed, **fields: Parsed) -> Parsed:
    """The spec of a pod, with a container called web where none is given."""
    return {"containers": list(containers) or [container()], **fields}


def workload(
    spec: Parsed | None = None,
    *,
    kind: str = "Deployment",
    name: str = "web",
    space: str = "api",
    **fields: Parsed,
) -> Parsed:
    """A workload whose pods are labelled by its name and, unless `tier` is None, by a tier."""
    tier = fields.pop("tier", None)
    labels = {"app": name, **({"tier": tier} if tier else {})}
    template = {"metadata": {"labels": labels}, "spec": spec or pod()}
    own: Parsed
    if kind == "Job":
        group, own = "batch/v1", {"template": template}
    elif kind == "CronJob":
        group, own = "batch/v1", {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": template}}}
    else:
        group, own = "apps/v1", {"selector": {"matchLabels": {"app": name}}, "template": template}
    return {
        "apiVersion": group,
        "kind": kind,
        "metadata": {"name": name, "namespace": space, **fields.pop("metadata", {})},
        "spec": {**own, **fields},
    }


def of(kind: str, group: str, name: str, space: str = "api", **fields: Parsed) -> Parsed:
    """Any object."""
    return {"apiVersion": group, "kind": kind, "metadata": {"name": name, "namespace": space}, **fields}
