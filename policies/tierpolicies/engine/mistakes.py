"""Settings that mean nothing: names nobody knows, severities and figures that there are not."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tierpolicies.engine.catalog import Entry
from tierpolicies.engine.finding import Severity
from tierpolicies.engine.rule import Rule
from tierpolicies.engine.settings import ALWAYS, OFF, ON_WAIVERS, Settings

_FIXED = {
    ALWAYS: "what is not read is not checked",
    ON_WAIVERS: "what is accepted must not be forgotten",
}
_WRITTEN = {tuple: "a list of texts", bool: "true or false", int: "a whole number", float: "a number"}


@dataclass(frozen=True, slots=True)
class Mistake:
    """A setting that means nothing: its path among the settings, what is wrong, and what to write.

    `meant` is the name that was probably meant, and `at_name` whether the last step of the path is it.
    """

    path: tuple[str, ...]
    message: str
    mend: str
    meant: str = ""
    at_name: bool = False

    def __str__(self) -> str:
        return f"{self.message}; {self.mend}"


def mistakes(
    settings: Settings, rules: Mapping[str, Entry], *, load: Callable[[str], Rule]
) -> Iterator[Mistake]:
    """Everything that is wrong with the settings, in their order; a rule is loaded where figures are set."""
    known = known_names(rules.values())
    for part in ("select", "ignore", "severities"):
        for name in getattr(settings, part):
            if name not in known:
                yield _unknown((part, name), f"no rule, family or group is called {name!r}", name, known)
    for name, severity in settings.severities.items():
        path = ("severities", name)
        if (family := name.partition("/")[0]) in _FIXED:
            message = f"the severity of {name} cannot be set: {_FIXED[family]}"
            yield Mistake(path, message, "remove it", at_name=True)
        elif severity not in (*Severity, OFF):
            choice = "write error, warning, note or off"
            yield Mistake(path, f"the severity of {name} is {severity!r}, which is none", choice)
    for name, given in settings.parameters.items():
        if name not in rules:
            yield _unknown(("parameters", name), f"no rule is called {name!r}", name, rules)
        else:
            yield from _parameters(name, load(name).parameters, given)


def known_names(rules: Iterable[Entry]) -> set[str]:
    """Everything that `--select` understands."""
    return {name for rule in rules for name in rule.names}


def parameters_of(rule: Rule) -> dict[str, object]:
    """The parameters of a rule with their defaults; empty where it has none."""
    defaults = rule.parameters
    if defaults is None or not dataclasses.is_dataclass(defaults) or isinstance(defaults, type):
        return {}
    return {each.name: getattr(defaults, each.name) for each in dataclasses.fields(defaults)}


def replaced(rule: Rule, given: Mapping[str, object]) -> object:
    """A rule's parameters with some replaced, which must be without a mistake."""
    defaults = parameters_of(rule)
    values = {name: _taken(defaults[name], value) for name, value in given.items()}
    return dataclasses.replace(rule.parameters, **values)  # type: ignore[type-var]


def _parameters(rule: str, parameters: object, given: Mapping[str, object]) -> Iterator[Mistake]:
    if parameters is None or not dataclasses.is_dataclass(parameters):
        yield Mistake(("parameters", rule), f"the rule {rule} has no parameters", "remove them", at_name=True)
        return
    defaults = {each.name: getattr(parameters, each.name) for each in dataclasses.fields(parameters)}
    for name, value in given.items():
        path = ("parameters", rule, name)
        if name not in defaults:
            yield _unknown(path, f"the rule {rule} has no parameter {name!r}", name, defaults)
        elif not _fits(defaults[name], value):
            wanted = _WRITTEN.get(type(defaults[name]), "a text")
            written = str(value).lower() if isinstance(value, bool) else repr(value)
            yield Mistake(path, f"the parameter {name} of {rule} is {written}", f"write {wanted}")


def _unknown(path: tuple[str, ...], message: str, name: str, known: Iterable[str]) -> Mistake:
    from difflib import get_close_matches  # noqa: PLC0415 (only a mistake pays for it)

    names = sorted(known)
    near = next(iter(get_close_matches(name, names, n=1, cutoff=0.6)), "")
    few = len(names) <= 10
    listed = (
        f"known are {', '.join(names)}" if few else "`tierwright explain FAMILY` tells those that are known"
    )
    return Mistake(path, message, f"did you mean {near!r}?" if near else listed, near, True)


def _fits(default: object, value: object) -> bool:
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, int) if isinstance(default, int) else isinstance(value, str)


def _taken(default: object, value: object) -> object:
    """A value that fits, as the rule wants it: a plain one of the type of its default."""
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        return tuple(str(each) for each in value)
    return type(default)(value)  # type: ignore[call-arg]
