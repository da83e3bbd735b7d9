"""The identity of a workload: a ServiceAccount of its own, whose token no pod gets unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tiered.component import Component
from tiered.manifest import Body, Wave


def add_service_account(
    component: Component,
    name: str,
    *,
    annotations: Mapping[str, str] | None = None,
    pull_secrets: Sequence[str] = (),
) -> Body:
    """Add a ServiceAccount.

    Args:
        component: whose chart takes it.
        name: by house rule that of the workload it belongs to.
        annotations: for example `eks.amazonaws.com/role-arn` where a webhook hands out AWS roles.
        pull_secrets: names of the registry Secrets with which the kubelet pulls the images.
    """
    account = component.add(
        "v1",
        "ServiceAccount",
        name,
        wave=Wave.IDENTITY,
        annotations=annotations,
        automountServiceAccountToken=False,
    )
    if pull_secrets:
        account["imagePullSecrets"] = [{"name": secret} for secret in pull_secrets]
    return account
