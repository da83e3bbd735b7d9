"""`check --base`: what changed since a revision, read from git's objects of real repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tierwright.cli.comparisons import WRONG, comparison, names, told
from tests.tierwright.cli.git_project import GitProject, config


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """`deploy` on main with an object that stays, one that goes, one that changes and one that is wrong."""
    return GitProject.new(
        tmp_path / "project",
        {
            "deploy/stays.yaml": config("stays"),
            "deploy/goes.yaml": config("goes"),
            "deploy/changes.yaml": config("changes", '"a"'),
            "deploy/wrong.yaml": config("wrong", WRONG),
            "deploy/mended.yaml": config("mended", WRONG),
            "other/elsewhere.yaml": config("elsewhere"),
        },
    )


def changed(project: GitProject) -> None:
    """The working tree after a change of every kind."""
    (project.root / "deploy/goes.yaml").unlink()
    project.write(
        {
            "deploy/changes.yaml": config("changes", '"b"'),
            "deploy/mended.yaml": config("mended"),
            "deploy/comes.yaml": config("comes", WRONG),
        }
    )


def test_what_a_change_does(project: GitProject) -> None:
    changed(project)
    report = project.report("deploy", base="main")
    found = comparison(report)
    assert found.base == "main"
    assert told(found.new) == {("schema/valid", "comes")}
    assert told(found.fixed) == {("schema/valid", "mended")}
    assert told(found.open) == {("schema/valid", "wrong")}
    assert (names(found.added), names(found.removed)) == (["comes"], ["goes"])
    assert names(found.changed) == ["changes", "mended"]
    assert [each.file for each in found.fixed] == ["mended.yaml"]
    assert len(report.objects_described) == 5


def test_nothing_changed(project: GitProject) -> None:
    found = comparison(project.report("deploy", base="HEAD"))
    assert found.is_empty
    assert len(found.open) == 2


def test_moving_and_reordering_changes_nothing(project: GitProject) -> None:
    (project.root / "deploy/wrong.yaml").unlink()
    text = f"{config('wrong', WRONG)}---\n{(project.root / 'deploy/stays.yaml').read_text()}"
    project.write({"deploy/stays.yaml": text})
    assert comparison(project.report("deploy", base="HEAD")).is_empty


def test_without_a_base_nothing_is_described(project: GitProject) -> None:
    report = project.report("deploy")
    assert (report.comparison, report.objects_described) == (None, ())


def test_the_exit_code_is_the_heads(project: GitProject) -> None:
    project.write({f"deploy/{name}.yaml": config(name) for name in ("wrong", "mended")})
    assert project.run("deploy", "--base", "main").returncode == 0, "what was wrong is mended"
    project.write({"deploy/wrong.yaml": config("wrong", WRONG)})
    answer = project.run("deploy", "--base", "main")
    assert answer.returncode == 1, "a finding that was there before is still one"
    assert answer.stderr == ""


def test_the_working_tree_and_the_repository_stay_as_they_are(project: GitProject) -> None:
    changed(project)
    before = project.git("status", "--porcelain"), project.git("rev-parse", "HEAD")
    assert project.run("deploy", "--base", "main").returncode == 1
    assert (project.git("status", "--porcelain"), project.git("rev-parse", "HEAD")) == before


@pytest.mark.parametrize("folder", ["", "deploy", "deploy/stays.yaml"])
def test_the_root_a_folder_and_a_file_of_a_repository(project: GitProject, folder: str) -> None:
    found = comparison(project.report(folder, base="main"))
    assert found.is_empty
    project.write({"deploy/stays.yaml": config("stays", '"b"')})
    found = comparison(project.report(folder, base="main"))
    assert names(found.changed) == ["stays"]
    assert (found.added, found.removed) == ((), ())


def test_a_folder_that_did_not_exist_yet(project: GitProject) -> None:
    project.write({"fresh/a.yaml": config("a"), "fresh/b.yaml": config("b", WRONG)})
    report = project.report("fresh", base="main")
    found = comparison(report)
    assert names(found.added) == ["a", "b"]
    assert (told(found.new), found.fixed, found.open) == ({("schema/valid", "b")}, (), ())
    assert report.exit == 1


def test_what_was_broken_before_may_be_mended(project: GitProject) -> None:
    project.write({"deploy/goes.yaml": "a: [\n"})
    broken = project.commit()
    for name in ("wrong", "mended", "goes"):
        project.write({f"deploy/{name}.yaml": config(name)})
    report = project.report("deploy", base=broken)
    assert report.exit == 0
    assert ("input/syntax", "") in told(comparison(report).fixed)


def test_a_link_reads_as_what_it_leads_to(project: GitProject) -> None:
    """As the working tree is read, so that a link seems neither new nor gone."""
    (project.root / "deploy/sub").mkdir()
    (project.root / "deploy/sub/link.yaml").symlink_to("../stays.yaml")
    base = project.commit()
    assert comparison(project.report("deploy", base=base)).is_empty
    assert comparison(project.report("deploy/sub", base=base)).added, "it leads out of the folder"


def test_links_submodules_pointers_and_hidden_folders_are_passed_over(
    project: GitProject, tmp_path: Path
) -> None:
    module = GitProject.new(tmp_path / "module", {"inner.yaml": config("inner")})
    project.git("submodule", "--quiet", "add", f"file://{module.root}", "deploy/module")
    (project.root / "deploy/link.yaml").symlink_to("nowhere.yaml")
    (project.root / "deploy/linked").symlink_to("../other")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    project.write({"deploy/large.yaml": pointer, "deploy/.hidden/a.yaml": "a: [", "deploy/notes.md": "a"})
    base = project.commit()
    for name in ("large.yaml", "link.yaml"):
        (project.root / "deploy" / name).unlink()
    found = comparison(project.report("deploy", base=base))
    assert names(found.added) == ["inner"], "a submodule's files are no objects of this repository"
    assert (found.removed, found.changed, found.fixed) == ((), (), ())


def test_names_that_git_would_quote(project: GitProject) -> None:
    odd = 'deploy/ä "b"\tc*.yaml'
    project.write({odd: config("odd")})
    base = project.commit()
    assert comparison(project.report("deploy", base=base)).is_empty


# Where the clone is not whole


def branched(project: GitProject) -> str:
    """Two more commits on main; returns the first commit."""
    first = project.git("rev-parse", "HEAD")
    changed(project)
    project.commit()
    project.write({"deploy/late.yaml": config("late")})
    project.commit()
    return first


def test_a_shallow_clone_that_has_the_commit(project: GitProject, tmp_path: Path) -> None:
    first = branched(project)
    clone = project.clone(tmp_path / "clone", "--depth=1")
    missing = clone.run("deploy", "--base", first)
    assert missing.returncode == 3
    command = f"git fetch --depth=1 origin {first}"
    assert f"the commit {first} is not in this clone: fetch it with `{command}`" in missing.stderr
    project.git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone.git(*command.split()[1:])
    found = comparison(clone.report("deploy", base=first))
    assert (names(found.added), names(found.removed)) == (["comes", "late"], ["goes"])


def test_a_branch_that_a_shallow_clone_of_another_lacks(project: GitProject, tmp_path: Path) -> None:
    project.git("checkout", "--quiet", "-b", "feature")
    changed(project)
    project.commit()
    clone = project.clone(tmp_path / "clone", "--depth=1", "--branch=feature")
    missing = clone.run("deploy", "--base", "origin/main")
    assert missing.returncode == 3
    command = "git fetch --depth=1 origin +refs/heads/main:refs/remotes/origin/main"
    assert f"`{command}`" in missing.stderr
    clone.git(*command.split()[1:])
    assert names(comparison(clone.report("deploy", base="origin/main")).added) == ["comes"]


def test_a_history_that_is_cut_off(project: GitProject, tmp_path: Path) -> None:
    branched(project)
    clone = project.clone(tmp_path / "clone", "--depth=1")
    answer = clone.run("deploy", "--base", "HEAD~1")
    assert answer.returncode == 3
    assert "git fetch --unshallow origin" in answer.stderr
    assert "has no such ancestor" in project.run("deploy", "--base", "HEAD~9").stderr


def test_a_name_that_nobody_knows(project: GitProject) -> None:
    answer = project.run("deploy", "--base", "mian")
    assert answer.returncode == 3
    assert "the commit mian is not in this clone" in answer.stderr
    assert "did you mean 'main'?" in answer.stderr
    assert "--depth" not in answer.stderr, "a whole clone must not become a shallow one"


def test_a_clone_without_some_objects(project: GitProject) -> None:
    changed(project)
    tree = project.git("rev-parse", "HEAD:deploy/goes.yaml")
    (project.root / ".git/objects" / tree[:2] / tree[2:]).unlink()
    answer = project.run("deploy", "--base", "HEAD")
    assert answer.returncode == 3
    assert "objects of HEAD are missing in this clone" in answer.stderr
    assert "git fetch --refetch" in answer.stderr
    assert "error[schema/valid]" in answer.stdout, "what is there is judged all the same"


def test_an_unreadable_base_is_in_every_report(project: GitProject, tmp_path: Path) -> None:
    for name in ("wrong", "mended"):
        project.write({f"deploy/{name}.yaml": config(name)})
    file = tmp_path / "report.json"
    answer = project.run("deploy", "--base", "nowhere", f"--format=json={file}", "--format=text")
    assert answer.returncode == 3
    assert "error[input/unreadable-base]: the base nowhere cannot be read" in answer.stdout
    assert answer.stdout.splitlines()[-1].startswith("Not everything could be read")
    report = json.loads(file.read_text())
    assert (report["exit"], report["verdict"]) == (3, "unreadable")
    assert [each["rule"] for each in report["findings"]] == ["input/unreadable-base"]


def test_a_partial_clone_fetches_what_it_lacks(project: GitProject, tmp_path: Path) -> None:
    first = branched(project)
    project.git("config", "uploadpack.allowFilter", "true")
    project.git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone = project.clone(tmp_path / "clone", "--filter=blob:none")
    assert names(comparison(clone.report("deploy", base=first)).removed) == ["goes"]
    other = project.clone(tmp_path / "other", "--filter=blob:none")
    project.root.rename(tmp_path / "moved")
    answer = other.run("deploy", "--base", first)
    assert answer.returncode == 3
    assert f"objects of {first} are missing in this clone" in answer.stderr


def test_a_repository_that_is_none(tmp_path: Path, project: GitProject) -> None:
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn/.git").write_text("gitdir: nowhere\n")
    (tmp_path / "torn/a.yaml").write_text(config("a"))
    answer = project.run(tmp_path / "torn", "--base", "main")
    assert answer.returncode == 3
    assert f"{tmp_path / 'torn'} is no whole repository (not a git repository" in answer.stderr


def test_a_worktree(project: GitProject, tmp_path: Path) -> None:
    project.git("worktree", "add", "--quiet", "-b", "feature", str(tmp_path / "beside"))
    beside = GitProject(tmp_path / "beside")
    changed(beside)
    assert names(comparison(beside.report("deploy", base="main")).added) == ["comes"]


def test_the_variables_of_another_repository_do_not_matter(
    project: GitProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = GitProject.new(tmp_path / "other", {"a.yaml": config("a")})
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git/index"))
    assert comparison(project.report("deploy", base="main")).is_empty


def test_a_folder_outside_of_any_repository(tmp_path: Path, project: GitProject) -> None:
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose/a.yaml").write_text(config("a"))
    answer = project.run(tmp_path / "loose", "--base", "main")
    assert answer.returncode == 3
    assert f"{tmp_path / 'loose'} is in no git repository" in answer.stderr


def test_a_machine_without_git(project: GitProject, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = project.run("deploy", "--base", "main", variables={"PATH": str(tmp_path / "empty")})
    assert answer.returncode == 2
    assert "git is missing" in answer.stderr
    assert project.run("deploy", variables={"PATH": str(tmp_path / "empty")}).returncode == 1


@pytest.mark.parametrize("revision", ["", "--output=x"])
def test_what_is_no_revision_is_wrong_usage(project: GitProject, revision: str) -> None:
    answer = project.run("deploy", f"--base={revision}")
    assert answer.returncode == 2
    assert "is no revision" in answer.stderr
