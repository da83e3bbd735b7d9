"""One comment on a pull request that is edited in place, however often its report is made anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from tierwright.delivery.errors import DeliveryError
from tierwright.delivery.github import GitHub, RefusedError

MOST = 65_536
"""Characters that GitHub takes in one comment."""
_SHORTER = (MOST, 32_000, 8_000)
_MOST_OPEN, _ROOM_TO_CLOSE = 20, 300
_CUT = (
    "\n\n*The report goes on: it is too long for a comment. The whole of it stands in the run's summary.*\n\n"
)


@dataclass(frozen=True)
class Posted:
    """What became of a comment: `created`, `updated` or `unchanged`, and where it is read."""

    done: str
    address: str


def post(github: GitHub, repository: str, number: int, report: str, *, marker: str) -> Posted:
    """Let a pull request have exactly one comment of ours with a marker, and that one say the report.

    Only comments that the token's own user wrote are ours: what others write with the same marker stays
    theirs. Of several, which runs at the same time may have left, the first one is kept.

    Raises:
        DeliveryError: GitHub refuses, or cannot be reached.
    """
    for most in _SHORTER:
        body = shortened(report, marker, most=most)
        try:
            return github.persistently(partial(_posted, github, repository, number, body, marker))
        except RefusedError as error:
            if error.status != 422 or "too long" not in error.reason:
                raise
    raise DeliveryError("GitHub finds even the beginning of the report too long", "Post a shorter one")


def shortened(report: str, marker: str, *, most: int) -> str:
    """The report with the marker as its last line, cut at the end of a line where it is too long."""
    text = report.rstrip().removesuffix(marker).rstrip()
    if len(text) + len(marker) + 2 <= most:
        return f"{text}\n\n{marker}\n" if text else f"{marker}\n"
    end = f"{_CUT}{marker}\n"
    kept = text[: most - len(end) - _ROOM_TO_CLOSE].rpartition("\n")[0]
    return f"{kept}{_closing(kept)}{end}"


def _closing(text: str) -> str:
    """What closes a block of code and the details that are open where a text was cut."""
    fences = sum(line.startswith("```") for line in text.splitlines())
    is_open = "\n```\n" if fences % 2 else ""
    details = text.count("<details>") - text.count("</details>")
    return is_open + "\n</details>" * min(max(details, 0), _MOST_OPEN)


def _posted(github: GitHub, repository: str, number: int, body: str, marker: str) -> Posted:
    thread = f"/repos/{repository}/issues"
    own = list(_own(github, f"{thread}/{number}/comments", marker))
    for other in own[1:]:
        github.send("DELETE", f"{thread}/comments/{other['id']}")
    if not own:
        made = github.send("POST", f"{thread}/{number}/comments", {"body": body})
        return Posted("created", _address(made))
    first = own[0]
    if _same(first.get("body"), body):
        return Posted("unchanged", _address(first))
    changed = github.send("PATCH", f"{thread}/comments/{first['id']}", {"body": body})
    return Posted("updated", _address(changed))


def _own(github: GitHub, path: str, marker: str) -> Iterator[Mapping[str, object]]:
    """Our comments, the oldest first."""
    marked = [each for each in github.pages(path) if _ends_with(each.get("body"), marker)]
    login = github.viewer() if marked else ""
    for each in marked:
        user = each.get("user")
        if isinstance(user, Mapping) and user.get("login") == login:
            yield each


def _ends_with(body: object, marker: str) -> bool:
    return (isinstance(body, str) and body.rstrip().endswith(f"\n{marker}")) or body == marker


def _same(held: object, body: str) -> bool:
    """Whether a comment says it already; GitHub changes the ends of lines and drops the last."""
    return isinstance(held, str) and held.replace("\r\n", "\n").rstrip() == body.rstrip()


def _address(comment: object) -> str:
    address = comment.get("html_url") if isinstance(comment, Mapping) else None
    return address if isinstance(address, str) else ""
