"""PostgreSQL's own programs: pg_dump and pg_restore."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

# A backup must not hold up a migration for ever, nor wait for one.
_LOCK_WAIT = "60s"
_TOLD = 1500


class ProgramError(Exception):
    """A program of PostgreSQL is missing, too old, or failed; the text holds what it wrote."""

    reason = "postgres-program"


@dataclass(frozen=True)
class Server:
    """A database and the role to use it by."""

    host: str
    port: int
    database: str
    user: str
    password: SecretStr

    def environment(self) -> dict[str, str]:
        """As libpq reads it. The password is never an argument: every process of a machine can read those."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": "/nonexistent",
            "LC_ALL": "C.UTF-8",
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGDATABASE": self.database,
            "PGUSER": self.user,
            "PGPASSWORD": self.password.get_secret_value(),
            "PGCONNECT_TIMEOUT": "5",
            "PGAPPNAME": "batch-worker backup",
        }


def dump(server: Server, *, server_version: int, into: Path) -> str:
    """Write the whole database as pg_dump's custom format, compressed; answers pg_dump's version.

    Args:
        server_version: PostgreSQL's server_version_num: pg_dump refuses servers newer than itself.

    Raises:
        ProgramError: pg_dump is missing, older than the server, or failed.
    """
    version = _version("pg_dump", at_least=server_version // 10_000)
    command = [
        "pg_dump",
        "--format=custom",
        "--compress=6",
        f"--lock-wait-timeout={_LOCK_WAIT}",
        "--no-password",
    ]
    _run([*command, "--file", str(into)], server.environment())
    return version


def restore(server: Server, *, server_version: int, dump: Path) -> None:
    """Load `dump` into the empty database of `server`, all of it or nothing.

    Raises:
        ProgramError: pg_restore is missing, older than the server, or failed.
    """
    _version("pg_restore", at_least=server_version // 10_000)
    command = ["pg_restore", "--single-transaction", "--exit-on-error", "--no-password"]
    _run([*command, "--dbname", server.database, str(dump)], server.environment())


def _version(program: str, *, at_least: int) -> str:
    told = _run([program, "--version"], {"PATH": os.environ.get("PATH", os.defpath)})
    found = re.search(r"\b(\d+)(\.\S+)?", told)
    major = int(found[1]) if found else 0
    if major < at_least:
        raise ProgramError(
            f"{program} on PATH is version {major}, the server is PostgreSQL {at_least}: put"
            f" postgresql-client-{at_least} (or newer) into the image"
        )
    return found[0] if found else told


def _run(command: list[str], environment: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed programs, arguments without a shell
            command, env=dict(environment), capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise ProgramError(
            f"{command[0]} is not on PATH: put the package postgresql-client into the image"
        ) from error
    if done.returncode != 0:
        raise ProgramError(f"{command[0]} ended with code {done.returncode}: {done.stderr.strip()[-_TOLD:]}")
    return done.stdout
