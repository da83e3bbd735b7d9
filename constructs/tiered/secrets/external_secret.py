"""Secrets whose values live outside the cluster and are brought in by External Secrets."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.manifest import Wave
from tiered.secrets.aws_role import ROLE_ANNOTATION, AwsRole
from tiered.workloads.service_account import add_service_account

# Each of these is a default of the resource definition. It would be filled in within a list, which
# is compared whole: Argo CD would see a difference for ever. (2.3 to 2.6 fill in a fourth,
# nullBytePolicy, that no other version knows: pin a version outside of these.)
_REMOTE_DEFAULTS = {
    "conversionStrategy": "Default",
    "decodingStrategy": "None",
    "metadataPolicy": "None",
}


class ParameterStore(Component):
    """A SecretStore of one namespace that reads AWS SSM Parameter Store with a role of its own.

    The operator asks the cluster for a token of the store's ServiceAccount and exchanges it for
    the role named in the annotation; no pod runs with this account. So a namespace reads only
    what its role may, whatever its ExternalSecrets ask for.

    Args:
        name: of the SecretStore and its ServiceAccount.
        role: which may read the namespace's parameters; its mode is without meaning here.
        secrets: what it fetches: by name of the Secret, its keys with the names of their parameters.

    Raises:
        TieredError: a Secret without keys.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str = "parameter-store",
        role: AwsRole,
        secrets: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.name = name
        add_service_account(self, name, annotations={ROLE_ANNOTATION: role.arn})
        self.add(
            "external-secrets.io/v1",
            "SecretStore",
            name,
            wave=Wave.SECRET_STORE,
            spec={
                "provider": {
                    "aws": {
                        "service": "ParameterStore",
                        "region": role.region,
                        "auth": {"jwt": {"serviceAccountRef": {"name": name}}},
                    }
                }
            },
        )
        for secret, keys in (secrets or {}).items():
            _add_secret(self, secret, store=name, keys=keys)


class ExternalSecret(Component):
    """A Secret that the operator makes and keeps up to date.

    Args:
        name: of the ExternalSecret and of the Secret.
        store: name of the namespace's SecretStore.
        keys: the Secret's keys, each with the name of the parameter that holds its value.

    Raises:
        TieredError: there are no keys.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        store: str = "parameter-store",
        keys: Mapping[str, str],
    ) -> None:
        super().__init__(scope, id)
        _add_secret(self, name, store=store, keys=keys)


def _add_secret(component: Component, name: str, *, store: str, keys: Mapping[str, str]) -> None:
    if not keys:
        raise TieredError(
            f"ExternalSecret {name!r} has no keys: give at least one, or make no ExternalSecret"
        )
    component.add(
        "external-secrets.io/v1",
        "ExternalSecret",
        name,
        wave=Wave.CONFIGURATION,
        spec={
            # As Go writes an hour: the operator's own updates would turn "1h" into it.
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {"kind": "SecretStore", "name": store},
            "target": {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
            "data": [
                {"secretKey": key, "remoteRef": {"key": parameter, **_REMOTE_DEFAULTS}}
                for key, parameter in keys.items()
            ],
        },
    )
