"""What is proved of a whole platform or cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tierwright.cli.commands.options import Environments


def capacity(
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Manifests; default: the project's dist.")
    ] = None,
    platform: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Description; default: platform.yaml above DIR.")
    ] = None,
    env: Environments = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="rest, maximum, update, updates, job, drain, lose or zone, or one of them such as"
            " update:ai-worker; may be repeated. Default: all.",
        ),
    ] = None,
    lose: Annotated[
        list[str] | None, typer.Option(metavar="NODE", help="Without this node; may be repeated.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME.KEY=N", help="Such as ai-worker.max=20 or worker-2.nodes=2."),
    ] = None,
    nodes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Nodes of a cluster, as kubectl prints them.")
    ] = None,
    pods: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its pods, in the order to schedule them.")
    ] = None,
    kubernetes_version: Annotated[
        str | None, typer.Option(metavar="V", help="With --nodes: the scheduler's version; default: newest.")
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", help="With --nodes: decides between nodes that are equally good.")
    ] = 0,
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")] = "text",
) -> None:
    """Prove whether everything has room, in every scenario; or tell where a cluster's pods would go."""
    from tierwright.cli import capacity as command
    from tierwright.cli import failures, project

    def run() -> int:
        if nodes is not None and pods is not None:
            return command.live(command.Live(nodes, pods, kubernetes_version, seed), format_=format_)
        if nodes is not None or pods is not None:
            raise failures.UsageError("--nodes and --pods go together; name both files")
        request = command.Request(
            directory=directory or project.dist(),
            platform=platform,
            environments=tuple(env or ()),
            scenarios=tuple(scenario or ()),
            lose=tuple(lose or ()),
            settings=tuple(set_ or ()),
        )
        return command.run(request, format_=format_)

    failures.finish(run)


COMMANDS = (capacity,)
