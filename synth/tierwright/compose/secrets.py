"""The Secrets of a namespace: fetched from the secret store, or asked of a person; never with a value."""

from __future__ import annotations

from collections.abc import Iterator

from tiered.chart import Chart
from tiered.secrets.aws_role import AwsRole
from tiered.secrets.external_secret import ParameterStore
from tiered.secrets.required_secret import RequiredSecret
from tierwright.compose.components import ALERTS_KEY, ALERTS_SECRET, alerts_channel
from tierwright.compose.endpoints import migration_name
from tierwright.compose.plan import Plan
from tierwright.compose.stores import store_secrets
from tierwright.compose.wiring import SecretKey, aws_role, wiring

SLACK_SECRET, SLACK_KEY = "argocd-notifications-secret", "slack-token"


def secret_keys(plan: Plan) -> list[SecretKey]:
    """Every key of every Secret that something in the environment reads."""
    return sorted({*_apps(plan), *store_secrets(plan), *_components(plan)})


def required_secrets(plan: Plan) -> list[RequiredSecret]:
    """What a person creates by hand where no secret store is described."""
    if plan.environment.secrets.type != "manual":
        return []
    return [
        RequiredSecret(namespace=namespace, name=name, keys=keys)
        for (namespace, name), keys in _grouped(plan).items()
    ]


def add_secrets(plan: Plan, chart: Chart, namespace: str) -> None:
    """Add the ExternalSecrets of a namespace, behind a store that reads with a role of its own."""
    secrets = {name: keys for (owner, name), keys in _grouped(plan).items() if owner == namespace}
    role = _reader(plan, namespace)
    if not secrets or role is None:
        return
    prefix = f"/{plan.platform.platform}/{plan.name}"
    ParameterStore(
        chart,
        "parameter-store",
        role=role,
        secrets={
            name: {key: f"{prefix}/{remote}" for key, remote in keys.items()}
            for name, keys in secrets.items()
        },
    )


def _reader(plan: Plan, namespace: str) -> AwsRole | None:
    if plan.environment.secrets.type != "parameter-store":
        return None
    return aws_role(plan, f"{namespace}-secrets")


def _grouped(plan: Plan) -> dict[tuple[str, str], dict[str, str]]:
    grouped: dict[tuple[str, str], dict[str, str]] = {}
    for each in secret_keys(plan):
        grouped.setdefault((each.namespace, each.secret), {})[each.key] = each.remote
    return grouped


def _apps(plan: Plan) -> Iterator[SecretKey]:
    for name, (app, workload) in plan.workloads.items():
        yield from wiring(plan, name, app, workload).secrets
    for app in plan.apps.values():
        if app.migration is not None:
            yield from wiring(plan, migration_name(app.app), app, app.migration).secrets


def _components(plan: Plan) -> Iterator[SecretKey]:
    for component in plan.components.values():
        for secret, keys in component.secrets.items():
            for key in keys:
                yield SecretKey(component.namespace, secret, key, f"{secret}/{key}")
    gitops = plan.provider("gitops")
    if gitops is not None and plan.environment.notifications is not None:
        yield SecretKey(plan.components[gitops].namespace, SLACK_SECRET, SLACK_KEY, f"slack/{SLACK_KEY}")
    monitoring = plan.provider("monitoring")
    if monitoring is not None and alerts_channel(plan) is not None:
        namespace = plan.components[monitoring].namespace
        yield SecretKey(namespace, ALERTS_SECRET, ALERTS_KEY, "slack/alerts-url")
