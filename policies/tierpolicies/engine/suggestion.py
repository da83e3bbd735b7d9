"""The nearest valid name, for messages about a name nobody knows."""

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` where a known name is near, else an empty text."""
    from difflib import get_close_matches  # noqa: PLC0415 (only a faulty input pays for it)

    lowered = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return f" (did you mean {lowered[found[0]]!r}?)" if found else ""
