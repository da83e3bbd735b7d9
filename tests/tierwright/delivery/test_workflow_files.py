"""The workflows, the action and the hooks as files: valid, pinned, with no more rights than they need."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.shipped_project import ROOT
from tests.tierwright.delivery.workflow import FILES, TEMPLATES, WORKFLOWS, jobs, load, run_steps

PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
RIGHTS = {
    ("release", "release"): {"contents": "write", "packages": "write"},
    ("verify", "difference"): {"contents": "read", "pull-requests": "write", "security-events": "write"},
    ("nightly", "scan"): {"contents": "read", "packages": "read"},
}
"""The jobs that may more than read the repository."""
every_file = pytest.mark.parametrize("path", [*FILES, *TEMPLATES], ids=lambda path: path.name)
every_workflow = pytest.mark.parametrize(
    "path", [*sorted(WORKFLOWS.glob("*.yml")), *TEMPLATES], ids=lambda path: path.name
)


def name_of(path: Path) -> str:
    return path.name.partition(".")[0]


def program(name: str) -> str:
    """A program of this virtual environment."""
    return str(Path(sys.executable).with_name(name))


def schema(name: str) -> Any:
    """A schema of SchemaStore's, as check-jsonschema ships it."""
    return json.loads(files("check_jsonschema").joinpath(f"builtin_schemas/vendor/{name}.json").read_bytes())


@every_file
def test_a_file_is_valid_by_githubs_schema(path: Path) -> None:
    validator = Draft7Validator(schema("github-actions" if path.name == "action.yml" else "github-workflows"))
    document = yaml.safe_load(path.read_text())
    document = {("on" if key is True else key): value for key, value in document.items()}
    assert [error.message for error in validator.iter_errors(document)] == []


def test_zizmor_finds_nothing() -> None:
    command = [program("zizmor"), "--offline", "--persona=pedantic", "--no-progress", ".github", "action.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout


@every_file
def test_actions_are_pinned_by_commit_with_their_version(path: Path) -> None:
    used = [line.strip().removeprefix("- ") for line in path.read_text().splitlines() if "uses:" in line]
    assert all(PINNED.fullmatch(line) for line in used), used


def test_an_action_is_pinned_to_one_commit_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for path in [*FILES, *TEMPLATES]:
        for name, commit in re.findall(r"uses: ([\w./-]+)@(\S+ # \S+)", path.read_text()):
            pins.setdefault(name, set()).add(commit)
    assert {name: len(commits) for name, commits in pins.items() if len(commits) > 1} == {}


@every_workflow
def test_a_job_has_no_more_rights_than_it_needs(path: Path) -> None:
    told = load(path)
    assert told["permissions"] == {}
    assert "pull_request_target" not in told["on"]
    assert told["concurrency"]["group"]
    for name, job in jobs(path).items():
        rights = RIGHTS.get((name_of(path), name), {"contents": "read"})
        if path in TEMPLATES:  # a private repository may have no code scanning
            rights = {key: may for key, may in rights.items() if key != "security-events"}
        assert job["permissions"] == rights, name
        assert int(job["timeout-minutes"]) <= 90
    assert (told["concurrency"]["cancel-in-progress"] == "false") == (name_of(path) == "release")


@every_workflow
def test_only_the_release_keeps_the_credentials_of_its_checkout(path: Path) -> None:
    for job in jobs(path).values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert (step["with"]["persist-credentials"] == "true") == (name_of(path) == "release")


@every_file
def test_no_expression_is_pasted_into_a_command(path: Path) -> None:
    for name in jobs(path):
        for step in run_steps(path, name):
            assert "${{" not in step["run"], step["name"]


@every_workflow
def test_jobs_and_steps_that_are_named_exist(path: Path) -> None:
    known = jobs(path)
    text = path.read_text()
    for job, output in re.findall(r"needs\.([\w-]+)\.outputs\.([\w-]+)", text):
        assert output in known[job]["outputs"]
    for job in known.values():
        needed = job.get("needs", [])
        assert {needed} if isinstance(needed, str) else set(needed) <= known.keys()
        ids = {step["id"] for step in job["steps"] if "id" in step}
        assert set(re.findall(r"steps\.([\w-]+)\.", json.dumps(job))) <= ids


def test_the_hooks_are_hooks() -> None:
    manifest = ROOT / ".pre-commit-hooks.yaml"
    command = [program("pre-commit"), "validate-manifest", str(manifest)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    for hook in yaml.safe_load(manifest.read_text()):
        name, *arguments = hook["entry"].split()
        shown = subprocess.run(
            [program(name), *arguments, "--help"], capture_output=True, text=True, check=False, timeout=60
        )
        assert shown.returncode == 0
        assert hook["pass_filenames"] is False
