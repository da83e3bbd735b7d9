"""What keeps a file from being read at all."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.tierwright.description.small_platform import Project, place_of
from tierwright.description.images import ImageLock
from tierwright.description.problems import DescriptionError
from tierwright.description.reading import read

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefgh")
)


@pytest.mark.parametrize(
    ("text", "place", "message", "mend"),
    [
        (b"", "1:1", "the file is empty", "`key: value`"),
        (b"# only a comment\n", "1:1", "the file is empty", "`key: value`"),
        (b"- app: mail\n", "1:1", "the file is not a mapping", "`key: value`"),
        (b"just words\n", "1:1", "the file is not a mapping", "`key: value`"),
        (b"platform: shop\nenv: \xff\n", "2:6", "not UTF-8", "save the file as UTF-8"),
        (b"a: 1\nb: {c: [d\n", "3:1", "not YAML", "Mend"),
        (b"a: 1\nb: 2\na: 3\n", "3:1", "the key 'a' stands here a second time", "Remove one"),
        (b"a: .nan\n", "1:4", "has no form in JSON", "finite number"),
        (b"a: 1\n---\nb: 2\n", "3:1", "a second YAML document", "one document"),
        (BOMB.encode(), "", "aliases expand to more values", "fewer anchors"),
        (b"a: &a [*a]\n", "", "an anchor that contains itself", "Flatten"),
        (b"a: " + b"[" * 5000, "", "nested deeper", "Flatten"),
    ],
    ids=str,
)
def test_a_text_that_is_no_description(
    tmp_path: Path, text: bytes, place: str, message: str, mend: str
) -> None:
    path = tmp_path / "images.lock.yaml"
    path.write_bytes(text)
    with pytest.raises(DescriptionError) as caught:
        read(ImageLock, path, root=tmp_path)
    (problem,) = caught.value.problems
    assert place_of(problem).startswith(f"images.lock.yaml:{place}")
    assert message in problem.message
    assert mend in problem.mend


def test_every_duplicate_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "images.lock.yaml"
    path.write_text("version: 1\nversion: 1\nimages: {prod: {}, prod: {}}\n")
    with pytest.raises(DescriptionError) as caught:
        read(ImageLock, path, root=tmp_path)
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, 1), (3, 20)]


def test_a_file_that_is_not_there(project: Project) -> None:
    (project.root / "platform.yaml").unlink()
    (problem,) = project.problems()
    assert str(problem) == (
        "platform.yaml:1:1: the file does not exist\n    create it, or run from the folder that holds it"
    )


@pytest.mark.parametrize("name", ["platform.yaml", "images.lock.yaml", "apps/shop/app.yaml"])
def test_a_folder_in_the_place_of_a_file(project: Project, name: str) -> None:
    (project.root / name).unlink()
    (project.root / name).mkdir()
    (problem,) = project.problems()
    assert str(problem) == f"{name}:1:1: it is a folder, not a file\n    remove the folder, or move it away"
