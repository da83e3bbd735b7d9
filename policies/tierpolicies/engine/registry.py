"""Finds the rules and settles which of them run, how severe they are and with which parameters."""

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from os import scandir
from pathlib import Path

from tierpolicies.engine.finding import Severity
from tierpolicies.engine.rule import Rule
from tierpolicies.engine.settings import OFF, Settings, SettingsError
from tierpolicies.engine.suggestion import nearest

_RULES = Path(__file__).parents[1] / "rules"
_PACKAGE = "tierpolicies.rules"
_OWN = "tierpolicies_own_rules"
ALWAYS = "input"
"""The family that always runs: what could not be read is told in any case."""


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
    """The names of all rules, or of those in a project's folder, sorted, without importing one."""
    try:
        return tuple(sorted(_names(folder or _RULES)))
    except OSError as error:
        raise SettingsError(f"the folder of rules {folder} cannot be read: {error.strerror}") from error


def load_rule(name: str, folder: Path | None = None) -> Rule:
    """The rule of a name, a project's own first; raises KeyError where there is none."""
    module = name.replace("/", ".").replace("-", "_")
    if folder is not None and name in rule_names(folder):
        declared = _own(folder, name, f"{_OWN}.{module}")
    elif name in rule_names():
        declared = import_module(f"{_PACKAGE}.{module}").check
    else:
        raise KeyError(name)
    if not isinstance(declared, Rule):
        raise SettingsError(f"the rule {name} is not declared: decorate its check with @rule(...)")
    return declared


def every_rule(folder: Path | None = None) -> list[Rule]:
    """All rules there are, by name, a project's own among them."""
    names = {*rule_names(), *(rule_names(folder) if folder else ())}
    return [load_rule(name, folder) for name in sorted(names)]


def active(settings: Settings) -> list[Active]:
    """The rules that run, by name. Raises SettingsError for a setting that means nothing."""
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
            parameters = _replaced(name, parameters, settings.parameters[name])
        result.append(Active(rule, name, severity, chosen not in (None, OFF), parameters))
    return result


def known_names(rules: Iterable[Rule]) -> set[str]:
    """Everything that `--select` understands."""
    return {name for rule in rules for name in (rule.name, rule.family, *rule.groups)}


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


def _verify(settings: Settings, rules: list[Rule]) -> None:
    known = known_names(rules)
    for name in (*settings.select, *settings.ignore, *settings.severities):
        if name not in known:
            raise SettingsError(f"no rule, family or group is called {name!r}{nearest(name, known)}")
    for name, severity in settings.severities.items():
        if severity not in (*Severity, OFF):
            raise SettingsError(f"the severity of {name} is {severity!r}; write error, warning, note or off")
        if name.partition("/")[0] == ALWAYS:
            raise SettingsError(f"{name} always runs: what is not read is not checked")
    names = {rule.name for rule in rules}
    for name in settings.parameters:
        if name not in names:
            raise SettingsError(f"no rule is called {name!r}{nearest(name, names)}")


def _replaced(name: str, defaults: object | None, given: Mapping[str, object]) -> object:
    """A rule's parameters with some replaced, each of the type of its default."""
    if defaults is None or not dataclasses.is_dataclass(defaults) or isinstance(defaults, type):
        raise SettingsError(f"the rule {name} has no parameters")
    values = {each.name: getattr(defaults, each.name) for each in dataclasses.fields(defaults)}
    for key, value in given.items():
        if key not in values:
            raise SettingsError(f"the rule {name} has no parameter {key!r}{nearest(key, values)}")
        values[key] = _typed(f"{key} of the rule {name}", values[key], value)
    return dataclasses.replace(defaults, **values)


def _typed(what: str, default: object, value: object) -> object:
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        if all(isinstance(each, str) for each in value):
            return tuple(str(each) for each in value)
    elif isinstance(default, bool) or isinstance(value, bool):
        if isinstance(default, bool) and isinstance(value, bool):
            return value
    elif isinstance(default, float) and isinstance(value, int | float):
        return float(value)
    elif isinstance(default, int | str) and isinstance(value, type(default)):
        return value
    wanted = {tuple: "a list of strings", bool: "true or false", int: "a whole number", float: "a number"}
    raise SettingsError(f"{what} is {value!r}; it takes {wanted.get(type(default), 'a string')}")


def _names(folder: Path) -> Iterator[str]:
    for family in scandir(folder):
        if family.is_dir() and not family.name.startswith(("_", ".")):
            for module in scandir(family):
                if module.name.endswith(".py") and module.name != "__init__.py":
                    yield f"{family.name}/{module.name[:-3].replace('_', '-')}"


@cache
def _own(folder: Path, name: str, module_name: str) -> object:
    """What a project's file declares as `check`; the file is run once."""
    path = folder / f"{name.replace('-', '_')}.py"
    spec = spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise SettingsError(f"{path} is no Python file")
    module = module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SettingsError(f"the rule {path} cannot be loaded: {type(error).__name__}: {error}") from error
    return getattr(module, "check", None)
