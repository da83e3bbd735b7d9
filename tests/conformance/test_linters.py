"""Cases of kube-linter and kube-score: what they find is found here, and nothing where they find nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance.linters import LINTERS, PAGE, agrees, checks, page, rows, rules_for


@pytest.fixture(scope="module")
def corpora() -> Path:
    folder = os.environ.get("TIERWRIGHT_CORPORA")
    if not folder:
        pytest.skip("TIERWRIGHT_CORPORA is not set: it names the folder of other projects' test cases")
    return Path(folder)


@pytest.mark.parametrize("linter", LINTERS)
def test_every_check_has_a_rule_or_a_reason(linter: str) -> None:
    neither = [name for name, reason in checks(linter).items() if not reason and not rules_for(linter, name)]
    both = [name for name, reason in checks(linter).items() if reason and rules_for(linter, name)]
    assert (neither, both) == ([], [])


@pytest.mark.parametrize("linter", LINTERS)
def test_most_checks_have_a_rule(linter: str) -> None:
    mapped = [name for name in checks(linter) if rules_for(linter, name)]
    assert len(mapped) >= 0.9 * len(checks(linter))


@pytest.mark.parametrize("linter", LINTERS)
def test_every_row_is_about_a_check_that_is_known(linter: str, corpora: Path) -> None:
    unknown = [row for row in rows(linter, corpora) if row.check not in checks(linter)]
    assert unknown == [], "map it, or give the reason under `rows` in linters.yaml"


@pytest.mark.parametrize("linter", LINTERS)
def test_mapped_rows_agree(linter: str, corpora: Path) -> None:
    mapped = [row for row in rows(linter, corpora) if rules_for(linter, row.check)]
    differing = [row for row in mapped if not agrees(row, corpora)]
    assert mapped
    assert len(differing) <= 0.05 * len(mapped), differing


def test_the_page_is_what_the_rules_say(corpora: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(corpora), (
        "write it anew with `TIERWRIGHT_CORPORA=… .venv/bin/python -m tests.conformance.linters`"
    )
