"""Tiers: the horizontal layers of a platform, each with namespaces of its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tierwright.description.base import Described
from tierwright.description.fields import Name

PodSecurity = Literal["restricted", "baseline", "privileged"]


class Namespace(Described):
    """A namespace of the tier. One that is not managed belongs to the cluster: it is only referred to."""

    pod_security: PodSecurity = "restricted"
    """The Pod Security Standard that its pods must meet."""
    managed: bool = True
    """Whether its Namespace, quota and network policies are generated; false for the cluster's own."""


class Rollout(Described):
    """How many pods a rolling update may add above, or take away below, the wanted number."""

    max_surge: Annotated[int, Field(ge=0)] = 1
    """Pods above the wanted number; they need room on the nodes while the update lasts."""
    max_unavailable: Annotated[int, Field(ge=0)] = 0
    """Pods below the wanted number; 1 where the nodes have no room for one more."""


class Objective(Described):
    """What a tier promises to those who ask it; alerts tell when its error budget burns too fast."""

    seconds: Annotated[float, Field(gt=0, le=5)]
    """The time within which it answers; one of the buckets of http_request_duration_seconds."""
    percent: Annotated[float, Field(gt=0, lt=100)]
    """How many of its requests it answers in time and without a server error, over a month."""


class Tier(Described):
    """One layer of the platform: its nodes, namespaces and PriorityClasses."""

    number: Annotated[int, Field(ge=1, le=99)]
    """Its place from the top; the folder in dist is called tier-<number>-<name>."""
    priority: Annotated[int, Field(ge=0, le=999_999_000)]
    """The base value of its PriorityClasses; the priority of a queue is added to it."""
    namespaces: dict[Name, Namespace] = Field(min_length=1)
    """The namespaces that belong to this tier and to no other."""
    rollout: Rollout = Rollout()
    """How its workloads are updated, where they do not say it themselves."""
    objective: Objective | None = None
    """The promise of its HTTP services."""
