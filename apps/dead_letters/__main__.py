"""`python -m apps.dead_letters list | show | replay | discard`: what an operator does with dead letters.

Exit codes: 0 done, 1 a letter could not be replayed or PostgreSQL is away, 2 wrong usage, 78 wrong settings.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from apps.common.database import engine
from apps.common.messaging import Messaging, MessagingError
from apps.common.settings import BrokerSettings, PostgresSettings, load
from apps.dead_letters import presentation, store
from apps.dead_letters.letter import CAUSES
from apps.dead_letters.replay import Replay, ReplayError, address
from apps.dead_letters.store import Filter, Letter

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_FEW, _MANY = 50, 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    wanted = _filter(options)
    if options.command in {"replay", "discard"} and wanted.empty and not options.all:
        parser.error(f"{options.command} needs a filter, or --all for every stored letter")
    database = engine(load(PostgresSettings), application="dead-letters-operator")
    try:
        match options.command:
            case "list":
                return _list(database, wanted, options)
            case "show":
                return _show(database, wanted, options)
            case "replay":
                return _replay(database, wanted, options)
            case _:
                return _discard(database, wanted, options)
    except OperationalError as error:
        return _failed(f"PostgreSQL cannot be used, nothing was changed: {error.orig}")
    except (ReplayError, MessagingError) as error:
        return _failed(str(error))
    finally:
        database.dispose()


def duration(text: str) -> timedelta:
    """A length of time such as 90s, 15m, 2h or 7d.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    match = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time; write 90s, 15m, 2h or 7d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _list(database: Engine, wanted: Filter, options: argparse.Namespace) -> int:
    with database.connect() as connection:
        state = None if options.state == "all" else options.state
        found = store.find(connection, wanted, state=state, limit=options.limit + 1)
    shown, more = found[: options.limit], len(found) > options.limit
    if options.json:
        _say(presentation.as_json([presentation.summary(letter) for letter in shown]))
    elif shown:
        _say(presentation.table(shown, now=datetime.now(UTC)))
    else:
        _say("no letter fits")
    if more:
        _warn(f"there are more: --limit {options.limit * 10} shows them")
    return 0


def _show(database: Engine, wanted: Filter, options: argparse.Namespace) -> int:
    with database.connect() as connection:
        found = store.find(connection, wanted, state=None, limit=len(wanted.ids))
    if missing := set(wanted.ids) - {letter.id for letter in found}:
        return _failed(f"there is no letter {', '.join(map(str, sorted(missing)))}")
    if options.json:
        _say(presentation.as_json([presentation.whole(letter) for letter in found]))
    else:
        _say("\n\n".join(presentation.page(letter) for letter in found))
    return 0


def _replay(database: Engine, wanted: Filter, options: argparse.Namespace) -> int:
    broker = load(BrokerSettings)
    messaging = Messaging.read(broker.messaging_file)
    if options.dry_run:
        return _would(database, wanted, options, messaging)
    done = 0
    try:
        with Replay(engine=database, broker=broker, messaging=messaging) as replay:
            for letter in replay.run(wanted, limit=options.limit):
                done += 1
                _say(_told(letter, f"replayed to {address(letter, messaging).routing_key}"))
    finally:
        _warn(f"{done} replayed")
    return 0


def _would(
    database: Engine, wanted: Filter, options: argparse.Namespace, messaging: Messaging | None = None
) -> int:
    with database.connect() as connection:
        found = store.find(connection, wanted, state="stored", limit=options.limit)
    for letter in found:
        goal = "discarded" if messaging is None else f"replayed to {address(letter, messaging).routing_key}"
        _say(_told(letter, f"would be {goal}"))
    _warn(f"{len(found)} fit; nothing was changed")
    return 0


def _discard(database: Engine, wanted: Filter, options: argparse.Namespace) -> int:
    if options.dry_run:
        return _would(database, wanted, options)
    done, after = 0, 0
    while done < options.limit:
        with database.begin() as connection:
            letter = store.take(connection, wanted, after=after)
            if letter is None:
                break
            store.settle(connection, letter.id, state="discarded")
        after = letter.id
        done += 1
        _say(_told(letter, "discarded"))
    _warn(f"{done} discarded; `show` still shows them")
    return 0


def _filter(options: argparse.Namespace) -> Filter:
    return Filter(
        ids=tuple(options.id or ()),
        queue=getattr(options, "queue", None),
        task=getattr(options, "task", None),
        cause=getattr(options, "cause", None),
        older_than=getattr(options, "older_than", None),
        newer_than=getattr(options, "newer_than", None),
    )


def _told(letter: Letter, what: str) -> str:
    return presentation.printable(f"{letter.id} {letter.task} ({letter.cause}): {what}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m apps.dead_letters", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    listing = commands.add_parser("list", help="the oldest letters that fit, a line each")
    _add_filters(listing, limit=_FEW)
    listing.add_argument(
        "--state",
        choices=["stored", "replayed", "discarded", "all"],
        default="stored",
        help="default: stored",
    )
    listing.add_argument("--json", action="store_true", help="as JSON")

    show = commands.add_parser("show", help="everything of one letter, secrets hidden")
    show.add_argument("id", type=int, nargs="+", help="its number, as `list` tells it")
    show.add_argument("--json", action="store_true", help="as JSON")

    for name, told in (
        ("replay", "send the letters' messages to their queues again"),
        ("discard", "settle the letters without sending them"),
    ):
        command = commands.add_parser(name, help=told)
        _add_filters(command, limit=_MANY)
        command.add_argument("--all", action="store_true", help="every stored letter")
        command.add_argument("--dry-run", action="store_true", help="say which, and change nothing")
    return parser


def _add_filters(parser: argparse.ArgumentParser, *, limit: int) -> None:
    parser.add_argument("--id", type=int, action="append", help="one letter; may be repeated")
    parser.add_argument("--queue", help="the queue where it died, as q.ai")
    parser.add_argument("--task", help="the task's name, as image.analyze")
    parser.add_argument("--cause", choices=CAUSES, help="why it died")
    parser.add_argument(
        "--older-than", type=duration, metavar="AGE", help="died longer ago: 90s, 15m, 2h, 7d"
    )
    parser.add_argument("--newer-than", type=duration, metavar="AGE", help="died more lately")
    parser.add_argument(
        "--limit", type=_positive, default=limit, help=f"at most so many, oldest first ({limit})"
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _MANY:
        raise argparse.ArgumentTypeError(f"write a number from 1 to {_MANY}")
    return int(text)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _warn(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _failed(line: str) -> int:
    _warn(f"error: {presentation.printable(line)}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
