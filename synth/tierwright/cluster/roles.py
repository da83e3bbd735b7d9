"""The AWS roles of an environment, each with who may take it on and the least that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tierpolicies.documents.nodes import Value
from tierwright.compose.endpoints import migration_name
from tierwright.compose.plan import Plan
from tierwright.compose.secrets import secret_keys
from tierwright.compose.wiring import Runnable, aws_role
from tierwright.description.platform import External

_OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject")
_BUCKET = "_BUCKET"
"""How a variable ends that names a bucket."""


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role by its name, the ServiceAccount that takes it on, and its rights.

    `statements` are those of its own policy. A third party's chart needs what its publisher says instead:
    `managed` is a policy of AWS's own, `published` the address of a policy's document.
    """

    name: str
    namespace: str
    account: str
    statements: tuple[dict[str, Value], ...] = ()
    managed: str | None = None
    published: str | None = None

    @property
    def subject(self) -> str:
        """Who takes it on, as a token says it."""
        return f"system:serviceaccount:{self.namespace}:{self.account}"


_CHARTS: Mapping[str, Mapping[str, str]] = {
    "aws-ebs-csi-driver": {"managed": "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"},
    "aws-load-balancer-controller": {
        "published": "https://raw.githubusercontent.com/kubernetes-sigs/aws-load-balancer-controller"
        "/v2.{minor}.{patch}/docs/install/iam_policy.json"
    },
}
"""What the publishers of charts say that their roles need; chart 1.x.y installs controller 2.x.y."""


def roles(plan: Plan) -> list[Role]:
    """Every role that something in the environment takes on, by name."""
    if plan.environment.aws is None:
        return []
    found = [*_apps(plan), *_components(plan), *_readers(plan)]
    return sorted(found, key=lambda role: role.name)


def buckets(plan: Plan) -> list[str]:
    """The buckets that the apps use here, by name."""
    externals = [each for each in plan.platform.externals.values() if each.aws]
    return sorted({bucket for each in externals for bucket in _buckets(plan, each)})


def _buckets(plan: Plan, external: External) -> list[str]:
    return [plan.fill(value) for name, value in external.variables.items() if name.endswith(_BUCKET)]


def _named(plan: Plan, name: str) -> str:
    role = aws_role(plan, name)
    return role.arn.rpartition("/")[2] if role is not None else name


def _apps(plan: Plan) -> Iterator[Role]:
    externals = plan.platform.externals
    for name, namespace, runnable in _runnables(plan):
        called = [externals[call] for call in runnable.calls if call in externals and externals[call].aws]
        if called:
            names = sorted({bucket for each in called for bucket in _buckets(plan, each)})
            statements = tuple(statement for bucket in names for statement in _of_bucket(bucket))
            yield Role(name=_named(plan, name), namespace=namespace, account=name, statements=statements)


def _runnables(plan: Plan) -> Iterator[tuple[str, str, Runnable]]:
    for name, (app, workload) in plan.workloads.items():
        yield name, app.namespace, workload
    for app in plan.apps.values():
        if app.migration is not None:
            yield migration_name(app.app), app.namespace, app.migration


def _of_bucket(bucket: str) -> list[dict[str, Value]]:
    """Objects to be read and written, and listed: without that a missing one is "forbidden"."""
    arn = f"arn:aws:s3:::{bucket}"
    return [
        {"Effect": "Allow", "Action": [*_OBJECTS], "Resource": f"{arn}/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn},
    ]


def _components(plan: Plan) -> Iterator[Role]:
    for component in plan.components.values():
        if component.role is None:
            continue
        name, version = component.role.name, component.chart.version.removeprefix("v").split(".")
        told = _CHARTS.get(component.chart.name, {})
        published = told.get("published")
        yield Role(
            name=_named(plan, name),
            namespace=component.namespace,
            account=name,
            managed=told.get("managed"),
            published=published.format(minor=version[1], patch=version[2]) if published else None,
        )


def _readers(plan: Plan) -> Iterator[Role]:
    """Of each namespace whose Secrets are fetched: its own parameters, and no others."""
    aws = plan.environment.aws
    if aws is None or plan.environment.secrets.type != "parameter-store":
        return
    prefix = f"arn:aws:ssm:{aws.region}:{aws.account}:parameter/{plan.platform.platform}/{plan.name}"
    keys = secret_keys(plan)
    for namespace in sorted({each.namespace for each in keys}):
        held = sorted({f"{prefix}/{each.remote}" for each in keys if each.namespace == namespace})
        yield Role(
            name=_named(plan, f"{namespace}-secrets"),
            namespace=namespace,
            account="parameter-store",
            statements=(
                {"Effect": "Allow", "Action": ["ssm:GetParameter", "ssm:GetParameters"], "Resource": [*held]},
            ),
        )
