"""Finds the rules and settles which of them run, how severe they are and with which parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tierpolicies.engine.catalog import Entry, entries, entry, imported
from tierpolicies.engine.finding import Severity
from tierpolicies.engine.rule import Rule
from tierpolicies.engine.settings import ALWAYS, OFF, ON_WAIVERS, Settings, SettingsError


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
    return tuple(sorted({*entries(), *_own_names(folder)}))


def load_rule(name: str, folder: Path | None = None) -> Rule:
    """The rule of a name, a project's own first; raises KeyError where there is none."""
    if folder is not None and name in _own_names(folder):
        from tierpolicies.engine.own_rules import own_rule  # noqa: PLC0415 (few have some)

        return own_rule(folder, name)
    if name not in entries():
        raise KeyError(name)
    return imported(name)


def is_local(name: str) -> bool:
    """Whether a rule of the judge's own sees one object alone; a project's own may look at anything."""
    return name in entries() and entries()[name].is_local


def every_rule(folder: Path | None = None) -> list[Rule]:
    """All rules there are, by name, a project's own among them."""
    return [load_rule(name, folder) for name in rule_names(folder)]


def known(folder: Path | None = None) -> dict[str, Entry]:
    """What is known of every rule by its name, a project's own among them; only those are imported.

    Raises OwnRuleError for one of them that cannot be used.
    """
    own = {name: entry(load_rule(name, folder)) for name in _own_names(folder)}
    return {**entries(), **own}


def wanted(settings: Settings) -> list[Entry]:
    """The rules that are to run, by name and without importing those whose settings are the usual ones.

    Raises SettingsError for a setting that means nothing, OwnRuleError for a project's own rule that
    cannot be used.
    """
    everything = known(settings.folder)
    _verify(settings, everything)
    return [
        each
        for _, each in sorted(everything.items())
        if each.family == ALWAYS or _runs(each, settings, _severity(each, settings.severities))
    ]


def activated(settings: Settings, among: Iterable[Entry]) -> list[Active]:
    """Rules that run, ready to run."""
    result = []
    for each in among:
        rule = load_rule(each.name, settings.folder)
        chosen = _severity(each, settings.severities)
        severity = rule.severity if chosen in (None, OFF) else Severity(chosen)
        parameters = rule.parameters
        if each.name in settings.parameters:
            from tierpolicies.engine.mistakes import replaced  # noqa: PLC0415 (few set some)

            parameters = replaced(rule, settings.parameters[each.name])
        result.append(Active(rule, each.name, severity, chosen not in (None, OFF), parameters))
    return result


def _verify(settings: Settings, everything: Mapping[str, Entry]) -> None:
    if not (settings.select or settings.ignore or settings.severities or settings.parameters):
        return
    from tierpolicies.engine.mistakes import mistakes  # noqa: PLC0415 (without settings there are none)

    for mistake in mistakes(settings, everything, load=lambda name: load_rule(name, settings.folder)):
        raise SettingsError(str(mistake))


def _runs(rule: Entry, settings: Settings, chosen: str | None) -> bool:
    if rule.family != ON_WAIVERS and any(name in settings.ignore for name in rule.names):
        return False
    if settings.select:
        named = (rule.name, *rule.groups) if rule.optional else rule.names
        return any(name in settings.select for name in named)
    return chosen != OFF and not (rule.optional and chosen is None)


def _severity(rule: Entry, severities: Mapping[str, str]) -> str | None:
    """The severity set for a rule: by its own name, else by a group, else by its family."""
    return next((severities[name] for name in rule.names if name in severities), None)


def _own_names(folder: Path | None) -> tuple[str, ...]:
    if folder is None:
        return ()
    from tierpolicies.engine.own_rules import own_names  # noqa: PLC0415 (few have some)

    return own_names(folder)
