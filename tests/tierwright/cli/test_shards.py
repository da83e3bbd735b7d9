"""A check done by several processes: their report is the same, byte for byte."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.tierwright.cli.conftest import Project
from tierpolicies.report.formats import MODULES


def changed(project: Project) -> None:
    """The project with one dist committed, and another one in its folder."""
    git = ["git", "-C", str(project.root), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message=dist", "--date=2026-11-23T12:00:00"], check=True)
    for path in sorted((project.dist / "prod").rglob("Deployment-*.yaml")):
        path.write_text(
            path.read_text().replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false")
        )
    for path in sorted((project.dist / "dev").rglob("Service-*.yaml"))[::2]:
        path.unlink()


def shares(project: Project, count: int, *arguments: str) -> list[str]:
    files = []
    for number in range(1, count + 1):
        done = project.run("check", "--shard", f"{number}/{count}", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        files.append(f"share-{number}-{count}.json")
        (project.root / files[-1]).write_text(done.stdout)
    return files


@pytest.mark.parametrize("base", [(), ("--base", "HEAD", "--today", "2026-11-23")], ids=["alone", "base"])
def test_every_format_is_the_same_byte_for_byte(project: Project, base: tuple[str, ...]) -> None:
    changed(project)
    outputs = {name: [f"--format={name}={kind}.{name}" for kind in ("one", "several")] for name in MODULES}
    whole = project.run("check", *base, *(each[0] for each in outputs.values()))
    files = shares(project, 3, *base)
    merged = project.run("merge-reports", *reversed(files), *(each[1] for each in outputs.values()))
    assert (merged.returncode, merged.stdout, merged.stderr) == (whole.returncode, whole.stdout, whole.stderr)
    assert whole.returncode == 1
    for name in MODULES:
        one, several = (project.root / f"{kind}.{name}" for kind in ("one", "several"))
        assert several.read_bytes() == one.read_bytes(), name
        assert one.stat().st_size


def test_a_share_that_is_missing_or_strange_is_refused(project: Project) -> None:
    files = shares(project, 3)
    other = shares(project, 2, "--env", "prod")[0]
    (project.root / "none.json").write_text('{"version": 1}')
    calls = [
        (files[1:2] + files[2:], 2, "the share 1/3 is missing"),
        ([other, *files], 2, "is a share of another check than"),
        (["none.json"], 3, "it is no share of a check"),
        (["nowhere.json"], 3, "nowhere.json"),
    ]
    for names, code, told in calls:
        done = project.run("merge-reports", *names)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert told in done.stderr


def test_shares_of_files_that_changed_since_are_refused(project: Project) -> None:
    files = shares(project, 2)
    path = next(iter(sorted((project.dist / "prod").rglob("Service-*.yaml"))))
    path.write_text(path.read_text() + "# a remark\n")
    done = project.run("merge-reports", *files)
    assert (done.returncode, done.stdout) == (3, "")
    assert "made of other files than those that are here" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--shard", "0/3"), "write for example 1/3"),
        (("--shard", "4/3"), "write for example 1/3"),
        (("--shard", "one"), "write for example 1/3"),
        (("--shard", "1/2", "--format", "json"), "--format belongs to `tierwright merge-reports`"),
        (("--shard", "1/2", "--changed-since", "HEAD"), "asks for a part of one"),
        (("-", "--shard", "1/2"), "--shard needs a folder"),
    ],
)
def test_what_makes_no_share_is_wrong_usage(shipped: Project, arguments: tuple[str, ...], told: str) -> None:
    done = shipped.run("check", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_a_share_names_its_check(shipped: Project, tmp_path: Path) -> None:
    told = json.loads(shipped.run("check", "--shard", "2/4", "--env", "dev").stdout)
    assert (told["share"], told["of"], told["request"]["environments"]) == (2, 4, ["dev"])
