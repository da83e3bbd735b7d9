"""The base of every model of a description: frozen, strict about unknown keys, aware of its place."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, PrivateAttr

from tiered.origin import Origin, Text, Whole

Locate = Callable[[tuple[str | int, ...], bool], Origin]
"""Where a path of a document stands; the flag asks for the key instead of the value."""


class Described(BaseModel):
    """A mapping of the description. Its scalars remember their own lines (see :mod:`tiered.origin`)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        allow_inf_nan=False,
    )

    _origin: Origin | None = PrivateAttr(default=None)

    @property
    def origin(self) -> Origin:
        """Where this mapping begins."""
        if self._origin is None:
            raise LookupError(f"{type(self).__name__} was not read from a file")
        return self._origin


def settle(model: Described, locate: Locate, path: tuple[str | int, ...] = ()) -> None:
    """Tell a freshly validated model and everything in it where it was written.

    pydantic gives back plain scalars, so this runs once after validation, before anybody else
    sees the model: that is why it may replace values of a frozen one.
    """
    model._origin = locate(path, False)
    fields = type(model).model_fields
    for name in model.model_fields_set:
        written = fields[name].alias or name
        model.__dict__[name] = _settled(model.__dict__[name], locate, (*path, written))


def _settled(value: object, locate: Locate, path: tuple[str | int, ...]) -> object:
    match value:
        case Described():
            settle(value, locate, path)
            return value
        case dict():
            return {
                Text(key, locate((*path, key), True)) if isinstance(key, str) else key: _settled(
                    item, locate, (*path, key)
                )
                for key, item in value.items()
            }
        case list():
            return [_settled(item, locate, (*path, index)) for index, item in enumerate(value)]
        case tuple():
            return tuple(_settled(item, locate, (*path, index)) for index, item in enumerate(value))
        case str():
            return Text(value, locate(path, False))
        case bool():
            return value
        case int():
            return Whole(value, locate(path, False))
        case _:
            return value
