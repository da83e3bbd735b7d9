"""A read replica, made and run as the containers of a description that asks for one say."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.servers import manifests
from tests.servers.given import program
from tests.servers.ports import free_port
from tests.servers.postgres import VARIABLE, Postgres, password_of
from tests.servers.process import Process
from tests.servers.waiting import eventually
from tests.tierwright.letter.letter import described, generated

REPLICATION = "replication"
_BINARIES = "usr/lib/postgresql/*/bin/postgres"


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """The platform with one read replica, and a second storage node for it."""

    def edit(platform):
        platform["stores"]["postgres"]["read_replicas"] = 1
        platform["environments"]["prod"]["pools"]["storage"] |= {"nodes": 2, "max_nodes": 2}
        platform["waivers"] = []  # two nodes are no longer one failure domain

    folder = described(tmp_path_factory.mktemp("platform"), {"platform.yaml": edit})
    return generated(folder, "prod")


@pytest.fixture
def primary(platform):
    """A server with the logins, rules and slots of that description; one's standby is its own."""
    server = Postgres()
    try:
        server.start()
        with server.connect("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{server.database}"')
        rules = platform.manifests["ConfigMap/default/postgres"]["data"]["pg_hba.conf"]
        Path(str(server._directory), "pg_hba.conf").write_text(rules)
        with server.connect() as connection:
            connection.execute("SELECT pg_reload_conf()")
        set_up(server, platform)
        yield server
    finally:
        server.close()


def set_up(server, platform):
    """Run the Job postgres-roles."""
    job = platform.manifests["Job/default/postgres-roles"]["spec"]["template"]["spec"]["containers"][0]
    passwords = {
        each["name"]: password_of(each["valueFrom"]["secretKeyRef"]["key"])
        for each in job["env"]
        if "valueFrom" in each
    }
    psql = program("psql", package="postgresql", variable=VARIABLE)
    options = [each for each in job["args"] if not each.startswith("--file")]
    subprocess.run(
        [psql, *options, server.url.rpartition("/")[0] + f"/{server.database}"],
        input=platform.manifests["ConfigMap/default/postgres-roles"]["data"]["roles.sql"],
        env={"PATH": os.environ["PATH"], **passwords},
        text=True,
        check=True,
    )


class Standby:
    """The pod postgres-read-0."""

    def __init__(self, platform, primary):
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="tests-standby-"))
        pod = platform.manifests["StatefulSet/default/postgres-read"]["spec"]["template"]["spec"]
        [copy], server = pod["initContainers"], pod["containers"][0]
        binaries = (
            Path(program("postgres", package="postgresql", variable=VARIABLE, places=_BINARIES))
            .resolve()
            .parent
        )
        self.environment = {
            "PATH": f"{binaries}:{os.environ['PATH']}",
            "PGDATA": str(self.folder / "pgdata"),
            "POD_NAME": "postgres-read-0",
            "PRIMARY": primary.host,
            "PGPORT": str(primary.port),
            "PGPASSWORD": password_of(REPLICATION),
        }
        assert set(self.environment) == {"PATH", *(each["name"] for each in copy["env"])}
        self.copy_command = copy["command"]
        (self.folder / "run").mkdir()
        settings = manifests.substituted(
            platform.manifests["ConfigMap/default/postgres"]["data"]["postgresql.conf"],
            {"listen_addresses = '*'": f"listen_addresses = '127.0.0.1'\nport = {self.port}"},
        )
        conf = self.folder / "postgresql.conf"
        conf.write_text(f"{settings}unix_socket_directories = '{self.folder / 'run'}'\n")
        rules = self.folder / "pg_hba.conf"
        rules.write_text(platform.manifests["ConfigMap/default/postgres"]["data"]["pg_hba.conf"])
        (self.folder / "log").touch()
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, "postgres", "postgres")
        here = {
            "/etc/postgresql/postgresql.conf": str(conf),
            "/etc/postgresql/pg_hba.conf": str(rules),
            "host=postgres.default.svc port=5432": f"host={primary.host} port={primary.port}",
            "$(POD_NAME)": "postgres-read-0",
        }
        words = manifests.substituted("\n".join(server["args"]), here).split("\n")
        self.process = Process(
            [str(binaries / words[0]), *words[1:]],
            {name: self.environment[name] for name in ("PGDATA", "PGPASSWORD")},
            log=self.folder / "log",
            directory=self.folder,
            user="postgres",
            end_signal=signal.SIGINT,
        )

    def copy(self):
        """Run the init container."""
        return subprocess.run(
            self.copy_command,
            env=self.environment,
            cwd=self.folder,
            user="postgres" if os.geteuid() == 0 else None,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self):
        self.process.start().wait_until(self._answers, "it answers", seconds=60)

    def connect(self, role):
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            dbname="waste_coach",
            user=role,
            password=password_of(role),
            autocommit=True,
        )

    def close(self):
        if self.process.running:
            self.process.terminate(seconds=60)
        shutil.rmtree(self.folder)

    def _answers(self):
        try:
            self.connect("waste").close()
        except psycopg.OperationalError:
            return False
        return True


