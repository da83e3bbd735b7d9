"""The root of the description: platform.yaml."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from tierwright.description.base import Described
from tierwright.description.components import Component
from tierwright.description.environments import Environment
from tierwright.description.fields import Form, Name, Port, StoreName, VariableName
from tierwright.description.messaging import Messaging
from tierwright.description.policies import Policies
from tierwright.description.stores import Store
from tierwright.description.tiers import Tier


class Git(Described):
    """The repository that Argo CD pulls."""

    url: str
    """Its address, as Argo CD knows it."""
    branch: str = "main"
    """The branch that holds dist."""


class External(Described):
    """Something outside the pods' network: on the internet, or on the nodes themselves."""

    ports: tuple[Port, ...] = (443,)
    """The ports that callers may reach."""
    within: Literal["internet", "nodes"] = "internet"
    """Where it is; nodes for what listens on the nodes' own addresses."""
    aws: bool = False
    """Whether it is an AWS service: its callers get a role of their own."""
    variables: dict[VariableName, str] = {}
    """Environment variables of its callers; {platform}, {environment}, {host} and {region} are filled in."""
    secrets: tuple[VariableName, ...] = ()
    """Environment variables of its callers that come from a Secret."""


class Waiver(Described):
    """A finding that somebody answers for until a date, at most 90 days ahead."""

    rule: Annotated[
        str,
        Form(
            r"^[a-z-]+/[a-z0-9-]+$",
            "is not a rule; write family/name as the finding does, for example budget/owner-cost",
        ),
    ]
    """The rule whose finding is waived."""
    object: str
    """The object that it is about: Kind/namespace/name, or Kind/name without a namespace."""
    owner: Annotated[str, Field(min_length=1)]
    """Who answers for it."""
    reason: Annotated[str, Field(min_length=10)]
    """Why it is right for now."""
    expires: date
    """The last day that it holds."""
    environments: tuple[Name, ...] = ()
    """Where it holds; everywhere if none is named."""
    pointer: Annotated[
        str, Form(r"^(/[^\n]*)?$", "is not a JSON pointer; write for example /spec/template/spec/hostNetwork")
    ] = ""
    """The value of the object that it holds for, with all that is in it, as a JSON pointer; else for all."""


class Platform(Described):
    """Everything about the platform but its apps."""

    platform: Name
    """Its name; every object is labelled with it."""
    timezone: str = "UTC"
    """The time zone of the schedules, for example Asia/Seoul."""
    registry: str | None = None
    """Where the apps' images are: an app's image is <registry>/<app>."""
    git: Git | None = None
    """The repository that Argo CD pulls."""
    tiers: Annotated[dict[Name, Tier], Field(min_length=1)]
    """The layers of the platform."""
    messaging: Messaging | None = None
    """Task queues, where the platform has a broker."""
    stores: dict[StoreName, Store] = {}
    """Stateful services that the platform runs itself."""
    externals: dict[Name, External] = {}
    """What lies outside the cluster and is called from inside."""
    components: dict[Name, Component] = {}
    """Third-party charts; each environment names those it installs."""
    environments: Annotated[dict[Name, Environment], Field(min_length=1)]
    """The clusters that the platform is rendered for."""
    waivers: tuple[Waiver, ...] = ()
    """Findings that are accepted for a while."""
    policies: Policies = Policies()
    """What the project wants of the judge's rules."""
