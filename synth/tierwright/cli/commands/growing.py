"""The commands by which a repository begins and grows, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

_DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing: say what would change.")]


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty folder.")],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The platform's name; default: the folder's.")
    ] = None,
    registry: Annotated[
        str, typer.Option(metavar="PLACE", help="Where its images are pushed.")
    ] = "ghcr.io/example",
    git: Annotated[
        str | None, typer.Option(metavar="URL", help="Where Argo CD pulls it from; default: on GitHub.")
    ] = None,
) -> None:
    """Make a GitOps repository: a description, one app with tests, workflows, and a judged dist."""
    from tierwright.cli import failures
    from tierwright.cli import init as command

    failures.finish(lambda: command.run(directory, name=name, registry=registry, git=git))


def new(
    kind: Annotated[
        Literal["api", "worker"], typer.Argument(help="An HTTP service, or a worker with a queue of its own.")
    ],
    name: Annotated[str, typer.Argument(help="The name of the app, its workload and its image.")],
    tier: Annotated[str, typer.Option(metavar="T", help="The tier that it belongs to.")],
    namespace: Annotated[
        str | None, typer.Option(metavar="N", help="Where it runs; default: one of its own name.")
    ] = None,
    route: Annotated[
        str | None, typer.Option(metavar="PATH", help="Of an api; default: its name, beside the others.")
    ] = None,
    cpu: Annotated[str, typer.Option(metavar="Q", help="CPU that it requests.")] = "50m",
    memory: Annotated[str, typer.Option(metavar="Q", help="Memory that it requests.")] = "64Mi",
    dry_run: _DryRun = False,
) -> None:
    """Add an app that synthesizes, tests and checks green, or say what the tier lacks for it."""
    from tierwright.cli import failures, project
    from tierwright.cli import growth as command

    failures.finish(
        lambda: command.new(
            project.enter()[0],
            kind,
            name,
            tier=tier,
            namespace=namespace,
            route=route,
            cpu=cpu,
            memory=memory,
            dry_run=dry_run,
        )
    )


def remove(
    name: Annotated[str, typer.Argument(metavar="APP", help="The app.")], dry_run: _DryRun = False
) -> None:
    """Remove an app with its folders and every line that was there for it alone."""
    from tierwright.cli import failures, project
    from tierwright.cli import growth as command

    failures.finish(lambda: command.remove(project.enter()[0], name, dry_run=dry_run))


def adopt(
    source: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Manifests: a folder, a file, or - for `helm template` output."),
    ],
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Make a new repository of them, in this folder.")
    ] = None,
) -> None:
    """Propose the app.yaml files that would generate manifests, and tell what they could not say."""
    from tierwright.cli import adopt as command
    from tierwright.cli import failures

    failures.finish(lambda: command.run(source, output=output))


COMMANDS = (init, new, remove, adopt)
