"""Changes of a repository are carried out as a whole, or leave it as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tierwright.output.errors import OutputError
from tierwright.scaffold.changes import Changes


def held(root: Path) -> dict[str, str]:
    """Files and folders, but for what the program keeps for itself."""
    return {
        path.relative_to(root).as_posix(): path.read_text() if path.is_file() else "/"
        for path in sorted(root.rglob("*"))
        if ".tierwright" not in path.parts
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "apps/old").mkdir(parents=True)
    (tmp_path / "apps/old/main.py").write_text("old")
    (tmp_path / "lock.yaml").write_text("before")
    (tmp_path / "lock.yaml").chmod(0o640)
    return tmp_path


def test_files_come_change_and_go(root: Path) -> None:
    Changes({"lock.yaml": "after", "tests/new/a.py": "new"}, frozenset({"apps/old"})).apply(root)
    assert held(root) == {"lock.yaml": "after", "tests": "/", "tests/new": "/", "tests/new/a.py": "new"}
    assert (root / "lock.yaml").stat().st_mode & 0o777 == 0o640


def test_what_went_can_be_found_until_something_else_goes(root: Path) -> None:
    Changes({}, frozenset({"apps/old"})).apply(root)
    assert (root / ".tierwright/removed/apps/old/main.py").read_text() == "old"
    (root / "other").mkdir()
    (root / "other/file").write_text("other")
    Changes({}, frozenset({"other"})).apply(root)
    assert (root / ".tierwright/removed/other/file").read_text() == "other"
    assert not (root / ".tierwright/removed/apps").exists()


@pytest.mark.parametrize("blocked", ["tests/blocked/x.py", "zzz.yaml/x"])
def test_a_failure_half_way_leaves_everything_as_it_was(root: Path, blocked: str) -> None:
    (root / blocked.split("/", maxsplit=1)[0]).write_text("a file where a folder is needed")
    before = held(root)
    with pytest.raises(OutputError):
        Changes({"lock.yaml": "after", "apps/new/a.py": "new", blocked: "no"}, frozenset({"apps/old"})).apply(
            root
        )
    assert held(root) == before
    assert (root / "lock.yaml").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("step", range(1, 7))
def test_wherever_it_fails_nothing_is_left(root: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file system refuses the step-th renaming, whichever that is."""
    before, rename, calls = held(root), Path.rename, 0

    def failing(path: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == step:
            raise OSError(28, os.strerror(28), str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    changes = Changes({"lock.yaml": "after", "apps/new/a.py": "1", "b.py": "2"}, frozenset({"apps/old"}))
    if step <= 5:
        with pytest.raises(OutputError, match="No space left"):
            changes.apply(root)
        assert held(root) == before
    else:
        changes.apply(root)
        assert held(root)["lock.yaml"] == "after"
