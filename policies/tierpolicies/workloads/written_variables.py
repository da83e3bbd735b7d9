"""Environment variables of a container as they are written."""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.workload import Container


def variables(container: Container) -> Iterator[tuple[str, str, int]]:
    """The variables: name, value where it is a text, and place in the list.

    There are more of them than of anything else, so they are told as plain values.
    """
    env = container.view.mapping.get("env")
    if isinstance(env, list):
        for index, item in enumerate(env):
            if isinstance(item, dict):
                name, value = item.get("name"), item.get("value")
                if isinstance(name, str):
                    yield name, value if isinstance(value, str) else "", index


def names(container: Container) -> list[str]:
    """The names of the variables."""
    return [name for name, _, _ in variables(container)]


def place(container: Container, index: int) -> View:
    """Where a variable stands."""
    return container["env"][index]
