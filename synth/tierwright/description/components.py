"""Third-party components: pinned Helm charts whose pods, requests and flows are declared here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from tierwright.description.base import Described
from tierwright.description.fields import Form, Name, Port, RoutePath, Size
from tierwright.description.stores import Amounts

Capability = Literal[
    "certificates",
    "external-metrics",
    "gitops",
    "load-balancer",
    "monitoring",
    "resource-metrics",
    "secrets",
    "storage",
]

Kind = Annotated[
    str,
    Form(
        r"^([a-z0-9.-]+/)?[A-Z][A-Za-z0-9]+$",
        "is not a kind; write group/Kind, for example apps/Deployment, or only Kind for the core group",
    ),
]


class Chart(Described):
    """A chart at one exact version."""

    repository: str
    """https://… of a Helm repository, or the path of an OCI registry without a scheme."""
    name: str
    """The chart's name in the repository."""
    version: Annotated[
        str,
        Form(
            r"^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$",
            "is not one exact version; write all three numbers, for example 1.16.2",
        ),
    ]
    """The exact version: a range would change what runs without a commit."""


class ComponentContainer(Amounts):
    """A container of a chart's pod."""

    at: str | None = None
    """The path in the values that takes its resources."""


class ComponentService(Described):
    """The chart's Service before a pod."""

    name: Name
    """The Service's name."""
    port: Port
    """The Service's port."""
    at: str | None = None
    """The path in the values that describes it."""


class ComponentPod(Described):
    """A pod that the chart starts."""

    at: str = ""
    """The path in the values that takes nodeSelector, tolerations and priorityClassName; empty is the top."""
    priority_at: str | None = None
    """The path that takes priorityClassName, where that is not `at`."""
    replicas: Annotated[int, Field(ge=1)] = 1
    """How many of it the chart starts."""
    every_node: bool = False
    """Whether it is a DaemonSet: it then takes room on every node."""
    labels: dict[str, str] | None = None
    """The labels that the chart gives it, by which network policies find it."""
    port: Port | None = None
    """The port that it listens on, for those who call it."""
    service: ComponentService | None = None
    """The Service that callers use."""
    metrics: tuple[Port, ...] = ()
    """The ports that serve its metrics, its sidecars' too."""
    monitor: str | None = None
    """The name of its metrics' port, where its chart brings no monitor for it."""
    route: RoutePath | None = None
    """The path prefix that leads to it from outside."""
    health: str = "/healthz"
    """The path that answers 200 while it is well, for the load balancer."""
    webhook: bool = False
    """Whether the API server calls it on its port."""
    scrapes: bool = False
    """Whether it collects the metrics of everything that has some."""
    calls: tuple[str, ...] = ()
    """Whom it talks to: kube-api, other pods, stores, externals."""
    volume: Size | None = None
    """The size of the volume that the chart gives it."""
    resources: Amounts | None = None
    """Of its only container, at `<at>.resources` in the values; else see `containers`."""
    containers: dict[Name, ComponentContainer] = {}
    """Its containers, where it has several."""

    @model_validator(mode="after")
    def _resources_once(self) -> ComponentPod:
        if self.resources is None and not self.containers:
            raise ValueError("has no resources; add `resources:`, or `containers:` where it has several")
        if self.resources is not None and self.containers:
            raise ValueError("has both resources and containers; remove one of the two")
        if self.route is not None and (self.port is None or self.service is None):
            raise ValueError("has a route and no way there; add `port:` (the pod's) and `service:`")
        return self


class ComponentRole(Described):
    """The AWS role of a component, and the paths in its values that take what assuming it needs."""

    name: Name
    """The ServiceAccount's name; the role is named after it."""
    service_account: str
    """The path of the ServiceAccount's annotations."""
    variables: str
    """The path of the container's environment."""
    variables_form: Literal["list", "map"] = "list"
    """Whether the chart wants the environment as a list of name and value, or as a map."""
    volumes: str
    """The path of the pod's further volumes."""
    mounts: str
    """The path of the container's further mounts."""


class Component(Described):
    """A chart as an Argo CD Application."""

    namespace: Name
    """Where it is installed; with it, its tier."""
    chart: Chart
    """What is installed."""
    provides: tuple[Capability, ...] = ()
    """What the platform relies on it for."""
    role: ComponentRole | None = None
    """Its AWS role, where it calls AWS."""
    values: dict[str, JsonValue] = {}
    """The chart's values; `{host}` becomes the environment's host."""
    cluster_kinds: tuple[Kind, ...] = ()
    """Kinds without a namespace that it brings; its AppProject admits no others."""
    kinds: tuple[Kind, ...] = ()
    """Kinds with a namespace that it brings; its AppProject admits no others."""
    secrets: dict[Name, tuple[str, ...]] = {}
    """Secrets that it expects, with their keys."""
    pods: dict[Name, ComponentPod]
    """Every pod that it starts, with the requests that the chart is told to use."""
