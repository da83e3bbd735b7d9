"""PostgreSQL with the delivered configuration, roles and migrations."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from tests.servers import manifests
from tests.servers.given import given, only_own, program
from tests.servers.ports import free_port
from tests.servers.process import REPOSITORY, Process

VARIABLE = "TEST_POSTGRES_URL"
"""URL of a server to use instead, with its superuser: postgresql://user:password@host:port. It must be there
for tests only: its roles are made over, and whoever is not the platform's may no longer log in."""

_BINARIES = "usr/lib/postgresql/*/bin/postgres"
_OWNER = "postgres"


def password_of(role: str) -> str:
    """The password that tests give to a role."""
    return f"{role}-test-password"


class Postgres:
    """One server, and in it one database at a time, made afresh by `create_database`."""

    def __init__(self) -> None:
        container = manifests.pod("StatefulSet", "postgres")["containers"][0]
        self.database = manifests.variables(container)["POSTGRES_DB"]
        self.process: Process | None = None
        self._directory: Path | None = None
        self._migrated = False
        self.broken_migrations: dict[str, str] = {}
        """By role, what its migrations wrote when they failed."""
        address = given(VARIABLE)
        if address:
            self.host, self.port = address.hostname or "127.0.0.1", address.port or 5432
            self._superuser, self._password = address.username or "postgres", address.password or ""
            worker = os.environ.get("PYTEST_XDIST_WORKER")  # workers share the server
            self.database += f"_{worker}" if worker else ""
        else:
            self.host, self.port = "127.0.0.1", free_port()
            self._superuser, self._password = "postgres", password_of("postgres")
            self._directory = Path(tempfile.mkdtemp(prefix="tests-postgres-"))
            self.process = self._set_up(self._directory)

    @property
    def url(self) -> str:
        """The server by its superuser, for administration: the database postgres."""
        return self._url("postgres")

    def environment(self, role: str) -> dict[str, str]:
        """What a workload of this role is told by its manifest."""
        return {
            "POSTGRES_HOST": self.host,
            "POSTGRES_PORT": str(self.port),
            "POSTGRES_DATABASE": self.database,
            "POSTGRES_USER": role,
            "POSTGRES_PASSWORD": password_of(role),
        }

    def start(self) -> Postgres:
        """Start, or start again on the same port and data, and wait until it answers."""
        if self.process:
            self.process.start().wait_until(self._answers, "it answers", seconds=60)
        elif not self._answers():
            pytest.fail(f"PostgreSQL at {self.host}:{self.port} ({VARIABLE}) does not answer", pytrace=False)
        return self

    def stop(self) -> None:
        """Shut down as Kubernetes does: sessions are ended, nothing is lost."""
        self._own().terminate(seconds=60)

    def kill(self) -> None:
        """Crash: the next start recovers from the write-ahead log."""
        self._own().kill()

    def pause(self) -> None:
        """Let every session hang."""
        for pid in self._processes():
            os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        for pid in self._processes():
            os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        """End the server and remove its data."""
        if self.process and self._directory:
            self.resume()
            self.process.terminate()
            shutil.rmtree(self._directory, ignore_errors=True)

    def connect(self, database: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
        """An autocommitting connection of the superuser, by default to the platform's database."""
        return psycopg.connect(self._url(database or self.database), autocommit=True, connect_timeout=5)

    def create_database(self) -> Postgres:
        """The platform's database afresh: roles, schemas, all migrations, no rows."""
        template = f"{self.database}_migrated"
        if not self._migrated:
            self._recreate(self.database, template="template0")
            self._create_roles()
            self._migrate()
            with self.connect("postgres") as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)')
                connection.execute(f'ALTER DATABASE "{self.database}" RENAME TO "{template}"')
            self._migrated = True
        self._recreate(self.database, template=template)
        self._create_roles()  # a copy has neither the template's grants on the database nor its settings
        return self

    def _recreate(self, database: str, *, template: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def _create_roles(self) -> None:
        """Run the Job postgres-roles."""
        container = manifests.pod("Job", "postgres-roles")["containers"][0]
        secrets = [each for each in container["env"] if "valueFrom" in each]
        environment = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGDATABASE": self.database,
            "PGUSER": self._superuser,
        }
        unknown = set(manifests.variables(container)) - set(environment)
        assert not unknown, f"the Job postgres-roles sets {unknown}: mend tests/servers/postgres.py"
        for each in secrets:
            environment[each["name"]] = password_of(each["valueFrom"]["secretKeyRef"]["key"])
        environment["PGPASSWORD"] = self._password
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder, "roles.sql")
            script.write_text(manifests.files("postgres-roles")["roles.sql"])
            arguments = [each.replace("/sql/roles.sql", str(script)) for each in container["args"]]
            psql = program("psql", package="postgresql", variable=VARIABLE)
            with self.connect("postgres") as connection:  # roles are the server's: one run at a time
                connection.execute("SELECT pg_advisory_lock(hashtext('roles of tests'))")
                run = _run([psql, *arguments], environment)
        if run.returncode != 0:
            pytest.fail(f"roles.sql failed:\n{run.stderr}", pytrace=False)

    def _migrate(self) -> None:
        """Run the migration Jobs whose apps have migrations, each as its own role."""
        for job in manifests.documents("Job"):
            container = job["spec"]["template"]["spec"]["containers"][0]
            command = container.get("command", [])
            if command[:2] != ["alembic", "-c"] or not (REPOSITORY / command[2]).exists():
                continue
            variables = manifests.variables(container)
            role = variables["POSTGRES_USER"]
            program_path = Path(sys.executable).with_name("alembic")
            run = _run([str(program_path), *command[1:]], variables | self.environment(role))
            if run.returncode != 0:
                self.broken_migrations[role] = f"{' '.join(command)}\n{run.stdout}{run.stderr}"

    def _set_up(self, directory: Path) -> Process:
        postgres = program("postgres", package="postgresql", variable=VARIABLE, places=_BINARIES)
        initdb = Path(postgres).resolve().with_name("initdb")
        data, socket = directory / "data", directory / "run"
        socket.mkdir()
        configuration = manifests.substituted(
            manifests.files("postgres")["postgresql.conf"],
            {"listen_addresses = '*'": f"listen_addresses = '127.0.0.1'\nport = {self.port}"},
        )
        (directory / "postgresql.conf").write_text(f"{configuration}unix_socket_directories = '{socket}'\n")
        (directory / "pg_hba.conf").write_text(manifests.files("postgres")["pg_hba.conf"])
        (directory / "password").write_text(self._password)
        as_root = os.geteuid() == 0
        if as_root:  # PostgreSQL refuses to run as root
            for path in (directory, *directory.iterdir()):
                shutil.chown(path, _OWNER, _OWNER)
        made = _run(
            [
                str(initdb),
                f"--pgdata={data}",
                "--username=postgres",
                f"--pwfile={directory / 'password'}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
            ],
            {},
            user=_OWNER if as_root else None,
        )
        if made.returncode != 0:
            pytest.fail(f"initdb failed:\n{made.stderr}", pytrace=False)
        settings = (f"config_file={directory / 'postgresql.conf'}", f"hba_file={directory / 'pg_hba.conf'}")
        return Process(
            [str(Path(postgres).resolve()), "-D", str(data), "-c", settings[0], "-c", settings[1]],
            {},
            log=_owned(directory / "log"),
            directory=directory,
            user=_OWNER,
            end_signal=signal.SIGINT,  # a fast shutdown, as the manifest's preStop asks for
        )

    def _answers(self) -> bool:
        return _succeeds(lambda: self.connect("postgres").close())

    def _url(self, database: str) -> str:
        password = quote(self._password, safe="")
        return f"postgresql://{self._superuser}:{password}@{self.host}:{self.port}/{database}"

    def _own(self) -> Process:
        if not self.process:
            only_own(VARIABLE)
        assert self.process
        return self.process

    def _processes(self) -> list[int]:
        """The server's processes, the first one first: its sessions are no process group of it."""
        leader = self._own()
        if not leader.running:
            return []
        children = Path(f"/proc/{leader.pid}/task/{leader.pid}/children").read_text().split()
        return [leader.pid, *map(int, children)]


