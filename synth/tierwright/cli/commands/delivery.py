"""From a commit to what Argo CD pulls: images, their lock, the release, and the report for reviewers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tierwright.cli.commands.options import Environments


def bump(
    name: Annotated[str, typer.Argument(metavar="APP", help="The app whose image was pushed.")],
    digest: Annotated[
        str, typer.Option(metavar="DIGEST", help="sha256:… of the image, as the registry tells it.")
    ],
    tag: Annotated[
        str | None,
        typer.Option(metavar="TAG", help="sha-<commit>, what it was built from; default: HEAD's."),
    ] = None,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", metavar="E", help="Where it runs; may be repeated. Default: the only one."),
    ] = None,
) -> None:
    """Record the image of an app in images.lock.yaml: what an environment runs from now on."""
    from tierwright.cli import failures, project
    from tierwright.cli import images as command

    failures.finish(
        lambda: command.bump(project.enter()[0], name, digest=digest, tag=tag, environments=env or [])
    )


def promote(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The environment that runs them.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The environment that is to run them.")],
    apps: Annotated[
        list[str] | None, typer.Argument(metavar="[APP]…", help="Only these apps; default: all.")
    ] = None,
) -> None:
    """Let an environment run the very images that another one runs, by their digests."""
    from tierwright.cli import failures, project
    from tierwright.cli import images as command

    failures.finish(lambda: command.promote(project.enter()[0], source, target, apps or []))


def images(
    env: Environments = None,
    as_json: Annotated[bool, typer.Option("--json", help="As a list in JSON, on one line.")] = False,
) -> None:
    """List the images that the pods of dist run, for whoever scans them."""
    from tierwright.cli import failures, project
    from tierwright.cli import images as command

    failures.finish(lambda: command.listed(project.enter()[1], env or [], as_json=as_json))


def verify(
    base: Annotated[
        str, typer.Option(metavar="REV", help="What the change is compared with, such as origin/main.")
    ],
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day that decides expiries; default: the commit's."),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="NAME[=FILE]", help="As check has it; may be repeated."),
    ] = None,
) -> None:
    """Judge what a change makes of dist, synthesized from both commits: nobody needs to commit dist."""
    from tierwright.cli import failures, project
    from tierwright.cli import verify as command

    day = today.date() if today else None
    request = command.Request(base=base, today=day, formats=formats or ["text"])
    failures.finish(lambda: command.run(project.root(), request))


def comment(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The report, as Markdown; - for stdin.")],
    pull_request: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Its number; default: what the run is about.")
    ] = None,
    repository: Annotated[
        str | None, typer.Option(metavar="OWNER/NAME", help="Default: GITHUB_REPOSITORY.")
    ] = None,
) -> None:
    """Post a report on a pull request, or update the one that is there. The token is GITHUB_TOKEN's."""
    from tierwright.cli import comment as command
    from tierwright.cli import failures

    failures.finish(lambda: command.run(file, number=pull_request, repository=repository))


Released = Annotated[
    list[str] | None,
    typer.Option("--env", metavar="E", help="What is released to; may be repeated. Default: the only one."),
]


def changed(env: Released = None) -> None:
    """Tell which apps have to be built: whose files changed since the commit that their image is of."""
    from tierwright.cli import failures, project
    from tierwright.cli import release as command

    failures.finish(lambda: command.changed(project.enter()[0], env or []))


def release(
    env: Released = None,
    remote: Annotated[str, typer.Option(metavar="NAME", help="Where the commit is pushed.")] = "origin",
    branch: Annotated[
        str, typer.Option(metavar="NAME", help="Default: the branch that is checked out.")
    ] = "",
    builder: Annotated[
        str,
        typer.Option(metavar="PROGRAM", help="buildah, podman or docker; default: the first that is here."),
    ] = "",
    build_arg: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="For the Containerfiles that declare it; may be repeated."),
    ] = None,
    build_option: Annotated[
        list[str] | None,
        typer.Option(metavar="OPTION", help="An option of every build; may be repeated."),
    ] = None,
) -> None:
    """Build and push what changed, record the digests, synthesize, and push the commit of dist."""
    from tierwright.cli import failures, project
    from tierwright.cli import release as command

    request = command.Request(
        environments=env or [],
        remote=remote,
        branch=branch,
        builder=builder,
        arguments=build_arg or [],
        options=build_option or [],
    )
    failures.finish(lambda: command.run(project.enter()[0], request))


COMMANDS = (bump, promote, images, verify, comment, changed, release)
