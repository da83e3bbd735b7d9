"""`tierwright check`: the judge on a folder, with as much of a description as there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tierpolicies.engine.settings import Settings
from tierpolicies.judgement import judge
from tierpolicies.platform import Platform as Facts
from tierpolicies.report import json, markdown, text
from tierpolicies.report.model import Report, merged
from tierwright.cli import choice, terminal
from tierwright.cli.failures import UsageError
from tierwright.day import commit_day
from tierwright.description.files import PLATFORM_FILE
from tierwright.description.problems import suggestion
from tierwright.output.errors import OutputError, naming

_RENDERERS = {"text": text.render, "json": json.render, "markdown": markdown.render}


@dataclass(frozen=True)
class Request:
    """What the command line asked for."""

    directory: Path
    platform: Path | None
    environments: Sequence[str]
    today: date | None
    kubernetes: str | None
    select: Sequence[str]
    ignore: Sequence[str]
    formats: Sequence[str]


def run(request: Request) -> int:
    """Judge and report; returns the exit code."""
    targets = _targets(request.formats)
    if not request.directory.exists():
        raise OutputError(
            path=request.directory,
            reason="it does not exist",
            mend="Name the folder that holds the manifests",
        )
    today = request.today or commit_day(request.directory if request.directory.is_dir() else Path.cwd())
    report = _report(request, today)
    for name, file in targets:
        rendered = _RENDERERS[name](report)
        if file is None and name == "text":
            terminal.show(rendered.removesuffix("\n"))
        elif file is None:
            terminal.write(rendered)
        else:
            _write(Path(file), rendered)
    return report.exit


def _report(request: Request, today: date) -> Report:
    """One report over the whole folder; every environment in it is judged by its own facts."""
    subjects = _subjects(request)
    parts = []
    with terminal.progress() as progress:
        for folder, facts in subjects:
            progress(f"checking {folder}")
            parts.append(
                judge(
                    folder,
                    platform=facts,
                    today=today,
                    kubernetes=request.kubernetes,
                    root=request.directory,
                    settings=_settings(request, facts),
                )
            )
    return parts[0] if len(parts) == 1 else merged(parts)


def _settings(request: Request, facts: Facts | None) -> Settings:
    """What the description wants of the rules, narrowed by the command line."""
    described = facts.settings if facts is not None else Settings()
    return replace(described, select=tuple(request.select), ignore=tuple(request.ignore))


def _subjects(request: Request) -> list[tuple[Path, Facts | None]]:
    """The folders to judge, each with what is known of its platform."""
    file = request.platform or _above(request.directory)
    if file is None:
        if request.environments:
            raise UsageError(
                f"--env needs a description; there is no {PLATFORM_FILE} above {request.directory}"
            )
        return [(request.directory, None)]
    from tierwright.description.loading import load_platform  # pydantic, 100 ms
    from tierwright.facts import facts  # together with it

    platform = load_platform(file)
    chosen = choice.environments(request.environments, platform.environments)
    inside = [name for name in platform.environments if (request.directory / name).is_dir()]
    if inside:
        named = chosen if request.environments else inside
        return [(request.directory / name, facts(platform, name)) for name in named]
    own = request.directory.resolve().name
    if own in chosen:
        chosen = [own]
    if len(chosen) > 1:
        raise UsageError(
            f"{request.directory} names no environment; choose one with --env: {', '.join(chosen)}"
        )
    return [(request.directory, facts(platform, chosen[0]))]


def _above(directory: Path) -> Path | None:
    """The description of the project that a folder such as `dist` or `dist/prod` belongs to."""
    folder = directory.resolve()
    return next(
        (each / PLATFORM_FILE for each in folder.parents[:2] if (each / PLATFORM_FILE).is_file()), None
    )


def _targets(formats: Sequence[str]) -> list[tuple[str, str | None]]:
    """Formats with the files they go to; None is stdout, which only one may use."""
    targets: list[tuple[str, str | None]] = []
    for each in formats:
        name, equals, file = each.partition("=")
        if name not in _RENDERERS:
            raise UsageError(f"unknown format {name!r}; {suggestion(name, _RENDERERS)}")
        if equals and not file:
            raise UsageError(f"--format {each} names no file; write {name}=FILE")
        targets.append((name, file or None))
    if sum(file is None for _, file in targets) > 1:
        raise UsageError("two formats want stdout; send one of them to a file with --format NAME=FILE")
    return targets


def _write(file: Path, text: str) -> None:
    with naming(file):
        file.write_text(text, encoding="utf-8")
