"""Secrets in the words of a command, be it a program's arguments or the text of a shell."""

import re
from collections.abc import Iterator, Sequence

from tierpolicies.access.credentials.formats import known, may_hold
from tierpolicies.access.credentials.names import meaning
from tierpolicies.access.credentials.values import is_harmless

_OPTION = re.compile(r"--?([A-Za-z][\w.-]*)")
_GIVEN = re.compile(
    r"(?:^|(?<=[\s\"';&|(]))(?:--?|export\s+)?([A-Za-z_][\w.-]*)=(\"[^\"]*\"|'[^']*'|[^\s\"';&|)]+)"
)
"""A value after a sign of equality: `--password=x`, `PASSWORD=x`."""
_FOLLOWING = re.compile(
    r"(?:^|(?<=\s))--([A-Za-z][\w-]*)[ \t]+(\"[^\"]*\"|'[^']*'|[^\s\"';&|)-][^\s\"';&|)]*)"
)
"""A value after a blank, within one text: `--password x`."""
_USER = re.compile(r"(?:^|(?<=\s))(?:-u|--user)(?:[ =]|$)[\"']?[\w.@-]+:([^\s\"':$]+)")
"""Credentials as curl takes them: `-u name:password`."""
_HEADER = re.compile(r"(?:Bearer|Basic)[ ]+([A-Za-z0-9._~+/=-]{12,})")
"""What is sent in a header."""
_EXPANSION = re.compile(r"\$[\w({]|`")
"""What a shell, or Kubernetes, fills in."""
_HINT = re.compile(
    r"[Pp](?:[Aa][Ss][Ss]|[Ww][Dd])|[Ss][Ee][Cc][Rr]|[Tt][Oo][Kk]|[Kk][Ee][Yy]|[Cc][Rr][Ee][Dd]|[Aa][Uu][Tt][Hh]|-u|Be|Ba"
)
"""A command without any of these gives no secret to anything."""
_BLANK = re.compile(r"\s")


def held(command: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The secrets in a command: what each is, the word it is in, and where in the word it begins."""
    whole = "\n".join(command)
    if not (_HINT.search(whole) or may_hold(whole)):
        return
    for index, text in enumerate(command):
        found = list(known(text))
        yield from ((what, index, offset) for what, offset in found)
        if found:
            continue
        yield from ((what, index, offset) for what, offset in _within(text))
        if index:
            yield from ((what, index, 0) for what in _after(command[index - 1], text))


def _within(text: str) -> Iterator[tuple[str, int]]:
    """The secrets in one word."""
    if "=" in text or " " in text:
        patterns = (_GIVEN, _FOLLOWING) if _BLANK.search(text) else (_GIVEN,)
        for match in (match for pattern in patterns for match in pattern.finditer(text)):
            if what := _secret(match[1], match[2]):
                yield what, match.start(2)
        for match in _USER.finditer(text):
            if not is_harmless(match[1]):
                yield "a password", match.start(1)
        for match in _HEADER.finditer(text):
            if not is_harmless(match[1]):
                yield "a token", match.start(1)


def _after(option: str, text: str) -> Iterator[str]:
    """The secret that a whole word is, if the word before it is an option for one."""
    match = _OPTION.fullmatch(option)
    if match is not None and not text.startswith("-"):
        if what := _secret(match[1], text):
            yield what
        elif match[1] in ("u", "user") and ":" in text and not is_harmless(text.partition(":")[2]):
            yield "a password"


def _secret(name: str, value: str) -> str:
    what = meaning(name)
    if not what or _EXPANSION.search(value) or is_harmless(value, may_be_number=what == "a password"):
        return ""
    return what
