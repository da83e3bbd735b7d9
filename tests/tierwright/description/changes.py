"""Any value in any place of a document, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

Steps = tuple[str | int, ...]

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=8)
_NAMES = st.sampled_from(["shop", "type", "kind", "api", "redis", "worker", "cpu", "schema", "all", "[key]"])
VALUES = st.recursive(
    _SCALARS | _NAMES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_NAMES | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def places_in(value: object, path: Steps = ()) -> list[Steps]:
    """The way to every value inside a document, the document included."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(found for step, each in inner for found in places_in(each, (*path, step)))]


def replaced(value: object, path: Steps, new: object) -> object:
    """The document with one value changed."""
    if not path:
        return new
    if isinstance(value, dict):
        return {key: replaced(each, path[1:], new) if key == path[0] else each for key, each in value.items()}
    assert isinstance(value, list)
    return [replaced(each, path[1:], new) if at == path[0] else each for at, each in enumerate(value)]
