"""Whatever a folder holds ends in a finding or a value, within bounded memory and without waiting."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tierpolicies.documents.listing import shown
from tierpolicies.documents.reader import Tree, read, read_files

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
JSON_HEAD = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "x": '
MEGABYTES = 10_000_000
MEMORY = 600 << 20


def many(text: str, size: int = MEGABYTES) -> str:
    return text * (size // len(text))


# The text of a file, and the kinds of the problems that are told of it.
LARGE: dict[str, tuple[Callable[[], str], list[str]]] = {
    "items": (lambda: f"{HEAD}x:\n{many('- a: 1' + chr(10))}", ["unreadable"]),
    "items behind an anchor": (lambda: f"{HEAD}y: &a 1\nx:\n{many('- 1' + chr(10))}", ["unreadable"]),
    "a wide mapping": (lambda: f"{HEAD}x:\n{''.join(f'  k{i}: v' + chr(10) for i in range(100_000))}", []),
    "a wide flow": (lambda: f"{HEAD}x: {{{', '.join(f'k{i}: v' for i in range(100_000))}}}\n", []),
    "a wider flow": (lambda: f"{HEAD}x: [{many('1,')}1]\n", ["unreadable"]),
    "one line": (lambda: f"{HEAD}x: {many('a b ')}\n", []),
    "one line of spaces": (lambda: f"{HEAD}x: a{many(' ')}#\n", []),
    "escapes": (lambda: f'{HEAD}x: "{many(chr(92) + "n")}"\n', []),
    "an open quote": (lambda: f'{HEAD}x: "{many("a" + chr(10) + "  b")}', ["syntax"]),
    "empty lines, and then an error": (lambda: f"{HEAD}a: [\n{many(chr(10))}", ["syntax"]),
    "deep lines, and an error": (
        lambda: "a: [\n" + "".join(f"{' ' * i}a:\n" for i in range(3000)),
        ["syntax"],
    ),
    "a block": (lambda: f"{HEAD}x: |\n{many('  a' + chr(10))}", []),
    "a folded text": (lambda: f"{HEAD}x: a\n{many('  b' + chr(10))}", []),
    "deep lists": (lambda: many("- "), ["nesting"]),
    "deep flow": (lambda: many("["), ["nesting"]),
    "deep mappings": (lambda: "".join(f"{' ' * i}a:\n" for i in range(3000)), ["nesting"]),
    "equal keys": (lambda: HEAD + many("k: 1\n"), ["unreadable"]),
    "keys that are lists": (
        lambda: f"# {{{{\n{HEAD}{many('? [a]' + chr(10) + ': 1' + chr(10), 500_000)}",
        ["key"],
    ),
    "documents": (lambda: many(f"{HEAD}---\n", 100_000 * len(f"{HEAD}---\n")), []),
    "broken documents": (lambda: many("a: [\n---\n", 100_000), ["syntax"]),
    "more documents": (lambda: many("---\n"), ["unreadable"]),
    "directives": (
        lambda: "".join(f"%TAG !a{i}! tag:x\n" for i in range(50_000)) + "---\na: 1\n",
        ["unreadable", "not-an-object"],
    ),
    "NUL bytes": (lambda: many("\0"), ["encoding"]),
    "tabs": (lambda: f"{HEAD}x:{many(chr(9))}", []),
    "an alias bomb": (
        lambda: (
            "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 10_000))
        ),
        ["alias", "not-an-object"],
    ),
    "a merge bomb": (
        lambda: (
            f"{HEAD}y: &a {{{','.join(f'k{i}: 1' for i in range(5000))}}}\nx: {{<<: [{'*a, ' * 50_000}*a]}}\n"
        ),
        ["alias"],
    ),
    "JSON items": (lambda: f"{JSON_HEAD}[{many('[],')}1]}}", ["unreadable"]),
    "deep JSON": (lambda: JSON_HEAD + "[" * 5_000_000, ["nesting"]),
    "JSON with equal keys": (
        lambda: f'{JSON_HEAD}{{{many(chr(34) + "a" + chr(34) + ":1,", 800_000)}"b":1}}}}',
        ["duplicate-key"],
    ),
    "a JSON number": (lambda: f"{JSON_HEAD}{many('9')}}}", ["number"]),
}

READ = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
from tierpolicies.documents.reader import read
tree = read(Path(sys.argv[1]))
for manifest in tree.manifests[:: max(1, len(tree.manifests) // 9)]:
    line, column = manifest.position("/metadata/name")
    assert line > 1 or manifest.file.endswith('.json')
print(*dict.fromkeys(each.problem.kind for each in tree.unreadable))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is one of Linux")
@pytest.mark.parametrize("name", LARGE)
def test_memory_is_bounded(tmp_path: Path, name: str) -> None:
    text, kinds = LARGE[name]
    (tmp_path / ("x.json" if "JSON" in name else "x.yaml")).write_text(text(), "utf-8")
    command = [sys.executable, "-c", READ, str(tmp_path), str(MEMORY)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert ended.stderr == ""
    assert ended.stdout.split() == kinds


def messages(tree: Tree) -> dict[str, str]:
    return {each.file: each.problem.message for each in tree.unreadable}


def test_a_file_beyond_all_bounds_is_told(tmp_path: Path) -> None:
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(100 << 20)
    (fault,) = read(tmp_path).unreadable
    assert read_files({"large.yaml": bytes(100 << 20)}).unreadable == (fault,)
    assert (fault.problem.kind, fault.problem.message) == (
        "unreadable",
        "cannot be read: it is larger than 32 MiB",
    )
    assert fault.problem.mend == "Split the file."
    assert fault.hides


@pytest.mark.skipif(not Path("/dev/zero").is_char_device(), reason="there are no such devices")
def test_what_is_no_file_is_told_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(tmp_path)  # the name of a socket must be short
        listening.bind("socket.yaml")
        os.chdir(here)
        (tmp_path / "device.yaml").symlink_to("/dev/zero")
        (tmp_path / "loop.yaml").symlink_to("loop.yaml")
        (tmp_path / "gone.yaml").symlink_to("nowhere")
        (tmp_path / "folder.yaml").mkdir()
        (tmp_path / "folder.yaml" / "inside.yaml").write_text(HEAD)
        (tmp_path / "round.yaml").symlink_to(tmp_path)
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "round").symlink_to(tmp_path)
        tree = read(tmp_path)
    assert [manifest.file for manifest in tree.manifests] == ["folder.yaml/inside.yaml"]
    told = messages(tree)
    assert sorted(told) == ["device.yaml", "gone.yaml", "loop.yaml", "pipe.yaml", "socket.yaml"]
    assert told["pipe.yaml"] == told["device.yaml"] == "cannot be read: neither a file nor a folder"
    assert all(message.startswith("cannot be read: ") for message in told.values())


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a.yaml").write_text(HEAD)
    (tmp_path / "closed").mkdir()

    def refused(path: object) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)  # type: ignore[call-overload]

    scandir = os.scandir
    listdir = os.listdir
    monkeypatch.setattr(os, "scandir", refused)
    monkeypatch.setattr(os, "listdir", lambda path: refused(path) and listdir(path))
    tree = read(tmp_path)
    assert messages(tree) == {"closed": "cannot be read: Permission denied"}
    assert tree.unreadable[0].hides
    assert len(tree.manifests) == 1


def test_a_tree_that_is_too_deep_is_told(tmp_path: Path) -> None:
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(30):
            Path("d" * 200).mkdir()
            os.chdir("d" * 200)
    finally:
        os.chdir(here)
    (fault,) = read(tmp_path).unreadable
    assert fault.problem.message == "cannot be read: File name too long"


def test_many_files_are_read(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"{number}.yaml").write_text(HEAD)
    assert len(read(tmp_path).manifests) == 3000


def test_names_that_would_break_a_report_are_escaped(tmp_path: Path) -> None:
    names = [
        b"line\nbreak.yaml",
        b"\xff.yaml",
        b"escape\x1b[31m.yaml",
        "\u00e9\u2028.yaml".encode(),
        "\u732b.yaml".encode(),
    ]
    for name in names:
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_text(HEAD)
    tree = read(tmp_path)
    expected = [
        "escape\\x1b[31m.yaml",
        "line\\nbreak.yaml",
        "\u00e9\\u2028.yaml",
        "\u732b.yaml",
        "\\udcff.yaml",
    ]
    assert list(tree.files) == [manifest.file for manifest in tree.manifests] == expected
    for file in tree.files:
        file.encode()


@pytest.mark.parametrize("name", ["a.yaml", "with space.yaml", "\u00e9.yaml", "a\\b.yaml", "\u00a0.yaml"])
def test_other_names_are_shown_as_they_are(name: str) -> None:
    assert shown(name) == name
