"""Secrets that a person creates."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tiered.errors import TieredError
from tiered.secrets.required_secret import RequiredSecret, questions

BROKER = RequiredSecret(
    namespace="messaging",
    name="rabbitmq",
    keys={"erlang-cookie": "/dev/rabbitmq/cookie", "waste": "/dev/rabbitmq/waste"},
)
SERVICE = RequiredSecret(namespace="waste", name="waste", keys={"broker-password": "/dev/rabbitmq/waste"})


def test_the_command_reads_each_value_from_a_variable_and_a_file_by_its_path() -> None:
    signing = RequiredSecret(
        namespace="auth", name="signing", keys={"keys.json": "signing/keys", "pin": "pin"}
    )

    assert signing.create_command() == (
        "kubectl create secret generic signing --namespace=auth"
        ' --from-file=keys.json="$SIGNING_KEYS" --from-file=pin=<(printf %s "$PIN")'
    )


def test_secrets_that_name_one_value_ask_for_it_once() -> None:
    asked = questions([SERVICE, BROKER])

    assert [line.rpartition(" ")[0].split()[-1] for line in asked] == [
        "DEV_RABBITMQ_COOKIE;",
        "DEV_RABBITMQ_WASTE;",
    ]


def test_a_variable_never_begins_with_a_digit() -> None:
    secret = RequiredSecret(namespace="a", name="b", keys={"c": "2fa.seed"})

    assert secret.variables() == ["_2FA_SEED"]


def test_a_shell_hands_the_values_over_unchanged_and_out_of_sight(tmp_path: Path) -> None:
    # GIVEN a kubectl that writes down what it was called with, and what stands in the last file
    shell = shutil.which("bash")
    assert shell is not None
    fake = tmp_path / "kubectl"
    fake.write_text('#!/bin/bash\nprintf "%s\\n" "$@"\nlast="${@: -1}"\ncat "${last##*=}"\n')
    fake.chmod(0o755)
    value = "a b$c'd\"e"
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.defpath}", "DEV_RABBITMQ_WASTE": value}

    # WHEN
    result = subprocess.run(
        [shell, "-c", SERVICE.create_command()], env=environment, capture_output=True, text=True, check=True
    )

    # THEN
    *words, handed = result.stdout.splitlines()
    assert handed == value
    assert not any(value in word for word in words)


def test_no_keys_and_impossible_ones_are_refused() -> None:
    with pytest.raises(TieredError, match="has no keys"):
        RequiredSecret(namespace="a", name="b", keys={})
    with pytest.raises(TieredError, match="key 'p w' may hold only"):
        RequiredSecret(namespace="a", name="b", keys={"p w": "value"})
