"""An environment: the cluster, its nodes, and what stands in for what differs between clusters."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tierwright.description.base import Described
from tierwright.description.fields import Cidr, Form, Host, Name, Port, Quantity, Size, Taint


class Ranges(Described):
    """Address ranges of the cluster: no flow to the internet may reach into them."""

    nodes: Cidr
    """Of the nodes."""
    pods: Cidr
    """Of the pods."""
    services: Cidr
    """Of the Services."""


class ClusterPod(Described):
    """Pods that the cluster brings itself (static pods, DaemonSets): they take room on the nodes."""

    pool: Name | None = None
    """The pool that carries it; else see `every_node`."""
    every_node: bool = False
    """Whether each node carries one."""
    replicas: Annotated[int, Field(ge=1)] = 1
    """How many of it the pool carries."""
    cpu: Quantity = "0"
    """What each of them requests."""
    memory: Quantity = "0"
    """What each of them requests."""

    @model_validator(mode="after")
    def _somewhere(self) -> ClusterPod:
        if self.pool is None and not self.every_node:
            raise ValueError("has no place; add `pool: <pool>` or `every_node: true`")
        if self.pool is not None and self.every_node:
            raise ValueError("has both a pool and every_node; remove one of the two")
        return self


class Cluster(Described):
    """The Kubernetes cluster. Only the CNI `vpc` gives pods addresses that a load balancer can reach."""

    kubernetes: Annotated[str, Form(r"^1\.\d+$", 'is not a minor version; write for example "1.28"')]
    """The minor version in quotes, for example "1.28"."""
    cni: Literal["calico-vxlan", "calico-bgp", "cilium", "kindnet", "vpc"] | None = None
    """The network plugin; manifests are judged without it, and generated only with it."""
    ranges: Ranges | None = None
    """Its address ranges; manifests are judged without them, and generated only with them."""
    api_server_port: Port = 6443
    """The port of the API server on its node."""
    pods: dict[Name, ClusterPod] = {}
    """Pods that no manifest here makes, yet the nodes carry."""

    @property
    def addresses(self) -> Ranges:
        """The address ranges of a cluster that manifests are generated for."""
        if self.ranges is None:
            raise LookupError("the cluster has no address ranges")  # load() refuses such a description
        return self.ranges


class Reserved(Described):
    """What a node keeps for itself, as the kubelet is told."""

    cpu: Quantity = "0"
    """Processors: kube-reserved and system-reserved together."""
    memory: Quantity = "0"
    """Memory: kube-reserved and system-reserved together."""
    eviction: Quantity = "100Mi"
    """Memory below which pods are evicted; no pod gets it."""


class Pool(Described):
    """Nodes of one kind: of an instance type, or of given size."""

    instance: str | None = None
    """The cloud's instance type, for example t3.large; else see `cpu` and `memory`."""
    cpu: Quantity | None = None
    """Processors of each node, where there is no instance type."""
    memory: Quantity | None = None
    """Memory of each node, where there is no instance type."""
    nodes: Annotated[int, Field(ge=1)] = 1
    """How many nodes there are."""
    max_nodes: Annotated[int, Field(ge=1)] | None = None
    """How many it may grow to; as many as `nodes` where it is absent."""
    disk: Size | None = None
    """The root disk of each node; manifests are judged without it, and generated only with it."""
    reserved: Reserved = Reserved()
    """What pods do not get; kubeadm keeps nothing but memory for eviction."""
    max_pods: Annotated[int, Field(ge=1)] | None = None
    """How many pods a node takes; 110 where it is absent."""
    usd_month: Annotated[float, Field(ge=0)] | None = None
    """What the owner counts for one node, in dollars a month."""
    labels: dict[str, str] = {}
    """Labels of its nodes; the pods of its tiers select them."""
    taints: tuple[Taint, ...] = ()
    """Taints of its nodes; the pods of its tiers tolerate them."""

    @property
    def most(self) -> int:
        return self.nodes if self.max_nodes is None else self.max_nodes

    @model_validator(mode="after")
    def _sized_once(self) -> Pool:
        sized = (self.cpu is not None) + (self.memory is not None)
        if self.instance is not None and sized:
            raise ValueError("has an instance type and a size; remove `instance:`, or `cpu:` and `memory:`")
        if self.instance is None and sized < 2:
            raise ValueError("has no size; add `instance: <type>`, or both `cpu:` and `memory:`")
        if self.most < self.nodes:
            mend = "raise max_nodes or lower nodes"
            raise ValueError(f"has max_nodes {self.max_nodes} below nodes {self.nodes}; {mend}")
        return self


