"""The documentation of the rules as Markdown, taken from the rules themselves."""

import inspect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec

from tierpolicies.engine.mistakes import parameters_of
from tierpolicies.engine.rule import Rule

_OPENING = """\
# The rules

What `tierwright check` looks for: {rules} rules in {families} families. An error will not work, or is
plainly dangerous; a warning will hurt sooner or later; a note is worth knowing and never fails a check. A
rule that is called optional is a matter of taste: it runs where it is selected by its own name or its
group's, or where the description gives it a severity.

`tierwright explain RULE` prints a section of this page, and `tierwright explain --page` the whole of it,
which is how this file is made: the text stands beside each rule's code.
"""


def told(rule: Rule) -> str:
    """Everything about one rule."""
    summary, _, rest = rule.documentation.partition("\n")
    return f"{_title(rule)}\n\n{_summary(summary)}{_listed(_facts(rule))}\n{rest.lstrip()}"


def listing(rules: Iterable[Rule]) -> str:
    """A line a rule, with its severity and its summary."""
    return "\n".join(f"{_title(rule)}: {rule.documentation.splitlines()[0]}" for rule in rules)


def groups(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The rules of each group, by its name."""
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for group in rule.groups:
            found[group].append(rule)
    return dict(sorted(found.items()))


def page(rules: Sequence[Rule]) -> str:
    """Every rule, family by family, with a table of contents; ends with a newline."""
    families: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        families[rule.family].append(rule)
    parts = [
        _OPENING.format(rules=len(rules), families=len(families)),
        "## Contents\n",
        *(_contents(family, members) for family, members in families.items()),
        _groups(groups(rules)),
    ]
    for family, members in families.items():
        parts.append(f"## {family}\n\n{_about(family)}".rstrip() + "\n")
        parts += (_section(rule) for rule in members)
    return "\n".join(part for part in parts if part)


def _title(rule: Rule) -> str:
    return f"{rule.name} ({rule.severity.value}{', optional' if rule.optional else ''})"


def _summary(line: str) -> str:
    return f"{line}\n\n" if line else ""


def _facts(rule: Rule) -> Iterator[str]:
    """What the declaration says beside the severity."""
    if rule.optional:
        yield "runs only where it, or its group, is selected or given a severity"
    if rule.groups:
        yield f"groups: {', '.join(rule.groups)}"
    parameters = parameters_of(rule)
    for name, default in parameters.items():
        yield f"parameter `{name}`, by default {_said(default)}"
    about = inspect.getdoc(type(rule.parameters)) if parameters else None
    if about and not about.startswith(f"{type(rule.parameters).__name__}("):  # what a dataclass makes up
        yield f"its parameters: {' '.join(about.split())}"
    if rule.known_as:
        yield f"known elsewhere as {', '.join(_elsewhere(each) for each in rule.known_as)}"


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _elsewhere(check: str) -> str:
    tool, _, name = check.partition(":")
    return f"{tool} `{name}`"


def _listed(facts: Iterable[str]) -> str:
    return "".join(f"- {fact}\n" for fact in facts)


def _contents(family: str, rules: Sequence[Rule]) -> str:
    rows = [
        f"| {_link(rule)} | {rule.severity.value}{' (optional)' if rule.optional else ''}"
        f" | {_cell(rule.documentation.splitlines()[0])} |"
        for rule in rules
    ]
    return "\n".join(
        [f"**[{family}](#{_anchor(family)})**\n", "| rule | severity | what |", "|---|---|---|", *rows, ""]
    )


def _groups(members: Mapping[str, Sequence[Rule]]) -> str:
    """The groups, each with its rules."""
    if not members:
        return ""
    rows = [f"- `{group}`: {', '.join(_link(rule) for rule in rules)}" for group, rules in members.items()]
    return "\n".join(
        ["## Groups\n", "Further names that `--select`, `--ignore` and severities take.\n", *rows, ""]
    )


def _about(family: str) -> str:
    """What the package of a family says of it; a project's own family has none."""
    name = f"tierpolicies.rules.{family.replace('-', '_')}"
    return (import_module(name).__doc__ or "").strip() if find_spec(name) is not None else ""


def _section(rule: Rule) -> str:
    summary, _, rest = rule.documentation.partition("\n")
    facts = [f"severity: {rule.severity.value}", *_facts(rule)]
    return f"### {rule.name}\n\n{_summary(summary)}{_listed(facts)}\n{_demoted(rest.strip())}\n"


def _demoted(text: str) -> str:
    """Headings two levels lower, but for what only looks like one in an example."""
    lines, inside = [], False
    for line in text.splitlines():
        inside ^= line.startswith("```")
        lines.append(f"##{line}" if line.startswith("## ") and not inside else line)
    return "\n".join(lines)


def _link(rule: Rule) -> str:
    return f"[{rule.name}](#{_anchor(rule.name)})"


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    return heading.lower().replace("/", "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