@pytest.fixture
def standby(platform, primary):
    made = Standby(platform, primary)
    try:
        yield made
    finally:
        made.close()


def test_a_replica_follows_and_answers_reads_only(primary, standby):
    url = f"{primary.url.rpartition('/')[0]}/{primary.database}"
    with psycopg.connect(url, autocommit=True) as writer:
        writer.execute("CREATE TABLE waste.before AS SELECT generate_series(1, 1000) AS id")
        writer.execute("GRANT SELECT ON waste.before TO waste")
        copied = standby.copy()
        assert (copied.returncode, copied.stderr) == (0, "")
        standby.start()
        with standby.connect("waste") as reader:
            assert reader.execute("SELECT count(*) FROM waste.before").fetchone() == (1000,)
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                reader.execute("CREATE TABLE trial (id int)")
            writer.execute("INSERT INTO waste.before VALUES (1001)")
            eventually(
                lambda: reader.execute("SELECT max(id) FROM waste.before").fetchone() == (1001,),
                "what is written arrives",
            )
        slots = "SELECT slot_name, active FROM pg_replication_slots"
        assert writer.execute(slots).fetchall() == [("postgres_read_0", True)]


def test_a_replica_that_comes_back_catches_up_without_a_new_copy(primary, standby):
    standby.copy()
    standby.start()
    standby.process.terminate(seconds=60)
    with primary.connect() as writer:
        writer.execute("CREATE TABLE waste.meanwhile (id int); GRANT SELECT ON waste.meanwhile TO waste")
        kept = writer.execute("SELECT restart_lsn IS NOT NULL FROM pg_replication_slots").fetchone()
    assert kept == (True,)
    made = Path(standby.environment["PGDATA"], "PG_VERSION").stat().st_mtime_ns
    assert standby.copy().returncode == 0
    assert Path(standby.environment["PGDATA"], "PG_VERSION").stat().st_mtime_ns == made
    standby.start()
    with standby.connect("waste") as reader:
        eventually(
            lambda: reader.execute("SELECT to_regclass('waste.meanwhile') IS NOT NULL").fetchone() == (True,),
            "it catches up",
        )


def test_half_a_copy_is_thrown_away(standby):
    folder = Path(standby.environment["PGDATA"] + ".new")
    folder.mkdir()
    (folder / "half").touch()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    assert standby.copy().returncode == 0
    assert not folder.exists()
    assert not Path(standby.environment["PGDATA"], "half").exists()


def test_a_wrong_password_copies_nothing(standby):
    standby.environment["PGPASSWORD"] = "wrong"
    copied = standby.copy()
    assert copied.returncode != 0
    assert "password authentication failed" in copied.stderr
    assert not Path(standby.environment["PGDATA"]).exists()


def test_a_slot_whose_replica_left_the_description_is_taken_away(platform, primary):
    slots = "SELECT slot_name FROM pg_replication_slots"
    with primary.connect() as connection:
        connection.execute("SELECT pg_create_physical_replication_slot('postgres_read_7', true)")
        assert len(connection.execute(slots).fetchall()) == 2
        set_up(primary, platform)
        assert connection.execute(slots).fetchall() == [("postgres_read_0",)]


def test_readers_are_told_where_and_let_through(platform):
    deployment = platform.manifests["Deployment/waste/ai-worker"]["spec"]["template"]["spec"]
    assert manifests.variables(deployment["containers"][0])["POSTGRES_READ_HOST"] == (
        "postgres-read.default.svc"
    )
    [rule] = [
        each
        for each in platform.manifests["NetworkPolicy/waste/ai-worker"]["spec"]["egress"]
        if "postgres-read" in str(each)
    ]
    assert rule["ports"] == [{"protocol": "TCP", "port": 5432}]
    failing = [each.rule for each in platform.report.findings if each.fails and each.waived is None]
    assert failing == ["budget/owner-cost"]  # a node more is what the option costs


def test_a_platform_without_replicas_has_none_of_this():
    assert "replication" not in manifests.files("postgres")["pg_hba.conf"]
    assert not [each for each in manifests.documents("StatefulSet") if "read" in each["metadata"]["name"]]