class Aws(Described):
    """The account that the cluster lives in."""

    region: Annotated[
        str, Form(r"^[a-z]{2,}(-[a-z]+)+-\d+$", "is not a region; write for example ap-northeast-2")
    ]
    """Its region, for example ap-northeast-2."""
    account: Annotated[str, Form(r"^\d{12}$", "is not an AWS account; write its 12 digits in quotes")]
    """Its number: 12 digits in quotes."""
    identity: Literal["projected", "webhook"]
    """Who turns a ServiceAccount into a role.

    projected: the pod carries a token for a self-hosted OIDC issuer; webhook: EKS injects it.
    """


class Certificate(Described):
    """The load balancer's certificate and the names it carries; `*.x` does not cover `x`."""

    arn: str
    """The certificate in ACM."""
    names: Annotated[tuple[str, ...], Field(min_length=1)]
    """The names that it carries."""


class DefaultRoute(Described):
    """The load balancer's own 404, for every path that nothing serves."""

    namespace: Name
    """The namespace that holds its Ingress."""


class AlbIngress(Described):
    """One AWS Application Load Balancer for all namespaces."""

    type: Literal["alb"]
    """The kind of ingress."""
    group: Name
    """The name by which the Ingresses of all namespaces share it."""
    host: Host
    """The host that it answers for."""
    target_type: Literal["instance", "ip"]
    """How it reaches pods: instance by a NodePort, ip only where the CNI gives pods VPC addresses."""
    sources: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """Its subnets: the addresses that pods see."""
    certificate: Certificate
    """What it answers HTTPS with."""
    default_route: DefaultRoute | None = None
    """Its answer to every other path."""


class NginxIngress(Described):
    """An ingress-nginx that the cluster already has."""

    type: Literal["nginx"]
    """The kind of ingress."""
    host: Host
    """The host that it answers for."""
    namespace: Name = "ingress-nginx"
    """The namespace of its controller."""


class StorageClass(Described):
    """The class of every volume; one with a provisioner is created, else the cluster has it."""

    name: Name
    """The class's name."""
    provisioner: str | None = None
    """The CSI driver; without one, the class is not created."""
    parameters: dict[str, str] = {}
    """What the driver is told; numbers and true or false in quotes."""


class Secrets(Described):
    """Where Secrets come from."""

    type: Literal["parameter-store", "manual"]
    """parameter-store: AWS Parameter Store by External Secrets; manual: a person's hands."""


class Budget(Described):
    """What the owner will pay."""

    usd_month: Annotated[float, Field(ge=0)]
    """The whole, in dollars a month."""
    other: dict[Name, Annotated[float, Field(ge=0)]] = {}
    """What of it goes to things outside the cluster (S3, DNS, …), in dollars a month."""


class Sizing(Described):
    """At most so many replicas of everything; nothing scales."""

    replicas: Annotated[int, Field(ge=1)]
    """How many of each at most."""


class Notifications(Described):
    """Where Argo CD tells how a sync went, and Alertmanager what is wrong."""

    slack: str
    """The Slack channel for syncs, without #."""
    alerts: str | None = None
    """The Slack channel for alerts, without #; without one they are seen in Alertmanager only."""


class Environment(Described):
    """One cluster's rendering of the platform."""

    cluster: Cluster
    """The Kubernetes cluster."""
    pools: Annotated[dict[Name, Pool], Field(min_length=1)]
    """Its nodes."""
    placement: dict[Name, Name]
    """Which pool carries a tier: tier and pool for every tier."""
    aws: Aws | None = None
    """The AWS account, where it runs in one."""
    ingress: Annotated[AlbIngress | NginxIngress, Field(discriminator="type")] | None = None
    """How requests come in from outside."""
    storage_class: StorageClass | None = None
    """The class of every volume."""
    secrets: Secrets = Secrets(type="manual")
    """Where its Secrets come from."""
    budget: Budget | None = None
    """What it may cost."""
    notifications: Notifications | None = None
    """Who is told about syncs."""
    sizing: Sizing | None = None
    """Holds everything to a fixed size, for a small cluster."""
    components: tuple[Name, ...] = ()
    """The components that it installs."""
