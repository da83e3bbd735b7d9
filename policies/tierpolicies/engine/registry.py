"""Finds the rules and settles which of them run, how severe they are and with which parameters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from os import scandir
from pathlib import Path

from tierpolicies.engine.finding import Severity
from tierpolicies.engine.rule import Rule
from tierpolicies.engine.settings import ALWAYS, OFF, Settings, SettingsError

_RULES = Path(__file__).parents[1] / "rules"
_PACKAGE = "tierpolicies.rules"


@dataclass(frozen=True, slots=True)
class Active:
    """A rule that runs, with its severity and parameters settled; `chosen` where it was given one."""

    rule: Rule
    name: str
    severity: Severity
    chosen: bool = False
    parameters: object | None = None


@cache
def rule_names(folder: Path | None = None) -> tuple[str, ...]:
    """The names of all rules, sorted, without importing one; a project's own among them."""
    return tuple(sorted({*_names(), *_own_names(folder)}))


def load_rule(name: str, folder: Path | None = None) -> Rule:
    """The rule of a name, a project's own first; raises KeyError where there is none."""
    if folder is not None and name in _own_names(folder):
        from tierpolicies.engine.own_rules import own_rule  # noqa: PLC0415 (few have some)

        return own_rule(folder, name)
    if name not in rule_names():
        raise KeyError(name)
    declared: Rule = import_module(f"{_PACKAGE}.{name.replace('/', '.').replace('-', '_')}").check
    return declared


def every_rule(folder: Path | None = None) -> list[Rule]:
    """All rules there are, by name, a project's own among them."""
    return [load_rule(name, folder) for name in rule_names(folder)]


def active(settings: Settings) -> list[Active]:
    """The rules that run, by name. Raises SettingsError for a setting that means nothing,
    OwnRuleError for a project's own rule that cannot be used."""
    rules = every_rule(settings.folder)
    _verify(settings, rules)
    result = []
    for rule in rules:
        name = rule.name
        chosen = _severity(rule, settings.severities)
        if rule.family != ALWAYS and not _runs(rule, settings, chosen):
            continue
        severity = rule.severity if chosen in (None, OFF) else Severity(chosen)
        parameters = rule.parameters
        if name in settings.parameters:
            from tierpolicies.engine.mistakes import replaced  # noqa: PLC0415 (as above)

            parameters = replaced(rule, settings.parameters[name])
        result.append(Active(rule, name, severity, chosen not in (None, OFF), parameters))
    return result


def _verify(settings: Settings, rules: Sequence[Rule]) -> None:
    if not (settings.select or settings.ignore or settings.severities or settings.parameters):
        return
    from tierpolicies.engine.mistakes import mistakes  # noqa: PLC0415 (without settings there are none)

    for mistake in mistakes(settings, rules):
        raise SettingsError(str(mistake))


def _runs(rule: Rule, settings: Settings, chosen: str | None) -> bool:
    if settings.ignore and rule.is_called(*settings.ignore):
        return False
    if settings.select:
        named = (rule.name, *rule.groups) if rule.optional else (rule.name, rule.family, *rule.groups)
        return any(name in settings.select for name in named)
    return chosen != OFF and not (rule.optional and chosen is None)


def _severity(rule: Rule, severities: Mapping[str, str]) -> str | None:
    """The severity set for a rule: by its own name, else by a group, else by its family."""
    for name in (rule.name, *rule.groups, rule.family):
        if name in severities:
            return severities[name]
    return None


def _own_names(folder: Path | None) -> tuple[str, ...]:
    if folder is None:
        return ()
    from tierpolicies.engine.own_rules import own_names  # noqa: PLC0415 (few have some)

    return own_names(folder)


def _names() -> Iterator[str]:
    for family in scandir(_RULES):
        if family.is_dir() and not family.name.startswith(("_", ".")):
            for module in scandir(family):
                if module.name.endswith(".py") and module.name != "__init__.py":
                    yield f"{family.name}/{module.name[:-3].replace('_', '-')}"
