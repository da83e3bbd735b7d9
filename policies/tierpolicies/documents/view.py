"""A value of a document together with its JSON pointer, so that a rule never loses the place."""

from collections.abc import Iterator

from tierpolicies.documents.nodes import Value
from tierpolicies.documents.yaml_source import pointer, steps


class View:
    """A value somewhere in an object; whatever is missing or of another type reads as empty.

    Wrong types are the schema's concern: other rules read past them and never crash on them.
    """

    __slots__ = ("path", "value")

    def __init__(self, value: Value, path: tuple[str | int, ...] = ()) -> None:
        self.value = value
        self.path = path

    def __getitem__(self, step: str | int) -> "View":
        value: Value = None
        if isinstance(self.value, dict) and isinstance(step, str):
            value = self.value.get(step)
        elif isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            value = self.value[step]
        return View(value, (*self.path, step))

    def __iter__(self) -> Iterator["View"]:
        """The items of a list."""
        if isinstance(self.value, list):
            for index, item in enumerate(self.value):
                yield View(item, (*self.path, index))

    def items(self) -> Iterator[tuple[str, "View"]]:
        """The keys and values of a mapping."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, View(value, (*self.path, key))

    def values(self) -> Iterator["View"]:
        """The values of a mapping."""
        return (view for _, view in self.items())

    def at(self, *path: str | int) -> "View":
        """The value further down."""
        view = self
        for step in path:
            view = view[step]
        return view

    def follow(self, pointer: str) -> "View":
        """The value at a JSON pointer below this one."""
        view = self
        for step in steps(pointer):
            view = view[int(step) if isinstance(view.value, list) and step.isdecimal() else step]
        return view

    def __bool__(self) -> bool:
        """Whether there is a value at all; false and 0 are values."""
        return self.value is not None

    @property
    def text(self) -> str:
        """The string, or an empty one."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def integer(self) -> int | None:
        """The integer, or nothing; a boolean is none."""
        is_integer = isinstance(self.value, int) and not isinstance(self.value, bool)
        return self.value if is_integer and isinstance(self.value, int) else None

    @property
    def mapping(self) -> dict[str, Value]:
        """The mapping, or an empty one."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def labels(self) -> dict[str, str]:
        """The entries of a mapping whose values are strings."""
        return {key: value for key, value in self.mapping.items() if isinstance(value, str)}

    @property
    def pointer(self) -> str:
        """The JSON pointer within the object."""
        return pointer(self.path)
