import hashlib
import json
from pathlib import Path

import pytest

from tierwright.output import foreign
from tierwright.output.foreign import HandMade


def index(files: dict[str, bytes]) -> str:
    sums = {path: {"sha256": hashlib.sha256(held).hexdigest()} for path, held in files.items()}
    return json.dumps({"version": 1, "files": sums})


def hand_made(folder: Path, made: dict[str, bytes] | None = None) -> HandMade:
    return foreign.hand_made(folder, made or {})


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Two environments as a synth leaves them."""
    for env in ("dev", "prod"):
        (tmp_path / env / "cluster").mkdir(parents=True)
        (tmp_path / env / "cluster/a.yaml").write_bytes(b"a")
        (tmp_path / env / "report.md").write_bytes(b"r")
        (tmp_path / env / "index.json").write_text(index({"cluster/a.yaml": b"a", "report.md": b"r"}))
    return tmp_path


def test_what_was_generated_is_nobodys_handiwork(dist: Path) -> None:
    (dist / "prod/empty").mkdir()
    (dist / "prod/report.md").unlink()
    assert not hand_made(dist)
    assert not hand_made(dist / "missing")


def test_files_that_no_index_lists_are_foreign(dist: Path) -> None:
    (dist / "README").touch()
    (dist / "index.json").touch()
    (dist / "prod/cluster/b.yaml").touch()
    (dist / "prod/cluster/index.json").touch()
    (dist / "staging").mkdir()
    (dist / "staging/a.yaml").touch()
    assert hand_made(dist) == HandMade(
        foreign=(
            "README",
            "index.json",
            "prod/cluster/b.yaml",
            "prod/cluster/index.json",
            "staging/a.yaml",
        )
    )


def test_a_generated_file_that_was_changed_is_edited(dist: Path) -> None:
    (dist / "dev/cluster/a.yaml").write_bytes(b"b")
    assert hand_made(dist) == HandMade(edited=("dev/cluster/a.yaml",))


def test_links_are_foreign_whatever_they_lead_to(dist: Path) -> None:
    (dist / "dev/cluster/a.yaml").unlink()
    (dist / "dev/cluster/a.yaml").symlink_to(dist / "prod/cluster/a.yaml")
    (dist / "prod/index.json").rename(dist / "moved")
    (dist / "prod/index.json").symlink_to(dist / "moved")
    assert hand_made(dist).foreign == (
        "dev/cluster/a.yaml",
        "moved",
        "prod/cluster/a.yaml",
        "prod/index.json",
        "prod/report.md",
    )


@pytest.mark.parametrize(
    "text",
    ["", "<<<<<<< HEAD", "[]", "{}", '{"version": 2, "files": {}}', '{"version": 1, "files": [1]}',
     '{"version": 1, "files": {"a": "b"}}', "[" * 100_000, "\xff"],
)  # fmt: skip
def test_an_index_that_cannot_be_read_vouches_for_nothing(dist: Path, text: str) -> None:
    (dist / "prod/index.json").write_text(text, encoding="latin-1")
    assert hand_made(dist) == HandMade(
        foreign=("prod/cluster/a.yaml", "prod/report.md"), unreadable=("prod/index.json",)
    )


def test_where_an_index_cannot_be_read_the_files_that_are_made_now_tell_what_was_generated(
    dist: Path,
) -> None:
    (dist / "prod/index.json").write_text("<<<<<<< HEAD")
    (dist / "prod/mine.yaml").touch()
    made = {"prod/cluster/a.yaml": b"a", "prod/report.md": b"merged"}
    assert hand_made(dist, made) == HandMade(
        foreign=("prod/mine.yaml",), edited=("prod/report.md",), unreadable=("prod/index.json",)
    )


def test_a_file_by_hand_in_the_way_of_a_new_one_is_foreign_unless_they_are_equal(dist: Path) -> None:
    (dist / "prod/new.yaml").write_bytes(b"by hand")
    assert hand_made(dist, {"prod/new.yaml": b"generated"}).foreign == ("prod/new.yaml",)
    assert not hand_made(dist, {"prod/new.yaml": b"by hand"})
