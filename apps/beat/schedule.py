"""The operator's command: `python -m apps.beat.schedule list|pause|resume|run <task>`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from apps.beat import store
from apps.beat.cron import Cron
from apps.common.database import engine
from apps.common.settings import PostgresSettings, ServiceSettings, load

_CHANGES: dict[str, Callable[[Connection, str], None]] = {
    "pause": store.pause,
    "resume": store.resume,
    "run": store.request,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; answers its exit code: 1 for a task that is unknown or a database that is away."""
    chosen = _parser().parse_args(arguments)
    service, postgres = load(ServiceSettings), load(PostgresSettings)
    database = engine(postgres, application=f"{service.service_name} schedule")
    try:
        with database.begin() as connection:
            if chosen.command != "list":
                _CHANGES[chosen.command](connection, chosen.task)
            for entry in store.entries(connection):
                if chosen.command == "list" or entry.task == chosen.task:
                    sys.stdout.write(told(entry, datetime.now(UTC)) + "\n")
    except store.UnknownTaskError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except SQLAlchemyError as error:
        sys.stderr.write(f"the schedule cannot be read or changed: {getattr(error, 'orig', None) or error}\n")
        return 1
    finally:
        database.dispose()
    return 0


def told(entry: store.Entry, now: datetime) -> str:
    """One line of `list`, times in the schedule's own zone."""
    cron = Cron.parse(entry.cron, entry.timezone)

    def local(moment: datetime | None) -> str:
        return "never" if moment is None else moment.astimezone(cron.zone).isoformat(timespec="seconds")

    upcoming = "paused" if entry.paused else f"next {local(cron.next(now))}"
    asked = ", asked for" if entry.requested_at else ""
    return f"{entry.task:<20} {entry.cron:<12} last {local(entry.last_sent_at)}  {upcoming}{asked}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m apps.beat.schedule", description="Show or change when the platform's tasks are sent."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="each task with its plan, its last run and its next")
    for name, meaning in (
        ("pause", "send the task no more"),
        ("resume", "send it again from its next planned time on"),
        ("run", "send it once, as soon as possible"),
    ):
        commands.add_parser(name, help=meaning).add_argument("task", help="its name, e.g. backup.database")
    return parser


if __name__ == "__main__":
    sys.exit(main())
