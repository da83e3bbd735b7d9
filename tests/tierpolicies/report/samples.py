"""Reports that need no judge: of any size, with a base or without, and with the worst of texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import strategies as st

from tierpolicies.capacity.resources import Resources
from tierpolicies.capacity.tiers import TierRow
from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.finding import Finding, Severity
from tierpolicies.platform import Budget, Place, Waiver
from tierpolicies.report.comparison import Comparison, Described
from tierpolicies.report.model import Report, Suggestion

ROOM = Resources(2000, 4 * 2**30)
RULES = (
    ("schema/valid", Severity.ERROR, "unknown field replica (did you mean 'replicas'?)"),
    ("security/privileged", Severity.ERROR, "container web of 3 is privileged"),
    ("reliability/container-memory-limit", Severity.WARNING, "container web has no memory limit"),
    ("references/secret", Severity.WARNING, "no Secret named db-credentials in shop"),
    ("cost/whole-bill", Severity.NOTE, "$271.52 a month without 2 items that have no price"),
)
NASTY = (
    "first\nsecond\r\n\r\nthird",
    "a | b | c",
    "`code` and ```more``` of `` it",
    "<script>alert(1)</script><img src=x onerror=alert(2)></details></li>-->",
    "\x1b[2J\x1b[31mred\x07",
    "\u202egnp.exe\u2066 \u200f\u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627",
    "null\x00byte \ufffe\uffff",
    "w" * 5000,
    "\U0001f469\u200d\U0001f4bb\U0001f600 :tada:",
    "@team please see #12, GH-7, owner/repo#3, https://evil.example/x www.evil.example me@evil.example",
    "![x](http://evil.example/x.png) [y](javascript:alert(1)) <http://evil.example>",
    "*a* _b_ **c** ~~d~~ __e__ $x^2$ [^1] &amp; &#64;team \\@team \\",
    "- item\n# heading\n> quote\n1. one\n---\n```\n~~~",
    "::error file=x::boo %0A , : ##[group]x",
    "]]> <!-- x --> --> <![CDATA[ ]]>",
    "0123abcd0123abcd0123abcd0123abcd0123abcd",
    "",
    " ",
    "\ud800 half \udcff",
    "x\u2028y\u2029z\x85w",
)
WORDS = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.text(alphabet="@#`|<>[]()*_~:$\\!&-+.\n \tx1a", max_size=60),
)
"""Texts that somebody may have written into a manifest."""


def finding(
    number: int = 0, *, text: str = "", waived: bool = False, severity: Severity | None = None
) -> Finding:
    """One finding, each number another; its texts are `text` where one is given."""
    rule, usual, message = RULES[number % len(RULES)]
    name = text or f"web-{number}"
    return Finding(
        rule=rule,
        severity=severity or usual,
        message=text or f"{message}, {number}",
        remediation=text or "Mend it as the documentation says.",
        subject=Subject("apps/v1", "Deployment", text or f"shop-{number % 7}", name),
        file=text or f"prod/tier-2/shop/Deployment-{name}.yaml",
        line=number % 90 + 1,
        column=9,
        pointer=text or "/spec/template/spec/containers/0/resources",
        source=Place(text or "apps/web/app.yaml", number % 40 + 1) if number % 2 else None,
        fingerprint=f"{number:016x}",
        waived=Waiver(rule, name, text or "ops", text or "until the move", date(2026, 12, 31))
        if waived
        else None,
        environment="prod",
    )


def findings(count: int, *, texts: Sequence[str] = (), first: int = 0) -> tuple[Finding, ...]:
    """Many, in the order of reports; every eleventh is waived."""
    made = (
        finding(number, text=texts[number % len(texts)] if texts else "", waived=number % 11 == 10)
        for number in range(first, first + count)
    )
    return tuple(sorted(made, key=lambda each: each.order))


def described(count: int, *, text: str = "") -> tuple[Described, ...]:
    """Objects of a tree."""
    return tuple(
        Described(
            Subject("v1", "Service", "shop", text or f"s{number}"), "prod", text or f"s{number}.yaml", 1, "0"
        )
        for number in range(count)
    )


def report(
    count: int,
    *,
    texts: Sequence[str] = (),
    base: bool = False,
    objects: int = 3,
    links: str = "https://github.example/shop/platform/blob/0123abc/",
) -> Report:
    """A report of so many findings; with a base a third of them is new, and as many again are fixed."""
    found = findings(count, texts=texts)
    new, old = found[::3], tuple(each for at, each in enumerate(found) if at % 3)
    text = texts[0] if texts else ""
    gone = findings(len(new), texts=texts, first=count)
    changes = described(objects, text=text)
    comparison = (
        Comparison(text or "origin/main", new, gone, old, changes, changes, changes) if base else None
    )
    return Report(
        found,
        403,
        ("1.28", "1.37"),
        tiers=tuple(
            TierRow(number, name, "pool", 1, ROOM, Resources(890, 912 * 2**20), Resources(1110, 2**31), 9, 30)
            for number, name in enumerate(("control", text or "sync-api", "async-workers"), start=1)
        ),
        budget=Budget(185, {"s3": 5}),
        owner_usd_month=185.0,
        comparison=comparison,
        suggestions={
            each.fingerprint: Suggestion("apps/web/app.yaml", 7, text or "    memory: 256Mi")
            for each in new[::2]
        },
        prefix="dist/",
        links=links,
        environment="prod",
    )
