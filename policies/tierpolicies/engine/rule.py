"""How a rule is declared: one module `rules/<family>/<rule>.py` with one decorated function.

    @rule(severity=Severity.ERROR, remediation="Set spec.replicas to 1.")
    def check(context: Context) -> Iterator[Fault]: ...

Its name comes from where the module stands, its documentation from the module's docstring.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from os import scandir
from pathlib import Path

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity

HEADINGS = ("What it does", "Why is this bad", "Example", "Use instead")
_RULES = Path(__file__).parents[1] / "rules"
_PACKAGE = "tierpolicies.rules"

Check = Callable[[Context], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name `family/rule`, how bad its findings are and how they are mended."""

    severity: Severity
    remediation: str
    check: Check
    module: str

    @property
    def name(self) -> str:
        """`family/rule`, from the module's path."""
        family, module = self.module.split(".")[-2:]
        return f"{family}/{module.replace('_', '-')}"

    @property
    def documentation(self) -> str:
        """The module's docstring: a summary, then the sections under the fixed headings."""
        return (sys.modules[self.module].__doc__ or "").strip()


def rule(*, severity: Severity, remediation: str) -> Callable[[Check], Rule]:
    """Declares a check as the rule of its module."""

    def declare(check: Check) -> Rule:
        return Rule(severity, remediation, check, check.__module__)

    return declare


@cache
def rule_names() -> tuple[str, ...]:
    """The names of all rules, sorted, without importing one."""
    return tuple(
        sorted(
            f"{family.name}/{module.name[:-3].replace('_', '-')}"
            for family in scandir(_RULES)
            if family.is_dir() and not family.name.startswith("_")
            for module in scandir(family)
            if module.name.endswith(".py") and module.name != "__init__.py"
        )
    )


def load_rule(name: str) -> Rule:
    """The rule of a name; raises KeyError where there is none."""
    if name not in rule_names():
        raise KeyError(name)
    found = import_module(f"{_PACKAGE}.{name.replace('/', '.').replace('-', '_')}")
    declared = found.check
    if not isinstance(declared, Rule):
        raise TypeError(f"the rule {name} is not declared: decorate its check with @rule(...)")
    return declared
