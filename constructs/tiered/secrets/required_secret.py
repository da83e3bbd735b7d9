"""Secrets that a person creates, where no store outside the cluster holds their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tiered.errors import TieredError

_KEY = re.compile(r"[-._A-Za-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class RequiredSecret:
    """A Secret that must exist before the namespace's pods can start. It never has a value here.

    Args:
        namespace: of the Secret.
        name: of the Secret.
        keys: the Secret's keys, each with the name of its value, as for an ExternalSecret. Keys of
            several Secrets that name the same value get the same one.

    Raises:
        TieredError: there are no keys, or one that a Secret cannot have.
    """

    namespace: str
    name: str
    keys: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.keys:
            raise TieredError(f"Secret {self.namespace}/{self.name} has no keys: give at least one")
        for key in self.keys:
            if not _KEY.fullmatch(key):
                raise TieredError(
                    f"Secret {self.namespace}/{self.name}: key {key!r} may hold only"
                    " letters, digits, '-', '_' and '.'"
                )

    def variables(self) -> list[str]:
        """The shell variables that `create_command` reads the values from, in the order of the keys."""
        return [_variable(value) for value in self.keys.values()]

    def create_command(self) -> str:
        """The command (of bash) that creates it from shell variables.

        No value lands in the shell's history or in the list of processes. A key with a dot is a file's
        name: its variable holds the path of that file.
        """
        sources = (
            f'--from-file={key}="${variable}"'
            if "." in key
            else f'--from-file={key}=<(printf %s "${variable}")'
            for key, variable in zip(self.keys, self.variables(), strict=True)
        )
        return " ".join(
            ["kubectl create secret generic", self.name, f"--namespace={self.namespace}", *sources]
        )


def questions(secrets: Iterable[RequiredSecret]) -> list[str]:
    """The lines (of bash) that ask a person for each variable of `secrets`, once each, sorted."""
    asked: dict[str, str] = {}
    for secret in secrets:
        for key, variable in zip(secret.keys, secret.variables(), strict=True):
            a_file = f"read -rp '{variable} (path of the file): ' {variable}"
            asked[variable] = a_file if "." in key else f"read -rsp '{variable}: ' {variable}; echo"
    return [asked[variable] for variable in sorted(asked)]


def _variable(value: str) -> str:
    name = re.sub(r"[^A-Z0-9]+", "_", value.upper()).strip("_")
    return f"_{name}" if name[:1].isdigit() else name
