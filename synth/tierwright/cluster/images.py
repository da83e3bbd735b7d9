"""Images of apps that no registry has yet: what builds them on a laptop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tierwright.cluster.script import wanted
from tierwright.compose.plan import Plan

_BASE = "apps/Containerfile"
_ARGUMENT = re.compile(r"(?m)^ARG +([A-Z_][A-Z0-9_]*) *$")
_STAGE = re.compile(r"(?mi)^FROM +\S+ +AS +(\S+)")


def built(plan: Plan, root: Path) -> Iterator[str]:
    """The commands for every app without a digest; the others come from the registry.

    A build argument without a value is a stage of the common base, where that has one of its name, or
    else a variable of the shell that a person sets.
    """
    apps = [
        app for app in plan.apps.values() if plan.description.images.images[plan.name][app.app].digest is None
    ]
    files = {app.app: f"{Path(app.origin.file).parent.as_posix()}/Containerfile" for app in apps}
    texts = {name: _text(root / file) for name, file in files.items()}
    base = _text(root / _BASE)
    stages = {each.upper(): each for each in _STAGE.findall(base)}
    asked = sorted({name for text in texts.values() for name in _ARGUMENT.findall(text)})
    used = [name for name in asked if name in stages]
    free = sorted(
        {*(name for name in asked if name not in stages), *(_ARGUMENT.findall(base) if used else ())}
    )
    for name in free:
        yield wanted(name, f"what the Containerfiles are to take for {name}")
    for name in used:
        given = "".join(f' --build-arg {each}="${each}"' for each in _ARGUMENT.findall(base))
        stage = f"--target {stages[name]} --tag {_stage(plan, stages[name])}"
        yield f"docker build {stage} --file {_BASE}{given} ."
    for app in apps:
        yield from _image(plan, app.app, files[app.app], texts[app.app], stages)


def _image(plan: Plan, app: str, file: str, text: str, stages: dict[str, str]) -> Iterator[str]:
    given = "".join(
        f" --build-arg {name}={_stage(plan, stages[name])}"
        if name in stages
        else f' --build-arg {name}="${name}"'
        for name in _ARGUMENT.findall(text)
    )
    yield f"docker build --tag {plan.image(app)} --file {file}{given} ."
    yield f"kind load docker-image {plan.image(app)} --name {plan.platform.platform}"


def _stage(plan: Plan, stage: str) -> str:
    return f"localhost/{plan.platform.platform}-{stage}"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # docker says best what is wrong with it
