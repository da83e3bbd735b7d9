"""Every command of the workflows and the action, run as GitHub runs it against a local remote and API."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from tests.servers.github import BOT, NUMBER, READER, REPOSITORY, GitHub
from tests.shipped_project import ROOT
from tests.tierwright.cli.git_project import config
from tests.tierwright.delivery.road import PERSON, Clone, Road, program, run
from tests.tierwright.delivery.workflow import FILES, WORKFLOWS, Runner, jobs, run_steps
from tierwright.repository import environment

VERIFY, RELEASE, NIGHTLY = (WORKFLOWS / f"{name}.yml" for name in ("verify", "release", "nightly"))
ACTION = ROOT / "action.yml"
RUN_ELSEWHERE = {("verify", "test", "Lint, types and tests")}
"""What runs these very tests."""
SUCCESS, FAILURE = 0, 1


def with_dev(clone: Clone) -> Clone:
    """A clone with ./dev whose environment is that of this run, and which git passes over."""
    shutil.copy(ROOT / "dev", clone.root)
    shutil.copy(ROOT / "pyproject.toml", clone.root)
    (clone.root / ".dev").mkdir()
    (clone.root / ".dev/none.txt").touch()
    install(clone)
    (clone.root / ".git/info/exclude").write_text("/dev\n/.dev\n/.venv\n/pyproject.toml\n")
    return clone


def install(clone: Clone) -> None:
    """Let ./dev find its environment made: it is this run's."""
    (clone.root / ".venv").mkdir()
    for name in ("bin", "lib"):
        (clone.root / ".venv" / name).symlink_to(Path(sys.prefix, name))
    installed = "printf '%s' \"$(cat .dev/*.txt pyproject.toml | cksum) $PWD\" >.venv/.installed"
    assert run(clone.root, ["sh", "-c", installed]).returncode == 0


def variables(folder: Path, server: GitHub, *, fork: bool = False) -> dict[str, str]:
    sides = {"base": {"repo": {"id": 1}}, "head": {"repo": {"id": 2 if fork else 1}, "sha": "1" * 40}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "event.json").write_text(json.dumps({"pull_request": {"number": NUMBER, **sides}}))
    return {
        "GITHUB_API_URL": server.url,
        "GITHUB_BASE_REF": "main",
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_SERVER_URL": "https://github.com",
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": environment().get("PYTHONPATH", ""),
    }


def pull_request(road: Road, old: str, new: str) -> Clone:
    """What a runner checks out of a pull request."""
    clone = with_dev(road.clone())
    file = clone.root / "apps/waste/app.yaml"
    file.write_text(file.read_text().replace(old, new))
    clone.git("commit", "--quiet", "--all", "--message=a change")
    clone.git("checkout", "--quiet", "--detach")
    return clone


def test_every_command_is_run_by_a_test() -> None:
    found = {
        (path.stem, job, step["name"])
        for path in FILES
        for job in jobs(path)
        for step in run_steps(path, job)
    }
    run_here = {
        *(("verify", "difference", name) for name in ("Install", "Verify", "Comment")),
        ("release", "release", "Install"),
        ("release", "release", "Log in to the registry"),
        ("release", "release", "Release"),
        ("release", "release", "See that dist is what the description makes"),
        *(("nightly", job, "Install") for job in ("waivers", "kubernetes", "images")),
        ("nightly", "waivers", "Check as if it were in two weeks"),
        ("nightly", "kubernetes", "Take the newest schemas"),
        ("nightly", "kubernetes", "Check against them"),
        ("nightly", "images", "List"),
        *(("action", "action", name) for name in ("Install", "Check", "Comment")),
    }
    assert found == run_here | RUN_ELSEWHERE


def test_a_pull_request_is_verified_and_gets_its_comment(
    released: Road, github_server: GitHub, tmp_path: Path
) -> None:
    clone = pull_request(released, "memory: 256Mi", "memory: 288Mi")
    scratch = tmp_path / "runner"
    runner = Runner(clone.root, scratch, variables(scratch, github_server), {"github.token": BOT})
    assert set(runner.run(VERIFY, "difference").values()) == {SUCCESS}
    assert "Deployment/waste/waste-service" in github_server.bodies[0]
    assert "waste-service" in (scratch / "summary").read_text()
    assert json.loads((scratch / "findings.sarif").read_text())["version"] == "2.1.0"
    again = Runner(clone.root, tmp_path / "again", variables(scratch, github_server), {"github.token": BOT})
    again.run(VERIFY, "difference")
    assert again.told["Comment"].startswith("unchanged ")


def test_a_bad_change_fails_with_annotations_and_still_gets_its_comment(
    released: Road, github_server: GitHub, tmp_path: Path
) -> None:
    clone = pull_request(released, "memory: 256Mi", "memory: 256Gi")
    scratch = tmp_path / "runner"
    runner = Runner(clone.root, scratch, variables(scratch, github_server), {"github.token": BOT})
    codes = runner.run(VERIFY, "difference", after_failure=["Comment"])
    assert (codes["Verify"], codes["Comment"]) == (FAILURE, SUCCESS)
    assert "::error file=platform.yaml,line=" in runner.told["Verify"]
    assert "Not ready" in github_server.bodies[0]


