"""The command line: every command, in the order of its help."""

from __future__ import annotations

import typer

from tierwright.cli.commands import generation, judging, proving

app = typer.Typer(
    name="tierwright",
    help="Generate and check the GitOps repository of a tiered Kubernetes platform.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for module in (generation, judging, proving):
    for command in module.COMMANDS:
        app.command()(command)
