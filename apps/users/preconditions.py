"""Conditional requests (RFC 9110, section 13): a change is made to the version that its sender has seen."""

from __future__ import annotations

import re

from apps.common.http import Problem
from apps.users.problems import PRECONDITION_FAILED, PRECONDITION_REQUIRED

_TAG = re.compile(r'\s*(W/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|\Z)')


def entity_tag(version: int) -> str:
    """The strong validator of a version."""
    return f'"{version}"'


def _tags(header: str) -> set[tuple[bool, str]]:
    """Weakness and text of each tag; none at all when something else is among them."""
    tags, position = set(), 0
    while position < len(header):
        found = _TAG.match(header, position)
        if found is None:
            return set()
        tags.add((found[1] is not None, found[2]))
        position = found.end()
    return tags


def require_match(header: str | None, version: int | None) -> None:
    """Let a change pass whose If-Match names the version.

    Args:
        version: None for a profile that nobody has read yet: `*` alone means it too.

    Raises:
        Problem: 428 without a condition, 412 when it does not hold.
    """
    if header is None:
        detail = "Send If-Match with the ETag of the profile that you have read, so that no change is lost."
        raise Problem(PRECONDITION_REQUIRED, detail)
    # Strong comparison: a weak tag matches nothing.
    named = version is not None and (False, entity_tag(version)) in _tags(header)
    if header.strip() != "*" and not named:
        detail = "The profile has been changed since you have read it: read it again, then change it."
        raise Problem(PRECONDITION_FAILED, detail)


def not_modified(header: str | None, version: int) -> bool:
    """Whether the caller's If-None-Match names the version."""
    if header is None:
        return False
    return header.strip() == "*" or entity_tag(version) in {tag for _, tag in _tags(header)}
