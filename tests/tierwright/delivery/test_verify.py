"""What a pull request makes of dist, told from its commits alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.tierwright.delivery.road import Clone, Road

BASE = ("--base", "origin/main")


def branch(clone: Clone, path: str, old: str, new: str) -> None:
    """A commit of a branch in which nobody touched dist."""
    file = clone.root / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    clone.git("checkout", "--quiet", "-B", "change")
    clone.git("commit", "--quiet", "--all", "--message=a change")


def verified(clone: Clone, folder: Path, *arguments: str, **variables: str) -> tuple[int, Any, str]:
    done = clone.run(
        "verify",
        *(arguments or BASE),
        "--format",
        f"json={folder}/r.json",
        "--format",
        f"markdown={folder}/r.md",
        **variables,
    )
    assert done.stdout == ""
    told = (folder / "r.json").read_text() if (folder / "r.json").exists() else "{}"
    return done.returncode, json.loads(told), (folder / "r.md").read_text() + done.stderr


def test_a_change_is_told_though_nobody_committed_dist(released: Road, tmp_path: Path) -> None:
    clone = released.clone()
    branch(clone, "apps/waste/app.yaml", "memory: 256Mi", "memory: 288Mi")
    before = clone.git("status", "--porcelain"), clone.git("rev-parse", "HEAD")
    code, report, comment = verified(clone, tmp_path)
    assert code == 0
    assert report["verdict"] == "clean"
    assert "Deployment/waste/waste-service" in comment
    assert "origin/main" in comment
    assert (clone.git("status", "--porcelain"), clone.git("rev-parse", "HEAD")) == before
    assert clone.git("worktree", "list").count("\n") == 0
    assert clone.git("for-each-ref", "--format=%(refname)", "refs/tierwright") == ""


def test_what_was_not_released_yet_is_no_part_of_the_change(released: Road, tmp_path: Path) -> None:
    clone, other = released.clone(), released.clone("other")
    text = (other.root / "apps/auth/app.yaml").read_text()
    other.write({"apps/auth/app.yaml": text.replace("memory: 256Mi", "memory: 264Mi")})
    clone.git("pull", "--quiet", "origin", "main")
    branch(clone, "apps/waste/app.yaml", "memory: 256Mi", "memory: 288Mi")
    _, _, comment = verified(clone, tmp_path)
    assert "waste-service" in comment
    assert "auth-service" not in comment


def test_a_change_that_is_refused_is_told_with_the_line_to_mend(released: Road, tmp_path: Path) -> None:
    clone = released.clone()
    branch(clone, "apps/waste/app.yaml", "memory: 256Mi", "memory: 256Gi")
    code, report, comment = verified(clone, tmp_path)
    assert code == 1
    found = [each for each in report["findings"] if each["severity"] == "error"]
    assert "apps/waste/app.yaml" in {each["source"]["file"] for each in found if each["source"]}
    assert "Not ready" in comment


def test_a_description_that_means_nothing_is_told_as_the_comment(released: Road, tmp_path: Path) -> None:
    clone = released.clone()
    branch(clone, "apps/worker_ai/app.yaml", "redis-cache", "redis-cash")
    code, report, comment = verified(clone, tmp_path)
    assert (code, report) == (3, {})
    assert "did you mean 'redis-cache'?" in comment.partition("<!-- tierwright: report -->")[0]


def test_a_base_that_means_nothing_is_no_obstacle(released: Road, tmp_path: Path) -> None:
    other = released.clone("other")
    text = (other.root / "apps/worker_ai/app.yaml").read_text()
    other.write({"apps/worker_ai/app.yaml": text.replace("redis-cache", "redis-cash")})
    clone = released.clone()
    branch(clone, "apps/worker_ai/app.yaml", "redis-cash", "redis-cache")
    code, report, comment = verified(clone, tmp_path)
    assert (code, report["verdict"]) == (0, "clean")
    assert "compared with the dist that it holds" in comment


def test_a_base_that_is_not_there_is_wrong_usage(released: Road) -> None:
    clone = released.clone()
    for base, told in (("origin/man", "is no commit of this clone"), ("--all", "is no revision")):
        done = clone.run("verify", f"--base={base}")
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr


def test_where_dist_cannot_be_made_the_one_that_is_there_is_no_answer(released: Road, tmp_path: Path) -> None:
    clone = released.clone()
    branch(clone, "apps/waste/app.yaml", "memory: 256Mi", "memory: 256Gi")
    code, report, told = verified(clone, tmp_path, JSII_NODE="/none/node")
    assert (code, report) == (3, {})
    assert "dist could not be made" in told
    assert told.count("/none/node") == 2
