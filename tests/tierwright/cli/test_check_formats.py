"""Where reports go: whole files or none, and streams as they are."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tierwright.cli.git_project import GitProject, config

IMPORTS = """
import sys
from tierwright.cli import main
try:
    main()
finally:
    heavy = {"cdk8s", "constructs", "git", "jsii", "pydantic", "rich", "asyncio", "urllib.request"}
    print("heavy:", *sorted(heavy & set(sys.modules)), file=sys.stderr)
"""
"""Each of them takes 20 to 400 ms."""


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    return GitProject.new(tmp_path / "project", {"deploy/a.yaml": config("a", "42")})


def test_a_report_takes_the_place_of_an_older_one(project: GitProject, tmp_path: Path) -> None:
    file = tmp_path / "out/report.json"
    file.parent.mkdir()
    file.write_text("older and longer than nothing" * 1000)
    assert project.run("deploy", f"--format=json={file}").returncode == 1
    assert json.loads(file.read_text())["exit"] == 1
    assert [path.name for path in file.parent.iterdir()] == ["report.json"]


def test_a_link_stays_one(project: GitProject, tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("report.json")
    project.run("deploy", f"--format=json={tmp_path / 'link.json'}")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "report.json").read_text())["exit"] == 1


def test_devices_and_pipes_are_written_to(project: GitProject, tmp_path: Path) -> None:
    assert project.run("deploy", "--format=json=/dev/null").returncode == 1
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        project.run("deploy", f"--format=json={pipe}")
        assert json.loads(reader.communicate()[0])["exit"] == 1


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("nowhere/report.json", "its folder does not exist. Create it."),
        ("deploy", "Is a directory"),
        ("deploy/a.yaml/report.json", "Not a directory"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_and_hides_no_finding(
    project: GitProject, tmp_path: Path, file: str, told: str
) -> None:
    markdown = tmp_path / "report.md"
    answer = project.run("deploy", f"--format=json={file}", "--format=text", f"--format=markdown={markdown}")
    assert answer.returncode == 3
    assert answer.stderr.startswith(f"tierwright: {file}: ")
    assert told in answer.stderr
    assert "error[schema/valid]" in answer.stdout
    assert markdown.read_text(), "the other reports are where they belong"
    assert project.git("status", "--porcelain") == "", "nothing half-written is left"


def test_a_full_disk_leaves_the_older_report(project: GitProject) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no full device")
    answer = project.run("deploy", "--format=json=/dev/full")
    assert answer.returncode == 3
    assert "/dev/full: No space left on device" in answer.stderr


def test_one_file_and_standard_input(project: GitProject) -> None:
    one = project.run("deploy/a.yaml")
    assert (one.returncode, "--> a.yaml:7:11" in one.stdout) == (1, True)
    given = project.run("-", given=config("a", "42"))
    assert (given.returncode, "--> stdin:7:11" in given.stdout) == (1, True)
    assert project.run("-", given=config("a")).returncode == 0
    assert project.run("-", given="").returncode == 3, "nothing to check is no success"
    assert project.run("-", given="a: [").returncode == 3
    past = project.run("-", "--base", "main", given=config("a"))
    assert (past.returncode, "standard input has no past" in past.stderr) == (2, True)


def test_progress_is_for_a_terminal(project: GitProject) -> None:
    answer = project.run("deploy", "--format=json")
    assert answer.stderr == ""
    json.loads(answer.stdout)


@pytest.mark.parametrize("arguments", [[], ["--format=json"], ["--select=reliability,schema"]], ids=str)
def test_a_check_without_a_description_imports_nothing_heavy(
    project: GitProject, arguments: list[str]
) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", IMPORTS, "check", "deploy", *arguments],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (1, "heavy:\n")


def test_comparing_with_a_base_imports_nothing_heavy_either(project: GitProject) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", IMPORTS, "check", "deploy", "--base=main"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (1, "heavy:\n")


def at_a_terminal(project: GitProject, *arguments: str, **variables: str) -> tuple[str, str]:
    """What a person sees: both streams on a terminal, and the modules that were imported."""
    reader, terminal = pty.openpty()
    code = f"{IMPORTS.strip()}\n"
    with subprocess.Popen(
        [sys.executable, "-c", code, "check", "deploy", *arguments],
        cwd=project.root,
        env=os.environ | {"TERM": "xterm"} | variables,
        stdout=terminal,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        seen = b""
        try:
            while more := os.read(reader, 65536):
                seen += more
        except OSError:
            pass  # Linux says so when the last writer has gone
    os.close(reader)
    assert process.returncode == 1
    text, _, modules = seen.decode().replace("\r\n", "\n").rpartition("heavy:")
    return text, modules


def test_a_person_sees_colours_and_the_present_step(project: GitProject) -> None:
    seen, modules = at_a_terminal(project)
    assert "checking deploy …\r\x1b[2K" in seen
    assert "\x1b[1;31merror\x1b[0m[schema/valid]: " in seen
    assert "\x1b[1;31mNot ready: 1 error in 1 object.\x1b[0m" in seen
    assert modules == "\n", "a person waits no longer than a program"


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_person_may_want_no_colours(project: GitProject, variables: dict[str, str]) -> None:
    seen, _ = at_a_terminal(project, **variables)
    assert "error[schema/valid]: " in seen
    assert "\x1b[1" not in seen


def test_a_manifest_does_not_steer_the_terminal(project: GitProject) -> None:
    project.write({"deploy/a.yaml": config('"\\e[2Jgone"', "42")})
    seen, _ = at_a_terminal(project)
    assert "\x1b[2J" not in seen
    assert "\\x1b[2Jgone" in seen
