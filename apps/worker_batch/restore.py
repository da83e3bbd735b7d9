"""The operator's command: `python -m apps.worker_batch.restore list|restore <key> --into <database>`.

The role that restores must be able to make databases and to give objects to their owners: PostgreSQL's
superuser. Its password is asked for, or read from standard input where that is no terminal.
"""

from __future__ import annotations

import argparse
import getpass
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import URL, create_engine, pool, text
from sqlalchemy.exc import SQLAlchemyError

from apps.common.settings import PostgresSettings, load
from apps.common.storage import s3_client
from apps.worker_batch.backup import programs
from apps.worker_batch.backup.archive import Archive, ArchiveError
from apps.worker_batch.settings import BackupSettings

_IS_USED = """
    SELECT EXISTS (
        SELECT FROM pg_namespace LEFT JOIN pg_class ON relnamespace = pg_namespace.oid
        WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
        AND (nspname <> 'public' OR pg_class.oid IS NOT NULL)
    )
"""


class RestoreError(Exception):
    """The database to restore into cannot be used."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; answers its exit code: 1 when nothing was restored."""
    chosen = _parser().parse_args(arguments)
    postgres = load(PostgresSettings)
    archive = Archive(s3_client(), bucket=load(BackupSettings).backup_bucket, database=postgres.database)
    try:
        if chosen.command == "list":
            for each in archive.backups():
                sys.stdout.write(
                    f"{each.key}  {each.taken_at.isoformat()}  {each.size} bytes"
                    f"  PostgreSQL {each.server_version // 10_000}\n"
                )
            return 0
        server = programs.Server(
            host=postgres.host,
            port=postgres.port,
            database=chosen.into,
            user=chosen.user,
            password=_password(chosen.user),
        )
        restore(archive, chosen.key, server)
    except (ArchiveError, programs.ProgramError, RestoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except SQLAlchemyError as error:
        sys.stderr.write(f"the server refused: {getattr(error, 'orig', None) or error}\n")
        return 1
    sys.stdout.write(
        f"{chosen.key} is restored into {chosen.into}. Grants on the database itself, and the roles with"
        " their passwords, are no part of a backup: run the Job postgres-roles for this database.\n"
    )
    return 0


def restore(archive: Archive, key: str, server: programs.Server) -> None:
    """Restore the backup `key` into the database of `server`, made where it is missing.

    Raises:
        ArchiveError: there is no such backup, or it is damaged.
        RestoreError: the database is not empty.
        ProgramError: pg_restore failed; the database is as empty as before.
    """
    with tempfile.TemporaryDirectory(prefix="restore-") as folder:
        dump = Path(folder, "database.dump")
        archive.fetch(key, dump)
        version = _prepared(server)
        programs.restore(server, server_version=version, dump=dump)


def _prepared(server: programs.Server) -> int:
    name = '"' + server.database.replace('"', '""') + '"'
    administration = create_engine(
        _url(server, "postgres"), poolclass=pool.NullPool, isolation_level="AUTOCOMMIT"
    )
    with administration.connect() as connection:
        version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        found = text("SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name)")
        if not connection.scalar(found, {"name": server.database}):
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    with create_engine(_url(server, server.database), poolclass=pool.NullPool).connect() as connection:
        if connection.scalar(text(_IS_USED)):
            raise RestoreError(
                f"database {server.database} is not empty: name another one, or drop it first"
                f" (DROP DATABASE {name} WITH (FORCE))"
            )
    return version


def _url(server: programs.Server, database: str) -> URL:
    return URL.create(
        "postgresql+psycopg",
        username=server.user,
        password=server.password.get_secret_value(),
        host=server.host,
        port=server.port,
        database=database,
    )


def _password(user: str) -> SecretStr:
    if sys.stdin.isatty():
        return SecretStr(getpass.getpass(f"Password of {user}: "))
    return SecretStr(sys.stdin.readline().rstrip("\n"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m apps.worker_batch.restore", description="Show the backups, or restore one."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="each complete backup, the oldest first")
    one = commands.add_parser("restore", help="restore a backup into an empty database")
    one.add_argument("key", help="as `list` shows it")
    one.add_argument("--into", required=True, metavar="DATABASE", help="made where it is missing")
    one.add_argument("--user", default="postgres", help="the superuser to restore by (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
