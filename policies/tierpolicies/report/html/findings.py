"""The findings as a list that can be filtered and sorted, and what the rules say of themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tierpolicies.engine.finding import Severity
from tierpolicies.report import places
from tierpolicies.report.characters import visible
from tierpolicies.report.html.elements import escaped, isolated, literal, place
from tierpolicies.report.html.marked import marked

if TYPE_CHECKING:
    from tierpolicies.engine.finding import Finding
    from tierpolicies.engine.rule import Rule
    from tierpolicies.platform import Waiver
    from tierpolicies.report.model import Report, Suggestion

_STATES = {"new": "New", "open": "Open", "waived": "Waived"}


def findings(report: Report) -> Iterator[str]:
    """The section of the findings: what they are filtered by, how many are shown, and the list."""
    found = report.findings
    yield '<section id="findings" aria-labelledby="findings-title">\n<h2 id="findings-title">Findings</h2>\n'
    if not found:
        yield "<p>There is nothing to tell.</p>\n</section>\n"
        return
    new = {each.fingerprint for each in report.comparison.new} if report.comparison is not None else set()
    states = [_state(each, new) for each in found]
    yield from _filters(found, states)
    yield f'<p id="shown" role="status">{len(found):,} of {len(found):,} findings</p>\n'
    yield '<ol id="list" role="list">\n'
    for each, state, ranks in zip(found, states, _ranks(found), strict=True):
        yield _item(each, state, ranks, report)
    yield '</ol>\n<p id="nothing" hidden>No finding is like that.</p>\n</section>\n'


def rules(documented: Mapping[str, Rule | None]) -> Iterator[str]:
    """What each rule that found something says of itself."""
    told = {name: rule for name, rule in documented.items() if rule is not None}
    if not told:
        return
    yield '<section aria-labelledby="rules">\n<h2 id="rules">Rules</h2>\n'
    for name, rule in told.items():
        summary, _, rest = rule.documentation.partition("\n")
        yield (
            f'<details open id="{_anchor(name)}" class="rule"><summary><code>{escaped(name)}</code>'
            f" {escaped(summary)}</summary>\n{marked(rest)}"
            f"<p>{escaped(rule.remediation)}</p>\n</details>\n"
        )
    yield "</section>\n"


def _state(finding: Finding, new: set[str]) -> str:
    return "waived" if finding.waived else "new" if finding.fingerprint in new else "open"


def _ranks(found: Sequence[Finding]) -> Iterator[str]:
    """Each finding's place in the order of files, of rules and of objects; it stands in that of severity."""
    keys: tuple[Callable[[Finding], tuple[str | int, ...]], ...] = (
        lambda each: (each.file, each.line, each.column),
        lambda each: (each.rule,),
        lambda each: (str(each.subject or ""),),
    )
    orders = []
    for key in keys:
        values = [key(each) for each in found]
        ranks = [0] * len(found)
        for rank, at in enumerate(sorted(range(len(found)), key=values.__getitem__)):
            ranks[at] = rank
        orders.append(ranks)
    return (" ".join(map(str, each)) for each in zip(*orders, strict=True))


def _filters(found: Sequence[Finding], states: Sequence[str]) -> Iterator[str]:
    severities = Counter(each.severity for each in found)
    families = Counter(each.rule.partition("/")[0] for each in found)
    environments = Counter(each.environment for each in found if each.environment)
    yield '<form id="filters" role="search" aria-label="Filter findings" hidden>\n'
    yield (
        '<label class="wide">Text<input type="search" id="text" autocomplete="off"'
        ' placeholder="message, file, object, rule"></label>\n'
    )
    yield "<fieldset><legend>Severity</legend>"
    for severity in Severity:
        yield (
            f'<label class="check"><input type="checkbox" name="severity" value="{severity}" checked>'
            f"{severity.value.capitalize()} <b>{severities[severity]:,}</b></label>"
        )
    yield "</fieldset>\n"
    kinds = Counter(states)
    yield _choice("state", "State", [(each, _STATES[each], kinds[each]) for each in _STATES if kinds[each]])
    yield _choice("family", "Rules", [(each, each, families[each]) for each in sorted(families)])
    if len(environments) > 1:
        named = [(each, each, environments[each]) for each in sorted(environments)]
        yield _choice("environment", "Environment", named)
    orders = ("Severity", "File", "Rule", "Object")
    options = "".join(f'<option value="{at}">{name}</option>' for at, name in enumerate(orders))
    yield f'<label>Sort by<select id="sort">{options}</select></label>\n'
    yield '<button type="button" id="reverse" aria-pressed="false">Reverse</button>\n'
    yield '<button type="reset">Show all</button>\n</form>\n'


def _choice(name: str, label: str, options: Sequence[tuple[str, str, int]]) -> str:
    told = "".join(
        f'<option value="{escaped(value)}">{escaped(text)} ({number:,})</option>'
        for value, text, number in options
    )
    return f'<label>{label}<select id="{name}"><option value="">All</option>{told}</select></label>\n'


def _item(finding: Finding, state: str, ranks: str, report: Report) -> str:
    severity, family = finding.severity.value, finding.rule.partition("/")[0]
    about = f"<strong>{isolated(str(finding.subject))}</strong>" if finding.subject else ""
    found = places.at(finding, report)
    rule = f'<a href="#{_anchor(finding.rule)}">{escaped(finding.rule)}</a>'
    tag = f'<span class="tag {state}">{state}</span>' if state != "open" else ""
    environment = f"<span>{escaped(finding.environment)}</span>" if finding.environment else ""
    where = (about, environment, place(found, report.links) if found else "", rule, tag)
    return (
        f'<li class="{severity}" data-state="{state}" data-family="{escaped(family)}"'
        f' data-environment="{escaped(finding.environment)}" data-ranks="{ranks}">'
        f'<h3><span class="severity">{severity}</span> {isolated(finding.message)}</h3>'
        f'<p class="where">{" ".join(filter(None, where))}</p>{_mend(finding, report)}</li>\n'
    )


def _mend(finding: Finding, report: Report) -> str:
    spot = places.described(finding, report)
    into = f" in {place(spot, report.links)}" if spot else ""
    if finding.waived:
        return _waiver(finding.waived, into)
    if not finding.fails:
        return f"<p><b>Described</b>{into}</p>" if into else ""
    offered = report.suggestions.get(finding.fingerprint)
    return f"<p><b>Mend</b>{into}{':' if into else ''} {isolated(finding.remediation)}</p>{_offer(offered)}"


def _waiver(waiver: Waiver, into: str) -> str:
    return (
        f"<p><b>Waived</b> until {waiver.expires} by {isolated(waiver.owner)}{into}:"
        f" {isolated(waiver.reason)}</p>"
    )


def _offer(offered: Suggestion | None) -> str:
    if offered is None:
        return ""
    where = f"{escaped(visible(offered.file))}:{offered.line}"
    return (
        f'<p>Write in <code>{where}</code>:</p><pre tabindex="0"><code>{literal(offered.text)}</code></pre>'
    )


def _anchor(rule: str) -> str:
    return f"rule-{escaped(rule.replace('/', '-').replace(' ', '-'))}"
