"""The comment on a pull request, and the page that a step's summary is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tierpolicies.report.reading import shown, tokens, verify
from tests.tierpolicies.report.samples import NASTY, WORDS, described, finding, findings, report
from tierpolicies.engine.finding import Severity
from tierpolicies.report import markdown, summary
from tierpolicies.report.characters import cut
from tierpolicies.report.comparison import Comparison
from tierpolicies.report.marks import cell, code, prose
from tierpolicies.report.model import Report

LINKS = "https://github.example/shop/platform/blob/0123abc/"
RENDERERS = [(markdown.render, markdown.LIMIT), (summary.render, summary.LIMIT)]


@pytest.mark.parametrize(("render", "limit"), RENDERERS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(
    count=st.integers(0, 100),
    texts=st.lists(WORDS, max_size=4),
    base=st.booleans(),
    objects=st.integers(0, 100),
    linked=st.booleans(),
)
def test_at_every_size_with_every_text_it_keeps_its_form(  # noqa: PLR0917 - hypothesis names them
    render, limit: int, count: int, texts: list[str], base: bool, objects: int, linked: bool
) -> None:
    sample = report(count, texts=texts, base=base, objects=objects, links=LINKS if linked else "")
    page = render(sample)
    assert len(page.encode()) <= limit
    assert page.endswith("\n")
    verify(page, LINKS)
    assert render(sample) == page


@pytest.mark.parametrize(
    "texts", [(), NASTY, ("@team " * 500,), ("`" * 5000,), ("\U0001f600" * 5000,)], ids=len
)
def test_ten_thousand_findings_fit_a_comment(texts: tuple[str, ...]) -> None:
    page = markdown.render(report(10_000, texts=texts, base=True, objects=5000))
    assert markdown.LIMIT * 0.8 < len(page.encode()) <= markdown.LIMIT
    verify(page, LINKS)
    assert " more findings\n" in page


def test_ten_thousand_findings_fit_a_summary() -> None:
    page = summary.render(report(10_000))
    assert summary.LIMIT * 0.9 < len(page.encode()) <= summary.LIMIT
    assert " more findings\n" in page
    start = page[:50_000]  # a parser takes long for all of it
    verify(start[: start.rindex("\n- **")] + "\n", LINKS)


@given(text=WORDS)
def test_a_text_stays_that_text(text: str) -> None:
    assert shown(f"x {prose(text, 500)}") == f"x {cut(text, 500)}".rstrip()
    assert shown(f"x {code(text)}") == f"x {cut(text, 10**6) or ' '}"


@pytest.mark.parametrize("render", [render for render, _ in RENDERERS])
@pytest.mark.parametrize("text", [":0", ":tada", "team:ops", "the :tada", "0:x-y", ":", "a:b c:d"])
def test_a_text_before_a_colon_makes_no_emoji(render, text: str) -> None:
    verify(render(report(12, texts=[text], base=True)), LINKS)


@given(text=WORDS)
def test_a_text_in_a_cell_leaves_the_table_whole(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {cell(text, 500)} | x |\n"
    cells = [each.type for each in tokens(table)].count("td_open")
    assert (cells, shown(table).endswith("x")) == (2, True)


def compared(new: int = 0, fixed: int = 0, left: int = 0, objects: int = 0) -> Report:
    """A report of findings that fail."""
    made = tuple(finding(number, severity=Severity.ERROR) for number in range(new + left))
    gone = tuple(finding(number, severity=Severity.WARNING) for number in range(100, 100 + fixed))
    comparison = Comparison("origin/main", made[:new], gone, made[new:], described(objects), (), ())
    return Report(made, 12, ("1.36",), comparison=comparison, links=LINKS, prefix="dist/")


@pytest.mark.parametrize(
    ("sample", "verdict"),
    [
        (compared(), "Clean: 12 objects checked for Kubernetes 1.36, nothing new."),
        (compared(fixed=1), "Clean: 12 objects checked for Kubernetes 1.36, 1 warning fixed, nothing new."),
        (compared(new=2, fixed=1), "Not ready: this change adds 2 errors and fixes 1 warning."),
        (compared(new=1, left=1), "Not ready: this change adds 1 error; 1 error is still open."),
        (compared(fixed=1, left=2), "Not ready: this change fixes 1 warning; 2 errors are still open."),
        (compared(left=3), "Not ready: 3 errors are still open; this change adds none."),
        (Report((), 12, ("1.36",)), "Clean: 12 objects checked for Kubernetes 1.36."),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_first_line_is_the_verdict_and_the_last_the_marker(sample: Report, verdict: str) -> None:
    lines = markdown.render(sample).splitlines()
    assert (lines[0], lines[-1]) == (verdict, markdown.MARKER)


def test_notes_and_waivers_that_are_new_are_told_in_the_verdict() -> None:
    note = finding(0, severity=Severity.NOTE)
    accepted = finding(1, waived=True)
    comparison = Comparison("main", (note, accepted), (), (), (), (), ())
    sample = Report((note, accepted), 12, ("1.36",), comparison=comparison)
    first = markdown.render(sample).splitlines()[0]
    assert (
        first == "Clean: 12 objects checked for Kubernetes 1.36, 1 waived, nothing new but 1 note, 1 waived."
    )


def test_what_could_not_be_read_outranks_the_rest() -> None:
    unread = replace(finding(0), rule="input/yaml")
    sample = Report((unread,), 12, ("1.36",), comparison=Comparison("main", (unread,), (), (), (), (), ()))
    assert markdown.render(sample).startswith(
        "Not everything could be read, so nothing is sure: this change adds"
    )


@pytest.mark.parametrize(("new", "left"), [(0, 30), (30, 0), (4, 30), (30, 30), (10, 1), (3, 3)])
def test_at_most_ten_findings_are_seen_at_once(new: int, left: int) -> None:
    page = markdown.render(compared(new=new, left=left))
    depth, seen = 0, 0
    for line in page.splitlines():
        depth += line.startswith("<details>") - line.startswith("</details>")
        seen += depth == 0 and line.startswith("- **")
    assert seen == min(markdown.UNFOLDED, new + left)
    assert page.count("- **error**") == new + left


def test_names_lead_to_files_and_lines() -> None:
    page = markdown.render(compared(new=1, objects=1))
    assert (
        f"[`dist/prod/tier-2/shop/Deployment-web-0.yaml:1`]({LINKS}dist/prod/tier-2/shop/Deployment-web-0.yaml#L1)"
        in page
    )
    assert f"- added [`Service/shop/s0`]({LINKS}dist/s0.yaml#L1)" in page
    plain = markdown.render(replace(compared(new=1, objects=1), links=""))
    assert "](" not in plain
    assert "`dist/prod/tier-2/shop/Deployment-web-0.yaml:1`" in plain


def test_a_mend_is_offered_as_a_suggestion() -> None:
    page = markdown.render(report(1, base=True))
    fences = [each for each in tokens(page) if each.type == "fence"]
    assert [(each.info, each.content) for each in fences] == [("suggestion", "    memory: 256Mi\n")]
    assert f"In [`apps/web/app.yaml:7`]({LINKS}apps/web/app.yaml#L7) write:" in page


def test_many_objects_are_folded() -> None:
    assert "<details>\n<summary>Objects: 40 added</summary>" in markdown.render(compared(objects=40))
    assert "### Objects: 2 added\n" in markdown.render(compared(objects=2))


def test_waived_findings_are_told_with_owner_and_end() -> None:
    page = markdown.render(Report((finding(1, waived=True),), 1, ("1.36",)))
    assert "<summary>Waived: 1</summary>" in page
    assert "waived until 2026-12-31 by ops in `apps/web/app.yaml:2`: until the move" in page


def test_a_summary_of_several_environments_shows_the_tiers_of_each() -> None:
    parts = tuple(replace(report(0), environment=name) for name in ("prod", "dev"))
    page = summary.render(Report(findings(3), 5, ("1.36",), parts=parts))
    assert page.index("## prod") < page.index("## dev") < page.index("## Errors")
    assert page.count("| 1 control |") == 2
