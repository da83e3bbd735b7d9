import errno
import os
import socket
from collections.abc import MutableMapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierwright.output.errors import OutputError, naming
from tierwright.output.tree import Tree, read, write

names = st.sampled_from(["a", "b", "É", "가", "a.yaml", "-"])
trees = st.dictionaries(st.lists(names, min_size=2, max_size=2).map("/".join), st.binary())


@given(files=trees)
def test_what_is_written_is_what_is_read(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("tree") / "deep" / "dist"
    write(Tree(files), folder)
    assert read(folder) == Tree(files)
    assert list(read(folder).files) == sorted(files)


def test_modes_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(Tree({"a/b": b""}), tmp_path / "dist")
    finally:
        os.umask(before)
    assert (tmp_path / "dist/a").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "dist/a/b").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "path", ["/a", "../a", "a/../b", "./a", "a//b", "a/", "", "..", "a\\b", "a\0", "a\n", "\udc80"]
)
def test_a_path_that_is_not_plainly_inside_is_refused(path: str) -> None:
    with pytest.raises(OutputError, match="is relative"):
        Tree({path: b""})


@pytest.mark.parametrize(
    "paths",
    [
        ("prod/Service-a", "prod/service-A"),
        ("prod/a", "PROD/b"),
        ("é/a", "e\u0301/b"),
        ("a", "a/b"),
        ("a/b/c", "A/B"),
    ],
)
def test_two_paths_that_are_one_place_somewhere_are_refused(paths: tuple[str, str]) -> None:
    with pytest.raises(OutputError, match=r"are one place on some file systems\. Rename"):
        Tree(dict.fromkeys(paths, b""))


def test_a_tree_does_not_change() -> None:
    files = {"b": b"", "a": b""}
    tree = Tree(files)
    files["c"] = b""
    assert list(tree.files) == ["a", "b"]
    assert not isinstance(tree.files, MutableMapping)


def test_writing_never_mixes_with_what_stands_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="File exists"):
        write(Tree({"a": b""}), tmp_path)


def test_reading_a_missing_folder_is_an_empty_tree_and_a_link_is_an_error(tmp_path: Path) -> None:
    assert read(tmp_path / "dist") == Tree({})
    (tmp_path / "empty").mkdir()
    assert read(tmp_path) == Tree({})
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        with pytest.raises(OutputError, match="neither a file nor a folder"):
            read(tmp_path)


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EROFS, "writable"),
        (errno.EACCES, "the right to"),
        (errno.EIO, "Mend what the reason names"),
    ],
)
def test_an_error_of_the_system_names_path_reason_and_mend(number: int, mend: str) -> None:
    with pytest.raises(OutputError, match=mend) as caught, naming("dist"):
        raise OSError(number, os.strerror(number), "dist/prod/a.yaml")
    assert caught.value.path == "dist/prod/a.yaml"
    assert caught.value.reason == os.strerror(number)