class Database:
    """A module's own database, as the Jobs of the platform leave it."""

    def __init__(self, server: Postgres) -> None:
        self.server = server

    @property
    def url(self) -> str:
        """The database by the server's superuser."""
        return self.server.url.rpartition("/")[0] + f"/{self.server.database}"

    def environment(self, role: str) -> dict[str, str]:
        """POSTGRES_* for a workload of this role; fails the test when the role's migrations failed."""
        if role in self.server.broken_migrations:
            pytest.fail(self.server.broken_migrations[role], pytrace=False)
        return self.server.environment(role)

    def connect(self, role: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
        """An autocommitting connection of a role, or of the superuser."""
        if role is None:
            return self.server.connect()
        told = self.environment(role)
        return psycopg.connect(
            host=told["POSTGRES_HOST"],
            port=told["POSTGRES_PORT"],
            dbname=told["POSTGRES_DATABASE"],
            user=role,
            password=told["POSTGRES_PASSWORD"],
            autocommit=True,
        )


def _run(
    command: list[str], environment: dict[str, str], *, user: str | None = None
) -> subprocess.CompletedProcess[str]:
    surroundings = {"PATH": os.environ.get("PATH", os.defpath)}
    return subprocess.run(
        command,
        env=surroundings | environment,
        cwd="/" if user else REPOSITORY,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _owned(path: Path) -> Path:
    path.touch()
    return path


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except psycopg.OperationalError:
        return False
    return True
