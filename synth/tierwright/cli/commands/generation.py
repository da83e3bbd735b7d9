"""How a description becomes dist."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tierwright.cli.commands.options import Environments


def synth(
    env: Environments = None,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder to write; default: the project's dist.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing: say whether the folder is what the description makes."),
    ] = False,
    discard_foreign: Annotated[
        bool, typer.Option("--discard-foreign", help="Delete files in the folder that nobody generated.")
    ] = False,
) -> None:
    """Turn the description into manifests, judge them, and replace the folder at once."""
    from tierwright.cli import failures, project
    from tierwright.cli import synth as command

    def run() -> int:
        root, folder = project.enter(output)
        return command.run(root, env or [], folder, check=check, discard_foreign=discard_foreign)

    failures.finish(run)


def fix(
    env: Environments = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing: print what would change, and exit 1 if anything.")
    ] = False,
) -> None:
    """Write mends that need no judgement into the description, each proved by a second check."""
    from tierwright.cli import failures, project
    from tierwright.cli import fix as command

    failures.finish(lambda: command.run(project.enter()[0], env or [], diff=diff))


def schema(
    output: Annotated[Path, typer.Option(metavar="DIR", help="Where to write them.")] = Path(".schemas"),
) -> None:
    """Write the JSON Schemas of the description, for editors."""
    from tierwright.cli import failures
    from tierwright.cli import schema as command

    failures.finish(lambda: command.run(output))


def graph(
    env: Annotated[
        str | None, typer.Option("--env", metavar="E", help="Default: the first environment.")
    ] = None,
) -> None:
    """Print the tiers, their workloads and the flows between them as a Mermaid diagram."""
    from tierwright.cli import failures, project
    from tierwright.cli import graph as command

    failures.finish(lambda: command.run(project.enter()[0], env))


COMMANDS = (synth, fix, schema, graph)
