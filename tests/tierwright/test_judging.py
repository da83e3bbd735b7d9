"""The second judge: the same verdicts as the first, from a process that outlives nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from tierpolicies.beside import Request, answer_to
from tierpolicies.platform import Platform
from tierpolicies.report import summary
from tierpolicies.report.model import Report
from tierwright.compose.plan import Plan
from tierwright.facts import facts
from tierwright.judging import JudgeBeside

DIST = Path(__file__).parents[2] / "dist"
TODAY = date(2026, 11, 23)


@pytest.fixture
def request_for(shipped_facts: dict[str, Platform]):
    return lambda name: Request(DIST / name, shipped_facts[name], TODAY)


@pytest.fixture(scope="module")
def shipped_facts(prod: Plan, dev: Plan) -> dict[str, Platform]:
    return {plan.name: facts(plan.platform, plan.name) for plan in (prod, dev)}


def test_it_reports_what_the_judge_reports(request_for, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [summary.render(answer_to(request_for(name))) for name in ("prod", "dev")]
    # GIVEN that this process could not answer for it
    monkeypatch.setattr("tierpolicies.judgement.judge", lambda *_, **__: pytest.fail("judged here"))
    # WHEN
    with JudgeBeside() as beside:
        answers = [beside.ask(request_for(name)) for name in ("prod", "dev")]
        reports = [answer() for answer in answers]
    # THEN
    assert [summary.render(report) for report in reports] == expected
    assert reports[0].objects > reports[1].objects > 0


def test_a_judge_that_died_is_replaced_by_this_process(request_for) -> None:
    with JudgeBeside() as beside:
        os.kill(beside._process.pid, signal.SIGKILL)
        beside._process.wait()

        report = beside.ask(request_for("dev"))()

    assert summary.render(report) == summary.render(answer_to(request_for("dev")))


def test_it_ends_when_whoever_started_it_is_killed() -> None:
    script = """
import os, signal, time
from tierwright.judging import JudgeBeside
beside = JudgeBeside()
print(beside._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    starter = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    judge = Path("/proc") / starter.stdout.strip()

    for _ in range(200):
        if not judge.exists() or "zombie" in (judge / "status").read_text():
            return
        signal.sigtimedwait([], 0.05)
    pytest.fail("the second judge is still there")


def test_questions_and_answers_beyond_what_pipes_hold_do_not_lock_up(
    shipped_facts: dict[str, Platform], tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    request = Request(tmp_path, shipped_facts["prod"], TODAY)
    answers: list[Callable[[], Report]] = []

    def ask() -> None:
        with JudgeBeside() as beside:
            answers.extend([beside.ask(request) for _ in range(200)])

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout=120)

    assert not asking.is_alive()
    assert {answer().objects for answer in answers[:-1]} == {1}
