"""A kind cluster with the pools of an environment, and everything on it up to the first sync."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierwright.cluster import argocd, bootstrap
from tierwright.cluster.images import built
from tierwright.cluster.nodes import names_of
from tierwright.cluster.script import Section, script
from tierwright.compose.plan import Plan
from tierwright.description.problems import DescriptionError, Problem

_CONTROL_PLANE = "kube-apiserver"
_NETWORK = "kindnet"
_INGRESS = (
    "https://raw.githubusercontent.com/kubernetes/ingress-nginx/controller-v1.12.1"
    "/deploy/static/provider/kind/deploy.yaml"
)
_WAVE = "argocd.argoproj.io/sync-wave"


def configuration(plan: Plan) -> dict[str, Value]:
    """What kind is told: a node for each of the pools' nodes, with its labels, and the address ranges.

    Raises:
        DescriptionError: the environment is no laptop's.
    """
    ranges = plan.environment.cluster.ranges
    if plan.environment.cluster.cni != _NETWORK or ranges is None:
        reason = f"environment {plan.name!r} is not for kind: its network is not {_NETWORK}"
        mend = (
            "name another environment with --env, or run `tierwright bootstrap` against a cluster of your own"
        )
        raise DescriptionError([Problem.at(plan.environment.cluster.origin, reason, mend)])
    nodes: list[Value] = [_node(plan, pool, first=number == 0) for number, pool in enumerate(_nodes(plan))]
    return {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "name": plan.platform.platform,
        "networking": {"podSubnet": str(ranges.pods), "serviceSubnet": str(ranges.services)},
        "nodes": nodes,
    }


def node_names(plan: Plan) -> Mapping[str, list[str]]:
    """What kind will call the nodes of each pool."""
    found: dict[str, list[str]] = {}
    for number, pool in enumerate(_nodes(plan)):
        role = "control-plane" if number == 0 else "worker" + (str(number) if number > 1 else "")
        found.setdefault(pool, []).append(f"{plan.platform.platform}-{role}")
    return found


def _named(plan: Plan) -> list[tuple[str, list[str]]]:
    """The pools whose nodes the bootstrap labels or taints: kind tells their names beforehand."""
    pools = plan.environment.pools
    return [
        (pool, names) for pool, names in node_names(plan).items() if pools[pool].labels or pools[pool].taints
    ]


def kind(plan: Plan, root: Path, manifests: Sequence[Manifest]) -> str:
    """The script: cluster, ingress, images, and the bootstrap of the environment.

    Args:
        manifests: those of dist, which are applied in the order of their waves where git has no dist yet.

    Raises:
        DescriptionError: the environment is no laptop's, or installs no Argo CD.
    """
    heading = [
        f"Environment {plan.name} of {plan.platform.platform} on this machine, made by tierwright.",
        "Needs docker, kind, kubectl, helm, openssl and tierwright. May run again: what is there stays.",
    ]
    return script(heading, [*_before(plan, root), *_bootstrap(plan, manifests)])


def _before(plan: Plan, root: Path) -> Iterator[Section]:
    name = plan.platform.platform
    told = json.dumps(configuration(plan), indent=2).splitlines()
    version = plan.environment.cluster.kubernetes
    yield Section(
        "The cluster",
        [
            "A node a pool. KIND_IMAGE names another patch release than the first of this minor version.",
            f"kind delete cluster --name {name} takes it all away.",
        ],
        [
            f"kind get clusters | grep -qx {name} ||",
            f'  kind create cluster --image "${{KIND_IMAGE:-kindest/node:v{version}.0}}" --wait 5m \\',
            "    --config - <<'END'",
            *told,
            "END",
            f"kubectl config use-context kind-{name}",
            *(f'{names_of(pool)}="{" ".join(names)}"' for pool, names in _named(plan)),
        ],
    )
    ingress = plan.environment.ingress
    namespace = ingress.namespace if ingress is not None and ingress.type == "nginx" else None
    yield Section(
        "The ingress",
        [f"Answers for {ingress.host} on this machine's port 80." if ingress is not None else ""],
        []
        if namespace is None
        else [
            f"kubectl apply --filename={_INGRESS}",
            f"kubectl wait deployment --all --for=condition=Available --namespace={namespace} --timeout=5m",
        ],
    )
    yield Section(
        "The images",
        ["Those that no release has pushed are built here."],
        list(built(plan, root)),
    )


def _bootstrap(plan: Plan, manifests: Sequence[Manifest]) -> Iterator[Section]:
    """The environment's own sections, but the last: git may not have dist yet."""
    for section in bootstrap.sections(plan):
        if section.title != argocd.ROOT:
            yield section
            continue
        git = plan.platform.git
        there = f"{shlex.quote(git.url)} {shlex.quote(git.branch)}" if git is not None else ""
        yield Section(
            section.title,
            [*section.why, "Where git has no dist yet, it is applied from here, wave by wave."],
            [
                f"if GIT_TERMINAL_PROMPT=0 git ls-remote --exit-code {there} >/dev/null 2>&1; then",
                *(f"  {line}" for line in section.lines),
                "else",
                *(f"  {line}" for line in _applied(plan, manifests)),
                "fi",
            ],
        )


def _applied(plan: Plan, manifests: Sequence[Manifest]) -> Iterator[str]:
    """Folder after folder, by the waves of their Applications; a folder waits for its Deployments."""
    found = []
    for each in manifests:
        path = each.view.at("spec", "source", "path").text
        if each.kind == "Application" and path not in {"", f"dist/{plan.name}/argocd"}:
            wave = each.view.at("metadata", "annotations", _WAVE).text or "0"
            found.append((int(wave), path))
    for _, path in sorted(found):
        yield f"kubectl apply --server-side --filename={path}"
    namespaces = sorted({app.namespace for app in plan.apps.values()})
    for namespace in namespaces:
        yield f"kubectl wait deployment --all --for=condition=Available --namespace={namespace} --timeout=10m"


def _nodes(plan: Plan) -> list[str]:
    """The pool of each node, that of the control plane first."""
    pools = plan.environment.pools
    server = plan.environment.cluster.pods.get(_CONTROL_PLANE)
    first = str(server.pool) if server is not None and server.pool in pools else next(iter(pools))
    every = [name for name, pool in pools.items() for _ in range(pool.nodes)]
    every.remove(first)
    return [first, *every]


def _node(plan: Plan, name: str, *, first: bool) -> Value:
    pool = plan.environment.pools[name]
    labels: dict[str, Value] = {**pool.labels}
    if not first:
        return {"role": "worker", **({"labels": labels} if labels else {})}
    ports: list[Value] = [
        {"containerPort": port, "hostPort": port, "listenAddress": "127.0.0.1"} for port in (80, 443)
    ]
    return {
        "role": "control-plane",
        "labels": {"ingress-ready": "true", **labels},
        "extraPortMappings": ports,
    }
