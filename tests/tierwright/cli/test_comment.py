"""`tierwright comment` as a step of a workflow calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.github import BOT, NUMBER, READER, REPOSITORY, GitHub

REPORT = "## Clean\n\n<!-- tierwright: report -->\n"


class Step:
    """A step of a workflow that runs for a pull request."""

    def __init__(self, folder: Path, github_server: GitHub, *, fork: bool = False) -> None:
        self.folder = folder
        (folder / "comment.md").write_text(REPORT)
        sides = {"base": {"repo": {"id": 1}}, "head": {"repo": {"id": 2 if fork else 1}}}
        (folder / "event.json").write_text(json.dumps({"pull_request": {"number": NUMBER, **sides}}))
        self.variables = {
            "GITHUB_API_URL": github_server.url,
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": BOT,
            "NO_PROXY": "127.0.0.1",
        }

    def run(self, *arguments: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "tierwright", "comment", *(arguments or ("comment.md",))],
            cwd=self.folder,
            env=os.environ | self.variables | variables,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert "Traceback" not in done.stderr
        assert BOT not in done.stdout + done.stderr
        return done


def test_a_step_posts_the_report_and_the_next_run_updates_it(tmp_path: Path, github_server: GitHub) -> None:
    step = Step(tmp_path, github_server)
    done = step.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"created {github_server.comments[0]['html_url']}\n"
    again = step.run("-", given=REPORT.replace("Clean", "Not ready"))
    assert again.stdout == f"updated {github_server.comments[0]['html_url']}\n"
    assert "Not ready" in github_server.bodies[0]


def test_outside_of_a_run_the_place_is_named(tmp_path: Path, github_server: GitHub) -> None:
    step = Step(tmp_path, github_server)
    named = ("comment.md", "--pull-request", str(NUMBER), "--repository", REPOSITORY)
    assert step.run(*named, GITHUB_EVENT_PATH="", GITHUB_REPOSITORY="").returncode == 0
    assert len(github_server.comments) == 1


@pytest.mark.parametrize("token", ["", READER])
def test_a_fork_cannot_comment_and_is_no_failure(tmp_path: Path, github_server: GitHub, token: str) -> None:
    done = Step(tmp_path, github_server, fork=True).run(GITHUB_TOKEN=token, GH_TOKEN="")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("not posted: the pull request comes from a fork")
    assert github_server.comments == []


def test_a_token_that_may_not_write_fails_elsewhere(tmp_path: Path, github_server: GitHub) -> None:
    done = Step(tmp_path, github_server).run(GITHUB_TOKEN=READER)
    assert done.returncode == 1
    assert "pull-requests: write" in done.stderr


def test_what_is_missing_is_named(tmp_path: Path, github_server: GitHub) -> None:
    step = Step(tmp_path, github_server)
    calls = [
        (step.run(GITHUB_TOKEN="", GH_TOKEN=""), 2, "GITHUB_TOKEN is not set"),
        (step.run(GITHUB_EVENT_PATH=""), 2, "write --pull-request"),
        (step.run(GITHUB_EVENT_PATH="/none.json"), 2, "write --pull-request"),
        (step.run(GITHUB_REPOSITORY="waste-coach"), 2, "'waste-coach' is no repository"),
        (step.run("--repository", "../x/y", "comment.md"), 2, "'../x/y' is no repository"),
        (step.run("none.md"), 3, "none.md"),
        (step.run(GITHUB_API_URL="http://api.example.org"), 1, "may not be sent in the clear"),
    ]
    for done, code, told in calls:
        assert (done.returncode, done.stdout) == (code, "")
        assert told in done.stderr
    assert github_server.asked == []


def test_a_token_with_a_line_break_is_told_before_anything_is_sent(
    tmp_path: Path, github_server: GitHub
) -> None:
    done = Step(tmp_path, github_server).run(GITHUB_TOKEN="a\nb")
    assert done.returncode == 2
    assert "GITHUB_TOKEN holds blanks or line breaks" in done.stderr
    assert github_server.asked == []
