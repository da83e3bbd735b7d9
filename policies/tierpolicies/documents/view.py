"""A value of a document together with its JSON pointer, so that a rule never loses the place."""

from collections.abc import Iterator

from tierpolicies.documents.nodes import Value
from tierpolicies.documents.yaml_source import pointer, steps

_new = object.__new__


class View:
    """A value somewhere in an object; whatever is missing or of another type reads as empty.

    Wrong types are the schema's concern: other rules read past them and never crash on them.
    """

    __slots__ = ("_above", "_steps", "value")

    def __init__(self, value: Value, path: tuple[str | int, ...] = ()) -> None:
        self.value = value
        self._above: View | None = None
        self._steps: str | int | tuple[str | int, ...] = path

    # Rules make views by the hundred thousand and ask one in a thousand for its path: so a view keeps the
    # one above it, and is made without a call of __init__.

    def __getitem__(self, step: str | int) -> "View":
        view = _new(View)
        view._above = self
        view._steps = step
        value = self.value
        if isinstance(value, dict):
            view.value = value.get(step)  # type: ignore[arg-type]  # no key is a number: none is found
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            view.value = value[step]
        else:
            view.value = None
        return view

    def __iter__(self) -> Iterator["View"]:
        """The items of a list."""
        value = self.value
        if isinstance(value, list):
            for index, item in enumerate(value):
                view = _new(View)
                view._above = self
                view._steps = index
                view.value = item
                yield view

    def items(self) -> Iterator[tuple[str, "View"]]:
        """The keys and values of a mapping."""
        value = self.value
        if isinstance(value, dict):
            for key, item in value.items():
                view = _new(View)
                view._above = self
                view._steps = key
                view.value = item
                yield key, view

    def values(self) -> Iterator["View"]:
        """The values of a mapping."""
        return (view for _, view in self.items())

    def at(self, *path: str | int) -> "View":
        """The value further down."""
        value = self.value
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)  # type: ignore[arg-type]  # as above
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                value = None
                break
        view = _new(View)
        view._above = self
        view._steps = path
        view.value = value
        return view

    @property
    def path(self) -> tuple[str | int, ...]:
        """The keys and indices that lead here from the object."""
        steps: list[str | int] = []
        view: View | None = self
        while view is not None:
            if isinstance(view._steps, tuple):
                steps += reversed(view._steps)
            else:
                steps.append(view._steps)
            view = view._above
        steps.reverse()
        return tuple(steps)

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
