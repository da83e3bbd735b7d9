"""A second judge that fails costs no verdict, and does not hide why it failed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tierwright.day import commit_day

if TYPE_CHECKING:
    from tests.tierwright.cli.conftest import Project

# Pickles that end early, name what is not there, and are none at all.
ANSWERS = ["", r"cno_such_module\nname\n.", r"cbuiltins\nno_such_name\n.", "0", "no pickle"]


@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_it_answers_the_verdict_stands_and_its_last_words_are_heard(
    shipped: Project,
    answer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    from tierpolicies.beside import Request, answer_to
    from tierwright.description.loading import load_platform
    from tierwright.facts import facts
    from tierwright.judging import JudgeBeside

    platform = facts(load_platform(shipped.root / "platform.yaml"), "dev")
    request = Request(shipped.dist / "dev", platform, commit_day(shipped.root))
    broken = tmp_path / "judge"
    broken.write_text(f"#!/bin/sh\necho 'the reason' >&2\nprintf '{answer}'\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with JudgeBeside() as beside:
        assert beside.ask(request)() == answer_to(request)
    assert "the reason" in capfd.readouterr().err
