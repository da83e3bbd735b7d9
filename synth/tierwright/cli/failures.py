"""Exit codes, and what a person reads when something cannot go on."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

CLEAN, FINDINGS, USAGE, UNREADABLE = 0, 1, 2, 3
INTERRUPTED, READER_GONE = 130, 141  # as a shell tells SIGINT and SIGPIPE
_MOST_NAMES = 10


class UsageError(Exception):
    """The command was called with words that mean nothing here; the message says what would."""


class StdoutError(Exception):
    """Standard output takes nothing more: nobody reads it, it is closed, or its disk is full."""

    def __init__(self, error: OSError) -> None:
        self.reader_gone = error.errno == errno.EPIPE
        super().__init__(f"standard output cannot be written: {error.strerror}")


@contextmanager
def writing() -> Iterator[None]:
    """Print to stdout inside of this, so that what becomes of it is not taken for another file's failure.

    Raises:
        StdoutError: for whatever the file system refuses, be it only when the block has ended.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        raise StdoutError(error) from error


def first_of(names: Sequence[str]) -> list[str]:
    """As many names as a person reads, and how many more there are."""
    left = len(names) - _MOST_NAMES
    return [*names[:_MOST_NAMES], *([f"… and {left} more"] if left > 0 else [])]


def finish(command: Callable[[], int]) -> NoReturn:
    """Run a command and exit with its code; what the parts raise becomes a message on stderr.

    Raises:
        SystemExit: with the command's code; 2 for wrong usage or a missing program; 3 for input that
            cannot be read or output that cannot be written; 141 when nobody reads stdout any more.
    """
    if sys.stdout is None:  # Python's way to say that it was closed before the start
        _stop("tierwright: standard output is closed; send it to a file, or to /dev/null", UNREADABLE)
    try:
        code = command()
    except StdoutError as error:
        # What could not be written is still buffered, and Python would try it again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.reader_gone:
            sys.exit(READER_GONE)
        _stop(f"tierwright: {error}", UNREADABLE)
    except UsageError as error:
        _stop(f"tierwright: {error}", USAGE)
    except Exception as error:
        # Only now: a command that succeeds must not pay for importing what can go wrong.
        from tierpolicies.engine.settings import OwnRuleError, SettingsError
        from tierpolicies.judgement import UnknownVersionError
        from tierwright.description.problems import DescriptionError
        from tierwright.node import NodeError
        from tierwright.output.errors import OutputError
        from tierwright.repository import GitMissingError
        from tierwright.scaffold.templates import TemplateError

        match error:
            case DescriptionError():
                count = len(error.problems)
                told = "one problem" if count == 1 else f"{count} problems"
                _stop(f"{error}\ntierwright: {told} in the description", UNREADABLE)
            case OutputError() | OwnRuleError() | TemplateError():
                _stop(f"tierwright: {error}", UNREADABLE)
            case NodeError() | GitMissingError() | UnknownVersionError() | SettingsError():
                _stop(f"tierwright: {error}", USAGE)
            case _:
                raise
    sys.exit(code)


def _stop(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(code)
