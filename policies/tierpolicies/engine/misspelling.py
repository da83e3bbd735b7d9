"""Whether an unknown name is plainly a known one misspelt, which is more than that it is near to one."""

from collections.abc import Iterable

_NEARNESS = 0.85
_SHORT = 4
"""Words below this length tell names apart on purpose: team-a and team-b, shop-dev and shop-qa."""


def misspelt(name: str, known: Iterable[str]) -> str | None:
    """The known name that an unknown one is meant to be; nothing where it may be a name of its own."""
    from difflib import get_close_matches  # noqa: PLC0415 (only an unknown name pays for it)

    found = get_close_matches(name, known, n=1, cutoff=_NEARNESS) if len(name) >= _SHORT else []
    return found[0] if found and _differs_by_letters(name, found[0]) else None


def _differs_by_letters(one: str, other: str) -> bool:
    ours, theirs = one.split("-"), other.split("-")
    if len(ours) != len(theirs):
        return False
    differing = [(our, their) for our, their in zip(ours, theirs, strict=True) if our != their]
    return bool(differing) and all(
        min(len(our), len(their)) >= _SHORT and our.strip("0123456789") != their.strip("0123456789")
        for our, their in differing
    )
