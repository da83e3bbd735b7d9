"""Secrets that a person creates."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tiered.errors import TieredError
from tiered.secrets.required_secret import RequiredSecret, variables_of

BROKER = RequiredSecret(
    namespace="messaging",
    name="rabbitmq",
    keys={"erlang-cookie": "/dev/rabbitmq/cookie", "waste": "/dev/rabbitmq/waste"},
)
SERVICE = RequiredSecret(namespace="waste", name="waste", keys={"broker-password": "/dev/rabbitmq/waste"})


def test_the_command_reads_each_value_from_a_variable() -> None:
    assert BROKER.create_command() == (
        "kubectl create secret generic rabbitmq --namespace=messaging"
        ' --from-literal=erlang-cookie="$DEV_RABBITMQ_COOKIE" --from-literal=waste="$DEV_RABBITMQ_WASTE"'
    )


def test_secrets_that_name_one_value_share_its_variable() -> None:
    assert variables_of([SERVICE, BROKER]) == ["DEV_RABBITMQ_COOKIE", "DEV_RABBITMQ_WASTE"]


def test_a_variable_never_begins_with_a_digit() -> None:
    secret = RequiredSecret(namespace="a", name="b", keys={"c": "2fa.seed"})

    assert secret.variables() == ["_2FA_SEED"]


def test_a_shell_hands_the_values_over_unchanged(tmp_path: Path) -> None:
    # GIVEN a kubectl that writes down what it was called with
    shell = shutil.which("sh")
    assert shell is not None
    fake = tmp_path / "kubectl"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.defpath}", "DEV_RABBITMQ_WASTE": "a b$c'd\"e"}

    # WHEN
    result = subprocess.run(
        [shell, "-c", SERVICE.create_command()], env=environment, capture_output=True, text=True, check=True
    )

    # THEN
    assert result.stdout.splitlines()[-1] == "--from-literal=broker-password=a b$c'd\"e"


def test_no_keys_and_impossible_ones_are_refused() -> None:
    with pytest.raises(TieredError, match="has no keys"):
        RequiredSecret(namespace="a", name="b", keys={})
    with pytest.raises(TieredError, match="key 'p w' may hold only"):
        RequiredSecret(namespace="a", name="b", keys={"p w": "value"})
