"""How a rule is declared: one module `rules/<family>/<rule>.py` with one decorated function.

    @rule(each=Container, severity=Severity.ERROR, remediation="Set privileged to false.")
    def check(container: Container) -> Iterator[Fault]: ...

`each` says what the function is called with: `Container`, `Pod` or `Manifest` for a rule that needs to
see no other object, `Context` (the default) for one that compares objects or knows the platform. The
rule's name comes from where the module stands, its documentation from the module's docstring.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar, overload

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.workload import Container, Pod

S = TypeVar("S")
P = TypeVar("P")

HEADINGS = ("What it does", "Why is this bad", "Example", "Use instead")
LOCAL = (Manifest, Pod, Container)
"""What a rule may be called with that shows it one object alone."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name `family/rule`, how bad its findings are and how they are mended.

    A rule for each `Manifest` may be limited to `kinds`. `groups` are further names to select it by. An
    `optional` rule is a matter of taste: it runs only where it is selected or given a severity.
    `rests_on` names the kinds whose absence its findings rest on: while an object of such a kind
    cannot be read they are withheld. `needs` names what a tree must have, any one of it, for a rule that
    sees everything to have something to say: kinds, or one of the traits that `Context.traits` tells.
    `parameters` are the defaults of what a description may set.
    `known_as` names the checks of other tools that look for the same, `tool:check`.
    """

    module: str
    check: Callable[..., Iterable[Fault]]
    each: type
    severity: Severity
    remediation: str
    kinds: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    optional: bool = False
    rests_on: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    parameters: object | None = None

    @property
    def name(self) -> str:
        """`family/rule`, from the module's path."""
        family, module = self.module.split(".")[-2:]
        return f"{family}/{module.replace('_', '-')}"

    @property
    def family(self) -> str:
        """The folder it stands in."""
        return self.module.split(".")[-2]

    @property
    def wants(self) -> tuple[str, ...]:
        """What a tree must have, any one of it, for the rule to have something to say; empty for anything."""
        if self.each in (Pod, Container):
            return (PODS,)
        return self.kinds or self.needs

    @property
    def documentation(self) -> str:
        """The module's docstring: a summary, then the sections under the fixed headings."""
        return (sys.modules[self.module].__doc__ or "").strip()

    def is_called(self, *names: str) -> bool:
        """Whether one of some names means it: its own, its family's or one of its groups'."""
        return any(name in (self.name, self.family, *self.groups) for name in names)


@overload
def rule(
    *,
    severity: Severity,
    remediation: str,
    groups: tuple[str, ...] = ...,
    optional: bool = ...,
    rests_on: tuple[str, ...] = ...,
    needs: tuple[str, ...] = ...,
    known_as: tuple[str, ...] = ...,
) -> Callable[[Callable[[Context], Iterable[Fault]]], Rule]: ...


@overload
def rule(
    *,
    each: type[S],
    severity: Severity,
    remediation: str,
    kinds: tuple[str, ...] = ...,
    groups: tuple[str, ...] = ...,
    optional: bool = ...,
    rests_on: tuple[str, ...] = ...,
    known_as: tuple[str, ...] = ...,
) -> Callable[[Callable[[S], Iterable[Fault]]], Rule]: ...


@overload
def rule(
    *,
    each: type[S],
    severity: Severity,
    remediation: str,
    parameters: P,
    kinds: tuple[str, ...] = ...,
    groups: tuple[str, ...] = ...,
    optional: bool = ...,
    rests_on: tuple[str, ...] = ...,
    needs: tuple[str, ...] = ...,
    known_as: tuple[str, ...] = ...,
) -> Callable[[Callable[[S, P], Iterable[Fault]]], Rule]: ...


def rule(
    *,
    each: type = Context,
    severity: Severity,
    remediation: str,
    kinds: tuple[str, ...] = (),
    groups: tuple[str, ...] = (),
    optional: bool = False,
    rests_on: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    known_as: tuple[str, ...] = (),
    parameters: object | None = None,
) -> Callable[[Callable[..., Iterable[Fault]]], Rule]:
    """Declares a check as the rule of its module; with `parameters` it is called with them too."""

    def declare(check: Callable[..., Iterable[Fault]]) -> Rule:
        return Rule(
            module=check.__module__,
            check=check,
            each=each,
            severity=severity,
            remediation=remediation,
            kinds=kinds,
            groups=groups,
            optional=optional,
            rests_on=rests_on,
            needs=needs,
            known_as=known_as,
            parameters=parameters,
        )

    return declare
