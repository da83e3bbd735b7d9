"""A project's own rules: Python files `<family>/<rule>.py` in a folder that its description names.

They are declared as the rules here are. Whatever is wrong with one is told before anything is checked:
a rule that is passed over in silence would let everything pass.
"""

import dataclasses
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from os import scandir
from pathlib import Path
from types import ModuleType

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Severity
from tierpolicies.engine.rule import HEADINGS, LOCAL, Rule
from tierpolicies.engine.settings import OwnRuleError

RESERVED = ("input", "waivers")
"""Families that say what was not checked; nobody replaces their rules."""
_PACKAGE = "tierpolicies_own_rules"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MEND = "its path is its name: write <family>/<rule>.py in small letters, digits and underscores"


@cache
def own_names(folder: Path) -> tuple[str, ...]:
    """The names of the rules in a project's folder, sorted, without importing one."""
    try:
        names = tuple(sorted(_names(folder)))
    except OSError as error:
        raise OwnRuleError(f"the folder of own rules {folder} cannot be read: {error.strerror}") from error
    if not names:
        raise OwnRuleError(f"the folder of own rules {folder} holds none: write {folder}/<family>/<rule>.py")
    return names


@cache
def own_rule(folder: Path, name: str) -> Rule:
    """The rule of a name that `own_names` told; its file is run once."""
    path = folder / f"{name.replace('-', '_')}.py"
    module = _loaded(path, f"{_PACKAGE}.{name.replace('/', '.').replace('-', '_')}")
    declared = getattr(module, "check", None)
    if not isinstance(declared, Rule):
        raise OwnRuleError(f"{path} declares no rule: decorate a function called check with @rule(...)")
    for fault in _faults(declared, name):
        raise OwnRuleError(f"{path}: {fault}")
    return declared


def _names(folder: Path) -> Iterator[str]:
    for family in list(scandir(folder)):
        if family.name.startswith(("_", ".")):
            continue
        if family.is_symlink():
            raise OwnRuleError(f"{family.path} is a link: write the rules where they are looked for")
        if not family.is_dir():
            if family.name.endswith(".py"):
                raise OwnRuleError(f"{family.path} stands in no family: {_MEND}")
            continue
        for module in list(scandir(family)):
            rule = module.name.removesuffix(".py")
            if rule == module.name or rule.startswith(("_", ".")):
                continue
            if not (_NAME.fullmatch(family.name) and _NAME.fullmatch(rule)):
                raise OwnRuleError(f"{module.path} has no name that a rule can have: {_MEND}")
            if family.name in RESERVED:
                raise OwnRuleError(f"{module.path}: the family {family.name} has no room for own rules")
            yield f"{family.name}/{rule}".replace("_", "-")


def _loaded(path: Path, name: str) -> ModuleType:
    spec = spec_from_file_location(name, path)
    assert spec is not None  # noqa: S101 (the name ends with .py)
    assert spec.loader is not None  # noqa: S101
    module = module_from_spec(spec)
    sys.modules[name] = module
    writes_nothing, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the folder is not ours
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        where = f"{path}:{_line(error, path)}"
        raise OwnRuleError(f"{where}: the rule cannot be loaded: {type(error).__name__}: {error}") from error
    finally:
        sys.dont_write_bytecode = writes_nothing
    return module


def _line(error: BaseException, path: Path) -> int:
    """The line of a rule's file that an error comes from."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 1
    trace, line = error.__traceback__, 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _faults(rule: Rule, name: str) -> Iterator[str]:
    """What is wrong with a rule."""
    if rule.name != name:
        yield "its check comes from another file: define the function here"
    if not rule.documentation:
        yield f"it has no documentation: begin with a docstring that has {_listed(HEADINGS)}"
    headings = [
        line.removeprefix("## ") for line in rule.documentation.splitlines() if line.startswith("## ")
    ]
    for heading in HEADINGS:
        if heading not in headings:
            yield f"its docstring lacks the heading `## {heading}`; a rule has {_listed(HEADINGS)}"
    yield from _misdeclared({each.name: getattr(rule, each.name) for each in dataclasses.fields(rule)})


def _misdeclared(given: Mapping[str, object]) -> Iterator[str]:
    """The arguments of `@rule` that are not as they must be: nobody checked the types of such a file."""
    if given["each"] not in (Context, *LOCAL):
        choice = ", ".join(each.__name__ for each in LOCAL)
        yield f"each={given['each']!r}: write Context, {choice}, or leave it out"
    if not isinstance(given["severity"], Severity):
        yield f"severity={given['severity']!r}: write Severity.ERROR, Severity.WARNING or Severity.NOTE"
    remediation = given["remediation"]
    if not isinstance(remediation, str) or not remediation.strip():
        yield "remediation says nothing: write one sentence that tells how to mend what it finds"
    for part in ("kinds", "groups", "rests_on", "known_as"):
        value = given[part]
        if not isinstance(value, tuple) or not all(isinstance(each, str) for each in value):
            yield f'{part}={value!r}: write a tuple of texts, such as ("one",)'
    parameters = given["parameters"]
    if parameters is not None and (isinstance(parameters, type) or not dataclasses.is_dataclass(parameters)):
        yield f"parameters={parameters!r}: write an instance of a dataclass"


def _listed(headings: tuple[str, ...]) -> str:
    return ", ".join(f"`## {each}`" for each in headings)