def test_a_fork_is_verified_without_secrets(released: Road, github_server: GitHub, tmp_path: Path) -> None:
    clone = pull_request(released, "memory: 256Mi", "memory: 288Mi")
    scratch = tmp_path / "runner"
    given = variables(scratch, github_server, fork=True)
    runner = Runner(clone.root, scratch, given, {"github.token": READER})
    assert set(runner.run(VERIFY, "difference").values()) == {SUCCESS}
    assert runner.told["Comment"].startswith("not posted: the pull request comes from a fork")
    assert "waste-service" in (scratch / "summary").read_text()


def test_a_push_is_released(released: Road, tmp_path: Path) -> None:
    clone = with_dev(released.clone())
    clone.write({"apps/waste/main.py": "print('better')\n"})
    asked = tmp_path / "asked"
    login = f'case "$1" in login) echo "$* $(cat)" >>{asked}; exit 0;; esac'
    given = {
        "GITHUB_ACTOR": "minji",
        "GITHUB_REF_NAME": "main",
        "GITHUB_REF_TYPE": "branch",
        "PYTHONPATH": environment().get("PYTHONPATH", ""),
        **released.registry.variables,
    }
    runner = Runner(
        clone.root,
        tmp_path / "runner",
        given,
        {"github.token": BOT, "vars.DEBIAN": "docker.io/library/debian"},
    )
    # ghcr.io cannot be reached by a test: what would be said to it is noted.
    (tmp_path / "runner/path").write_text(f"{program(tmp_path / 'bin', login).parent}\n")
    codes = runner.run(RELEASE, "release")
    assert set(codes.values()) == {SUCCESS}, runner.told
    assert asked.read_text() == f"login --username minji --password-stdin ghcr.io {BOT}\n"
    assert released.commits()[0] == "Release waste to dev"
    assert released.git("log", "-1", "--format=%an <%ae>", "main").startswith(
        "github-actions[bot] <41898282+"
    )
    assert runner.told["See that dist is what the description makes"].endswith(
        "is what the description makes\n"
    )
    assert BOT not in "".join(runner.told.values())


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """This very repository, as it stands, in a copy."""
    root = tmp_path_factory.mktemp("own") / "repository"
    listed = run(ROOT, ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    clone = Clone(root)
    assert run(root, ["git", "init", "--quiet", "--initial-branch=main"]).returncode == 0
    clone.git("add", "--all")
    day = run(ROOT, ["git", "log", "-1", "--format=%cI"]).stdout.strip()
    done = run(root, ["git", "commit", "--quiet", "--message=all"], **PERSON, GIT_COMMITTER_DATE=day)
    assert done.returncode == 0, done.stderr
    return clone


@pytest.mark.parametrize("job", ["waivers", "kubernetes", "images"])
def test_every_night_the_repository_itself_is_looked_at(own: Clone, tmp_path: Path, job: str) -> None:
    shutil.copytree(own.root, tmp_path / "clone")
    clone = Clone(tmp_path / "clone")
    install(clone)
    sources = ":".join(str(clone.root / name) for name in ("synth", "policies", "constructs", "."))
    runner = Runner(clone.root, tmp_path / "runner", {"PYTHONPATH": sources})
    codes = runner.run(NIGHTLY, job)
    assert set(codes.values()) == {SUCCESS}, runner.told
    if job == "images":
        assert "docker.io/library/postgres:17.7" in json.loads(runner.outputs["images"])
    else:
        assert "Clean" in (tmp_path / "runner/summary").read_text()


def test_the_action_judges_a_repository_and_comments(github_server: GitHub, tmp_path: Path) -> None:
    project = Clone(tmp_path / "project")
    project.root.mkdir()
    project.git("init", "--quiet", "--initial-branch=main")
    (project.root / "deploy").mkdir()
    (project.root / "deploy/a.yaml").write_text(config("a"))
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message=good")
    (project.root / "deploy/b.yaml").write_text(config("b", "42"))
    scratch = tmp_path / "runner"
    given = {**variables(scratch, github_server), "PYTHONPATH": ""}
    expressions = {
        "github.action_path": str(ROOT),
        "inputs.directory": "deploy",
        "inputs.base": "main",
        "inputs.arguments": "--kubernetes-version 1.36  --ignore network",
        "inputs.token": BOT,
    }
    runner = Runner(project.root, scratch, given, expressions)
    codes = runner.run(ACTION, "action", after_failure=["Comment"])
    assert codes == {"Install": SUCCESS, "Check": FAILURE, "Comment": SUCCESS}, runner.told
    assert runner.outputs["sarif"] == str(scratch / "tierwright.sarif")
    assert "::error file=deploy/b.yaml,line=7" in runner.told["Check"]
    assert "1 new" in github_server.bodies[0]
    declared = yaml.safe_load(ACTION.read_text())["inputs"]
    assert {name.removeprefix("inputs.") for name in expressions if "inputs." in name} <= declared.keys()
