"""What is proved of manifests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def connectivity(
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Manifests; default: the project's dist.")
    ] = None,
    env: Annotated[
        str | None, typer.Option("--env", metavar="E", help="Default: the first environment.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="X", help="Only from this workload or address.")
    ] = None,
    destination: Annotated[
        str | None, typer.Option("--to", metavar="Y", help="Only to this workload or address.")
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Why each pair may or may not talk: policies and rules of both sides."
        ),
    ] = False,
    positions: Annotated[
        bool, typer.Option("--positions", help="With --explain: file and line of each rule.")
    ] = False,
    exposure: Annotated[
        bool, typer.Option("--exposure", help="Add whom policies would admit that the manifests do not show.")
    ] = False,
    diff: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Tell what differs from the manifests of this folder.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(metavar="REV", help="Tell what differs from this commit, such as origin/main."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="NAME", help="text, json, dot, mermaid or svg.")
    ] = "text",
) -> None:
    """Tell who may reach whom on which ports, by the policies of both sides."""
    from tierwright.cli import connectivity as command
    from tierwright.cli import failures, project

    failures.finish(
        lambda: command.run(
            command.Request(
                directory=directory or project.dist(),
                environment=env,
                source=source,
                destination=destination,
                explain=explain,
                positions=positions,
                exposure=exposure,
                former=diff,
                base=base,
                form=form,
            )
        )
    )


COMMANDS = (connectivity,)
