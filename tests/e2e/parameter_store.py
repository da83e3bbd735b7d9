"""The parameters that an operator puts into the store, and the Secrets made of them."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.e2e.manifests import ManifestError, Manifests, told
from tests.servers.process import REPOSITORY

ROOT = "/waste-coach/prod/"

KEYS = "signing-keys/keys.json"
PUBLIC_KEYS = "token-keys/jwks.json"

GENERATED = (
    r"postgres/(auth|users|waste|beat|dlq|backup|exporter)/password",
    r"rabbitmq/[a-z-]+/password",
    r"rabbitmq/erlang-cookie",
    r"kakao-map/KAKAO_REST_API_KEY",
    r"openai/OPENAI_API_KEY",
)
"""Parameters that may hold anything, because who checks them is told the same; patterns below ROOT."""


class ParameterStore:
    """Values by their names below ROOT.

    Args:
        given: What a server that these tests did not set up has decided already.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self._values = dict(given) | dict(zip((KEYS, PUBLIC_KEYS), _keys(), strict=True))

    def __getitem__(self, name: str) -> str:
        """The value; a generated one stays the same once it was asked for."""
        if name not in self._values:
            if not any(re.fullmatch(pattern, name) for pattern in GENERATED):
                message = f"nobody puts a parameter {ROOT}{name} into the store"
                raise ManifestError(message)
            self._values[name] = secrets.token_hex(16)
        return self._values[name]

    def secrets(self, manifests: Manifests) -> dict[tuple[str, str], dict[str, str]]:
        """The Secrets of every ExternalSecret, by namespace and name.

        Raises:
            ManifestError: one asks for a parameter that is not there.
        """
        made: dict[tuple[str, str], dict[str, str]] = {}
        for each in manifests.of("ExternalSecret"):
            if each["metadata"]["namespace"] in ("argocd", "monitoring"):
                continue  # third parties' own
            data = {}
            for item in each["spec"]["data"]:
                key = item["remoteRef"]["key"]
                try:
                    data[item["secretKey"]] = self[key.removeprefix(ROOT)]
                except ManifestError as error:
                    message = f"{told(each)}: key {item['secretKey']}: {error}"
                    raise ManifestError(message) from None
            made[each["metadata"]["namespace"], each["spec"]["target"]["name"]] = data
        return made


@cache
def _keys() -> tuple[str, str]:
    """Signing keys and their public halves, made by the operator's commands."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "keys.json")
        _command("new", file)
        return file.read_text(), _command("public", file)


def _command(name: str, file: Path) -> str:
    command = [sys.executable, "-m", "apps.auth.keys", name, str(file)]
    return subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
