"""Where the checked files are: in their repository, on the web, and on which day they were committed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.tierwright.cli.git_project import PLATFORM, TODAY, GitProject, config
from tierwright.day import commit_day
from tierwright.links import links
from tierwright.repository import Repository

ACTIONS = {
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "shop/platform",
    "GITHUB_SHA": "0123abc",
}


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    files = {"deploy/base/a.yaml": config("a"), "a.yaml": config("root")}
    return GitProject.new(tmp_path / "project", files)


@pytest.fixture
def repository(project: GitProject) -> Repository:
    found = Repository.around(project.root)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("checked", "prefix"),
    [
        ("", ""),
        ("deploy", "deploy/"),
        ("deploy/base", "deploy/base/"),
        ("deploy/base/a.yaml", "deploy/base/"),
    ],
)
def test_the_way_from_the_repositorys_root(project: GitProject, checked: str, prefix: str) -> None:
    report = project.report(checked)
    assert report.prefix == prefix


def test_the_way_through_a_link_is_that_of_its_target(project: GitProject, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project.root / "deploy")
    assert project.report(str(tmp_path / "link")).prefix == "deploy/"


def test_outside_of_a_repository_there_is_no_way_and_no_web(tmp_path: Path, project: GitProject) -> None:
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose/a.yaml").write_text(config("a"))
    report = project.report(str(tmp_path / "loose"), linked=True)
    assert (report.prefix, report.links) == ("", "")


def test_links_are_made_only_for_reports_that_have_some(project: GitProject) -> None:
    project.git("remote", "add", "origin", "https://github.com/shop/platform.git")
    assert project.report("deploy").links == ""
    assert project.report("deploy", linked=True).links.startswith("https://github.com/shop/platform/blob/")


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/shop/platform.git", "https://github.com/shop/platform/blob/{}/"),
        ("https://github.com/shop/platform", "https://github.com/shop/platform/blob/{}/"),
        ("git@github.com:shop/platform.git", "https://github.com/shop/platform/blob/{}/"),
        ("ssh://git@github.com:22/shop/platform.git", "https://github.com/shop/platform/blob/{}/"),
        ("https://bot:secret@gitlab.com/a/b/c.git", "https://gitlab.com/a/b/c/-/blob/{}/"),
        ("git@gitlab.shop.example:a/b.git", "https://gitlab.shop.example/a/b/-/blob/{}/"),
        ("https://git.shop.example/a/b.git", ""),
        ("/srv/git/platform.git", ""),
        ("file:///srv/github/platform.git", ""),
        ("../platform", ""),
    ],
)
def test_the_remote_tells_the_address(
    project: GitProject, repository: Repository, remote: str, address: str
) -> None:
    project.git("remote", "add", "origin", remote)
    assert links(repository, {}) == address.format(project.git("rev-parse", "HEAD"))


def test_no_remote_and_no_commit_have_no_address(
    project: GitProject, repository: Repository, tmp_path: Path
) -> None:
    assert links(repository, {}) == ""
    (tmp_path / "empty").mkdir()
    empty = GitProject(tmp_path / "empty")
    empty.git("init", "--quiet", "--template=")
    empty.git("remote", "add", "origin", "https://github.com/shop/platform")
    assert links(Repository(empty.root), {}) == ""


def test_github_actions_tell_the_address(repository: Repository, tmp_path: Path) -> None:
    assert links(repository, ACTIONS) == "https://github.example/shop/platform/blob/0123abc/"
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"head": {"sha": "feed"}}}))
    told = {**ACTIONS, "GITHUB_EVENT_PATH": str(event)}
    assert links(repository, told) == "https://github.example/shop/platform/blob/feed/"
    for text in ("{}", "[]", "no JSON", '{"pull_request": {"head": 1}}'):
        event.write_text(text)
        assert links(repository, told) == "https://github.example/shop/platform/blob/0123abc/"


def test_the_workspace_of_a_run_is_not_every_repository(repository: Repository, tmp_path: Path) -> None:
    assert links(repository, {**ACTIONS, "GITHUB_WORKSPACE": str(tmp_path)}) != ""
    assert links(repository, {**ACTIONS, "GITHUB_WORKSPACE": str(tmp_path / "other")}) == ""


# The day


def test_the_day_is_that_of_the_checked_commit(project: GitProject, tmp_path: Path) -> None:
    other = GitProject.new(tmp_path / "other", {"deploy/a.yaml": config("a")})
    other.commit(day="2025-03-01")
    assert commit_day(other.root / "deploy") == date(2025, 3, 1)
    assert commit_day(other.root / "deploy/a.yaml") == date(2025, 3, 1), "the file's repository, not ours"
    assert commit_day(project.root) == TODAY


def test_the_day_outside_of_a_commit_is_today(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    GitProject(tmp_path / "new").git("init", "--quiet", "--template=")
    days = {commit_day(tmp_path), commit_day(tmp_path / "new")}
    assert days <= {date.today(), date.fromordinal(date.today().toordinal() - 1)}, "UTC may be a day behind"


def test_the_day_of_a_folder_elsewhere_decides_about_its_waivers(tmp_path: Path, project: GitProject) -> None:
    waiver = """\
waivers:
  - rule: schema/valid
    object: ConfigMap/shop/a
    owner: platform-team
    reason: It is being replaced next week.
    expires: 2025-03-10
    environments: [prod]
"""
    files = {"platform.yaml": PLATFORM + waiver, "dist/prod/a.yaml": config("a", "42")}
    other = GitProject.new(tmp_path / "other", files)
    other.commit(day="2025-03-01")
    assert project.run(other.root / "dist").returncode == 0
    other.commit(day="2025-03-11")
    assert "error[waivers/expired]" in project.run(other.root / "dist").stdout
    assert project.run(other.root / "dist", "--today", "2025-03-10").returncode == 0
