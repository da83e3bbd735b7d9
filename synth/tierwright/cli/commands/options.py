"""Options that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

Environments = Annotated[
    list[str] | None,
    typer.Option("--env", metavar="E", help="An environment; may be repeated. Default: all."),
]
