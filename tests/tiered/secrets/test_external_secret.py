"""Secrets from AWS SSM Parameter Store."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.manifest import Manifest
from tiered.secrets.aws_role import AwsRole
from tiered.secrets.external_secret import ExternalSecret, ParameterStore

ARN = "arn:aws:iam::123456789012:role/waste-secrets"


def test_a_namespaces_store_reads_with_a_role_of_its_own(
    chart: Chart, valid: Callable[[Iterable[Manifest]], None]
) -> None:
    # WHEN
    store = ParameterStore(chart, "store", role=AwsRole(arn=ARN, region="ap-northeast-2", mode="projected"))

    # THEN
    account, secret_store = chart.manifests
    assert account.metadata["annotations"] == {
        "argocd.argoproj.io/sync-wave": "-7",
        "eks.amazonaws.com/role-arn": ARN,
    }
    assert account.body["automountServiceAccountToken"] is False
    assert secret_store.identity == ("external-secrets.io", "SecretStore", "waste", store.name)
    assert secret_store.body["spec"] == {
        "provider": {
            "aws": {
                "service": "ParameterStore",
                "region": "ap-northeast-2",
                "auth": {"jwt": {"serviceAccountRef": {"name": account.name}}},
            }
        }
    }
    valid(chart.manifests)


def test_an_external_secret_writes_out_every_default_that_would_be_filled_in(chart: Chart) -> None:
    ExternalSecret(
        chart, "secret", name="waste", keys={"database-password": "/prod/waste/db", "token": "/prod/token"}
    )

    (secret,) = chart.manifests
    assert secret.body["spec"] == {
        "refreshInterval": "1h0m0s",
        "secretStoreRef": {"kind": "SecretStore", "name": "parameter-store"},
        "target": {"name": "waste", "creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "data": [
            {
                "secretKey": key,
                "remoteRef": {
                    "key": parameter,
                    "conversionStrategy": "Default",
                    "decodingStrategy": "None",
                    "metadataPolicy": "None",
                },
            }
            for key, parameter in (("database-password", "/prod/waste/db"), ("token", "/prod/token"))
        ],
    }


def test_an_external_secret_without_keys_is_refused(chart: Chart) -> None:
    with pytest.raises(TieredError, match="has no keys"):
        ExternalSecret(chart, "secret", name="waste", keys={})
