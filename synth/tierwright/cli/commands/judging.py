"""What manifests are judged by."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tierwright.cli.commands.options import Environments


def check(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            help="Manifests to judge: a folder, a file, or - for stdin; default: the project's dist.",
        ),
    ] = None,
    platform: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Description, cluster and tiers at least; default: platform.yaml above DIR."
        ),
    ] = None,
    env: Environments = None,
    base: Annotated[
        str | None,
        typer.Option(metavar="REV", help="Tell what changed since this commit, such as origin/main."),
    ] = None,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that decides expiries; default: the commit's."),
    ] = None,
    kubernetes_version: Annotated[
        str | None, typer.Option(metavar="V", help="Oldest Kubernetes to be valid on, such as 1.28.")
    ] = None,
    crds: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="CustomResourceDefinitions that DIR lacks; may be repeated."),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Only these rules, families or groups; with commas or repeated."),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Not these rules, families or groups; with commas or repeated."),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME[=FILE]",
            help="text, json, sarif, junit, github, markdown (a comment), summary, html or policyreport;"
            " on stdout or into FILE; may be repeated.",
        ),
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Read every file anew, and keep nothing for the next check.")
    ] = False,
) -> None:
    """Judge a folder of manifests, with or without a description."""
    from tierwright.cli import check as command
    from tierwright.cli import failures, project

    failures.finish(
        lambda: command.run(
            command.Request(
                directory=directory or project.dist(),
                platform=platform,
                environments=tuple(env or ()),
                base=base,
                today=today.date() if today else None,
                kubernetes=kubernetes_version,
                crds=tuple(crds or ()),
                select=tuple(select or ()),
                ignore=tuple(ignore or ()),
                formats=tuple(formats or ("text",)),
                cached=not no_cache,
            )
        )
    )


def explain(
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="RULE|FAMILY|GROUP|KIND/NAME",
            help="A rule, a family or group of rules, an object of dist.",
        ),
    ] = None,
    page: Annotated[
        bool, typer.Option("--page", help="Print what all rules say of themselves, as one Markdown page.")
    ] = False,
    platform: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Description that names own rules; default: the project's."),
    ] = None,
    env: Environments = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder that synth wrote; default: the project's dist."),
    ] = None,
) -> None:
    """Tell what a rule is about, or where an object and each of its values come from."""
    from tierwright.cli import explain as command
    from tierwright.cli import failures, project
    from tierwright.description.files import PLATFORM_FILE

    def run() -> int:
        described = platform.absolute() if platform is not None else None
        root, folder = project.enter(output)
        return command.run(subject, env or [], folder, platform=described or root / PLATFORM_FILE, page=page)

    failures.finish(run)


COMMANDS = (check, explain)
