"""Exit codes, and what a person reads when something cannot go on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

CLEAN, FINDINGS, USAGE, UNREADABLE = 0, 1, 2, 3


class UsageError(Exception):
    """The command was called with words that mean nothing here; the message says what would."""


def finish(command: Callable[[], int]) -> NoReturn:
    """Run a command and exit with its code; what the parts raise becomes a message on stderr.

    Raises:
        SystemExit: with the command's code; 2 for wrong usage or a missing program; 3 for input that
            cannot be read or an output folder that cannot be written.
    """
    try:
        code = command()
    except UsageError as error:
        _stop(f"tierwright: {error}", USAGE)
    except Exception as error:
        # Only now: a command that succeeds must not pay for importing what can go wrong.
        from tierpolicies.judgement import UnknownVersionError
        from tierwright.description.problems import DescriptionError
        from tierwright.node import NodeError
        from tierwright.output.errors import OutputError

        match error:
            case DescriptionError():
                count = len(error.problems)
                told = "one problem" if count == 1 else f"{count} problems"
                _stop(f"{error}\ntierwright: {told} in the description", UNREADABLE)
            case OutputError():
                _stop(f"tierwright: {error}", UNREADABLE)
            case NodeError() | UnknownVersionError():
                _stop(f"tierwright: {error}", USAGE)
            case _:
                raise
    sys.exit(code)


def _stop(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(code)
