"""What the project says of the judge's rules: names, figures, and the folders that it points to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tiered.origin import Origin, origin_of
from tierwright.description.checks.naming import place
from tierwright.description.policies import Policies
from tierwright.description.problems import Problem


def check(policies: Policies, root: Path) -> Iterator[Problem]:
    """Everything that the judge would not understand; `root` is the folder of the description."""
    if not policies.model_fields_set:
        return
    near = policies.origin
    unusable = [
        *_paths("folder", [policies.rules] if policies.rules is not None else [], root, near),
        *_paths("path", policies.crds, root, near),
    ]
    yield from unusable
    if not unusable:
        yield from _rules(policies, root)


def _paths(what: str, paths: tuple[str, ...] | list[str], root: Path, near: Origin) -> Iterator[Problem]:
    for path in paths:
        where, found = place(path, near), root / path
        if not (found.is_dir() if what == "folder" else found.exists()):
            mend = f"create it, or write another {what}, from the folder of this file"
            yield Problem.at(where, f"the {what} {str(path)!r} does not exist", mend)
        elif not found.resolve().is_relative_to(root.resolve()):
            mend = "copy it into the project, so that every commit holds what it is judged by"
            yield Problem.at(where, f"the {what} {str(path)!r} leads out of the project", mend)


def _rules(policies: Policies, root: Path) -> Iterator[Problem]:
    from tierpolicies.engine.mistakes import mistakes  # noqa: PLC0415 - few projects set anything
    from tierpolicies.engine.registry import known, load_rule  # noqa: PLC0415
    from tierpolicies.engine.settings import OwnRuleError, Settings  # noqa: PLC0415

    settings = Settings(
        severities=policies.severities,
        parameters=policies.parameters,
        folder=root / policies.rules if policies.rules is not None else None,
    )
    try:
        rules = known(settings.folder)
    except OwnRuleError as error:
        where = place(policies.rules, policies.origin)
        told = str(error).replace(f"{root}/", "")
        yield Problem.at(where, told, "mend the file, or take it out of the folder of own rules")
        return
    for mistake in mistakes(settings, rules, load=lambda name: load_rule(name, settings.folder)):
        where = _place(policies, mistake.path, at_name=mistake.at_name)
        meant = (mistake.path[-1], mistake.meant) if mistake.meant else None
        yield Problem.at(where, mistake.message, mistake.mend, meant=meant)


def _place(policies: Policies, path: tuple[str, ...], *, at_name: bool) -> Origin:
    """Where the name at the end of a path among the policies stands, or its value."""
    found, value = policies.origin, getattr(policies, path[0])
    for step in path[1:]:
        if isinstance(value, Mapping):
            key = next(each for each in value if each == step)
            found, value = place(key, found), value[step]
    return found if at_name else origin_of(value) or found
