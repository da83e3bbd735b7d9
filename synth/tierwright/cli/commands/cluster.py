"""The commands about a cluster before Argo CD takes over, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_Environment = Annotated[
    str | None, typer.Option("--env", metavar="E", help="The environment; default: the only one.")
]


def bootstrap(
    env: _Environment = None,
    values: Annotated[
        bool, typer.Option("--values", help="Print the values that Argo CD's chart is installed with.")
    ] = False,
) -> None:
    """Print the script that takes a bare cluster to the first sync, derived from the description."""
    from tierwright.cli import bootstrap as command
    from tierwright.cli import failures, project

    failures.finish(lambda: command.run(project.enter()[0], env, values=values))


def doctor(
    env: _Environment = None,
    nodes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What `kubectl get nodes --output=json` printed.")
    ] = None,
    crds: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="What `kubectl get customresourcedefinitions --output=json` printed."
        ),
    ] = None,
) -> None:
    """Compare what a cluster has with what dist needs, before the first sync."""
    from tierwright.cli import doctor as command
    from tierwright.cli import failures, project

    def run() -> int:
        files = [each.absolute() if each is not None else None for each in (nodes, crds)]
        root, dist = project.enter()
        return command.run(root, env, nodes=files[0], crds=files[1], dist=dist)

    failures.finish(run)


def kind(env: _Environment = None) -> None:
    """Print the script that starts the platform on a laptop: `tierwright kind --env dev | bash`."""
    from tierwright.cli import bootstrap as command
    from tierwright.cli import failures, project

    failures.finish(lambda: command.kind(project.enter()[0], env))


COMMANDS = (bootstrap, doctor, kind)
