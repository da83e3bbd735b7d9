"""Whether an unknown name is plainly a known one misspelt, which is more than that it is near to one."""

from collections.abc import Iterable, Mapping

_NEARNESS = 0.85
_SHORT = 4
"""Words below this length tell names apart on purpose: team-a and team-b, shop-dev and shop-qa."""

_COMMON, _SHORTER = 3, 3
"""A word that stands so often is known well enough to miss a letter in a shorter part of it."""


def odd_one(word: str, counted: Mapping[str, int], *, nearness: float = _NEARNESS) -> str | None:
    """What a word that stands once is a misspelling of: one that others write three times and more."""
    if counted[word] != 1:
        return None
    common = [each for each, count in counted.items() if count >= _COMMON]
    return misspelt(word, common, short=_SHORTER, nearness=nearness) if common else None


def misspelt(
    name: str, known: Iterable[str], *, short: int = _SHORT, nearness: float = _NEARNESS
) -> str | None:
    """The known name that an unknown one is meant to be; nothing where it may be a name of its own.

    Names that differ in a word below the length `short`, or by figures alone, are names of their own;
    `nearness` is 1 for what is the same.
    """
    if len(name) < short:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 (only an unknown name pays for it)

    found = get_close_matches(name, known, n=1, cutoff=nearness)
    return found[0] if found and _differs_by_letters(name, found[0], short) else None


def _differs_by_letters(one: str, other: str, short: int) -> bool:
    ours, theirs = one.split("-"), other.split("-")
    if len(ours) != len(theirs):
        return False
    differing = [(our, their) for our, their in zip(ours, theirs, strict=True) if our != their]
    return bool(differing) and all(
        min(len(our), len(their)) >= short and our.strip("0123456789") != their.strip("0123456789")
        for our, their in differing
    )
