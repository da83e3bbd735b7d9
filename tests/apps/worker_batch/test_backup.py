"""A backup is taken, verified and kept; all of it comes back."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from apps.worker_batch.backup.archive import Archive, ArchiveError
from apps.worker_batch.backup.programs import ProgramError, Server, dump
from apps.worker_batch.backup.retention import Retention
from apps.worker_batch.backup.taking import back_up
from tests.apps.worker_batch.contents import contents
from tests.servers.process import REPOSITORY

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
SAMPLES = """
    CREATE TYPE waste.colour AS ENUM ('brown', 'clear', 'green');
    CREATE TABLE waste.bottle (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        colour waste.colour NOT NULL,
        label text CHECK (length(label) < 100),
        taken timestamptz DEFAULT now(),
        about jsonb
    );
    COMMENT ON COLUMN waste.bottle.about IS 'anything';
    CREATE INDEX ON waste.bottle (colour) WHERE label IS NOT NULL;
    CREATE SEQUENCE waste.counter START 7 INCREMENT 3;
    INSERT INTO waste.bottle (colour, label, about)
        SELECT 'green', 'Nr. ' || n || E'\\n\\t''"\\\\ 병', jsonb_build_object('n', n)
        FROM generate_series(1, 500) n;
    DELETE FROM waste.bottle WHERE id > 450;
    SELECT nextval('waste.counter'), nextval('waste.counter');
    CREATE VIEW waste.green AS SELECT id FROM waste.bottle WHERE colour = 'green';
    GRANT SELECT ON waste.green TO users;
    GRANT SELECT (id) ON waste.bottle TO users;
    CREATE FUNCTION waste.break_bottle(one bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
        SET search_path = waste AS 'DELETE FROM bottle WHERE id = one';
    GRANT EXECUTE ON FUNCTION waste.break_bottle TO dlq;
"""


@pytest.fixture(scope="module")
def filled(database, engine):
    with database.connect("waste") as connection:
        for statement in SAMPLES.split(";\n"):
            if statement.strip():
                connection.execute(statement)
    return database


@pytest.fixture
def server(filled, backup_environment) -> Server:
    return Server(
        host=backup_environment["POSTGRES_HOST"],
        port=int(backup_environment["POSTGRES_PORT"]),
        database=backup_environment["POSTGRES_DATABASE"],
        user="backup",
        password=SecretStr(backup_environment["POSTGRES_BACKUP_PASSWORD"]),
    )


@pytest.fixture
def bucket(s3, backup_environment: dict[str, str]) -> str:
    s3.empty()
    return backup_environment["BACKUP_BUCKET"]


@pytest.fixture
def client(s3):
    client = s3.client()
    yield client
    client.close()


@pytest.fixture
def archive(client, bucket, server) -> Archive:
    return Archive(client, bucket=bucket, database=server.database)


@pytest.fixture
def take(engine, server, archive):
    def taken(now: datetime = NOW):
        retention = Retention(ZoneInfo("Asia/Seoul"))
        return back_up(engine=engine, server=server, archive=archive, retention=retention, now=now)

    return taken


def restoring(
    environment: dict[str, str], *arguments: str, password: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "apps.worker_batch.restore", *arguments],
        env=environment | {"PATH": os.environ["PATH"]},
        cwd=REPOSITORY,
        input=f"{password}\n",
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_a_dropped_database_comes_back_with_all_rows_sequences_code_and_rights(
    filled, postgres, take, backup_environment, bucket
):
    with postgres.connect() as connection:
        before = contents(connection)
    key = take().key
    with postgres.connect("postgres") as connection:
        connection.execute(f'DROP DATABASE "{postgres.database}" WITH (FORCE)')

    shown = restoring(backup_environment, "list", password="")
    restored = restoring(
        backup_environment, "restore", key, "--into", postgres.database, password="postgres-test-password"
    )

    assert key in shown.stdout
    assert (restored.returncode, restored.stderr) == (0, "")
    with postgres.connect() as connection:
        after = contents(connection)
    assert after.keys() == before.keys()
    for part, rows in before.items():
        assert after[part] == rows, part
    assert len(before["rows of waste.bottle"]) == 450


def test_what_s3_holds_is_encrypted_and_what_the_manifest_says(take, client, bucket):
    manifest = take()

    head = client.head_object(Bucket=bucket, Key=manifest.key)

    assert head["ServerSideEncryption"] == "AES256"
    assert head["ContentLength"] == manifest.size > 0
    assert not list(Path(tempfile.gettempdir()).glob("batch-worker-backup-*"))


def test_a_database_that_is_not_empty_is_left_alone(take, postgres, backup_environment):
    key = take().key

    refused = restoring(
        backup_environment, "restore", key, "--into", postgres.database, password="postgres-test-password"
    )

    assert refused.returncode == 1
    assert "is not empty" in refused.stderr


def test_a_damaged_backup_is_not_restored(take, client, bucket, archive, tmp_path):
    key = take().key
    body = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    client.put_object(Bucket=bucket, Key=key, Body=body[:-1] + b"?")

    with pytest.raises(ArchiveError, match="is damaged"):
        archive.fetch(key, tmp_path / "dump")


def test_a_damaged_upload_does_not_count(take, archive, client, bucket, monkeypatch):
    upload = client.upload_file

    def damaged(path, *arguments, **options):
        Path(path).write_bytes(b"x" + Path(path).read_bytes()[1:-1])
        upload(path, *arguments, **options)

    monkeypatch.setattr(client, "upload_file", damaged)

    with pytest.raises(ArchiveError, match="is damaged"):
        take()
    assert archive.backups() == []
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)


def test_a_second_backup_at_the_same_time_is_not_taken(take, archive, filled):
    with filled.connect("backup") as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('backup.database', 0))")

        assert take() is None
    assert archive.backups() == []
    assert take() is not None


def test_old_backups_go_when_a_new_one_is_there(take, archive):
    for hours in (30, 29, 3, 2):
        take(NOW - timedelta(hours=hours))
    last = take()

    # It is 02:00 in Seoul: of the day before the last stays, of today the new one.
    assert [each.taken_at for each in archive.backups()] == [
        NOW - timedelta(hours=29),
        NOW - timedelta(hours=3),
        last.taken_at,
    ]


def test_an_upload_that_was_cut_off_does_not_count_and_is_removed_after_a_day(take, archive, client, bucket):
    manifest = take()
    client.delete_object(Bucket=bucket, Key=f"{manifest.key}.json")

    assert archive.backups() == []
    assert archive.remove_unfinished(datetime.now(UTC)) == []
    assert archive.remove_unfinished(datetime.now(UTC) + timedelta(hours=25)) == [manifest.key]


def test_a_server_newer_than_pg_dump_is_told_with_the_version_that_is_needed(server, tmp_path):
    with pytest.raises(ProgramError, match=r"the server is PostgreSQL 99: put postgresql-client-99"):
        dump(server, server_version=990000, into=tmp_path / "dump")


def test_a_wrong_password_is_told_and_not_shown(server, tmp_path):
    wrong = Server(server.host, server.port, server.database, server.user, SecretStr("not-the-password"))

    with pytest.raises(ProgramError, match="password authentication failed") as raised:
        dump(wrong, server_version=150000, into=tmp_path / "dump")
    assert "not-the-password" not in str(raised.value)


def test_the_worker_takes_a_backup_and_tells_how_long_it_took(worker, archive):
    worker.run("backup.database")

    assert len(archive.backups()) == 1
    assert 'celery_task_duration_seconds_count{queue="q.sched",task="backup.database"}' in worker.metrics()
