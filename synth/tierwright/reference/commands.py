"""The command reference, made from the command line itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import typer
import typer.core

Parameter = typer.core.TyperArgument | typer.core.TyperOption
_OPENING = """\
# Commands

Each command says the same with `--help`. Reports and answers go to standard output, progress and errors to
standard error. What a command writes, it writes as a whole or not at all.

| exit code | meaning |
|--:|---|
| 0 | clean |
| 1 | an error or a warning that nobody waived, or drift; notes never fail |
| 2 | wrong usage, or a program that is missing |
| 3 | input that cannot be read, or nothing to check; it outranks 1, and findings are printed all the same |
"""


def page(app: typer.Typer) -> str:
    """Every command in the order of `--help`, with its arguments and options; ends with a newline."""
    return "\n".join([_OPENING, *_sections("tierwright", typer.main.get_command(app))])


def _sections(name: str, command: object) -> Iterator[str]:
    """The section of a command, or of each command of a group."""
    if isinstance(command, typer.core.TyperGroup):
        for each, member in command.commands.items():
            yield from _sections(f"{name} {each}", member)
    elif isinstance(command, typer.core.TyperCommand):
        yield _section(name, command)


def _section(name: str, command: typer.core.TyperCommand) -> str:
    parameters = [each for each in command.params if isinstance(each, Parameter) and not each.hidden]
    usage = " ".join([name, *map(_usage, parameters)])
    rows = [_row(each) for each in parameters]
    table = ["| argument or option | meaning |", "|---|---|", *rows, ""] if rows else []
    about = inspect.cleandoc(command.help or "")
    return "\n".join([f"## {name}\n", f"{about}\n", f"```text\n{usage}\n```\n", *table])


def _usage(parameter: Parameter) -> str:
    if isinstance(parameter, typer.core.TyperArgument):
        return f"[{_name(parameter)}]" if not parameter.required else _name(parameter)
    written = _name(parameter) if parameter.required else f"[{_name(parameter)}]"
    return f"{written}…" if parameter.multiple else written


def _row(parameter: Parameter) -> str:
    meaning = parameter.help or ""
    return f"| `{_name(parameter)}` | {meaning}{_default(parameter, meaning)} |"


def _name(parameter: Parameter) -> str:
    """An argument's placeholder, or an option's flag with that of its value."""
    placeholder = parameter.metavar or (parameter.name or "").upper()
    if isinstance(parameter, typer.core.TyperArgument):
        return placeholder.strip("[]")
    flag = parameter.opts[-1]
    return flag if parameter.is_flag else f"{flag} {placeholder}"


def _default(parameter: Parameter, meaning: str) -> str:
    value = parameter.default
    if value in {None, False, ()} or "default" in meaning.lower():
        return ""
    return f" Default: `{value}`."
