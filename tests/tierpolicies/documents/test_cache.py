"""What is kept is what reading again would tell, or nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierpolicies.documents import cache as module
from tierpolicies.documents import reader, yaml_source
from tierpolicies.documents.cache import Cache, cache_of, content_of
from tierpolicies.documents.nodes import Document
from tierpolicies.documents.reader import Tree, read, read_files

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"
FILES = {
    "plain.yaml": CONFIG_MAP % "plain" + "---\n" + CONFIG_MAP % "second",
    "twin.yaml": CONFIG_MAP % "plain" + "---\n" + CONFIG_MAP % "second",
    "anchored.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: anchored}\nx: *m\n",
    "twice.yaml": CONFIG_MAP % "twice" + "kind: Secret\n",
    "broken.yaml": "kind: Service\na: [\n---\n" + CONFIG_MAP % "fine",
    "object.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "json", "name": "json"}}',
    "data.json": '{"version": 1}',
    "nothing.yaml": "# nothing\n",
    "bytes.yaml": "\ufeff" + CONFIG_MAP % "\u00e9\u732b",
}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache.pack"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "manifests"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "latin.yaml").write_bytes(b"a: \xe9")
    return folder


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were parsed."""
    texts: list[str] = []

    def documents(text: str, *, is_json: bool) -> list[Document]:
        texts.append(text)
        return whole(text, is_json=is_json)

    whole = yaml_source.documents
    monkeypatch.setattr(reader, "documents", documents)
    return texts


def checked(folder: Path, pack: Path | None) -> Tree:
    cache = Cache(pack)
    tree = read(folder, cache=cache)
    cache.save()
    return tree


def told(tree: Tree) -> Iterator[object]:
    """All that a tree tells, places included."""
    yield tree.files, tree.unreadable, tree.unread_kinds
    for manifest in tree.manifests:
        yield manifest.file, tuple(manifest.subject), repr(manifest.value), manifest.damaged
        for pointer in ("", "/kind", "/metadata/name", "/x/name", "/nowhere"):
            yield manifest.position(pointer), manifest.position(pointer, key=True)


def test_what_is_kept_is_what_was_read(folder: Path, pack: Path, parsed: list[str]) -> None:
    expected = list(told(read(folder)))
    assert list(told(checked(folder, pack))) == expected
    parsed.clear()
    assert list(told(checked(folder, pack))) == expected
    assert parsed == []


def test_only_what_changed_is_read(folder: Path, pack: Path, parsed: list[str]) -> None:
    checked(folder, pack)
    parsed.clear()
    changed = CONFIG_MAP % "changed"
    (folder / "plain.yaml").write_text(changed)
    (folder / "new.yaml").write_text(FILES["anchored.yaml"])
    tree = checked(folder, pack)
    assert parsed == [changed]
    assert list(told(tree)) == list(told(read(folder)))


def test_the_same_text_means_another_thing_in_another_kind_of_file(folder: Path, pack: Path) -> None:
    (folder / "flow.yaml").write_text(FILES["object.json"])
    checked(folder, pack)
    assert list(told(checked(folder, pack))) == list(told(read(folder)))
    assert content_of(b"{}", is_json=True) != content_of(b"{}", is_json=False)


def test_files_that_hold_the_same_share_no_value(folder: Path, pack: Path) -> None:
    checked(folder, pack)
    manifests = {manifest.file: manifest for manifest in checked(folder, pack).manifests}
    assert manifests["plain.yaml"].value == manifests["twin.yaml"].value
    assert manifests["plain.yaml"].value is not manifests["twin.yaml"].value


def test_a_value_that_is_changed_later_is_kept_as_it_was_read(folder: Path, pack: Path) -> None:
    cache = Cache(pack)
    for manifest in read(folder, cache=cache).manifests:
        manifest.value.clear()
    cache.save()
    assert list(told(checked(folder, pack))) == list(told(read(folder)))


def test_what_is_no_longer_there_is_forgotten(folder: Path, pack: Path, parsed: list[str]) -> None:
    checked(folder, pack)
    size = pack.stat().st_size
    (folder / "broken.yaml").unlink()
    checked(folder, pack)
    assert pack.stat().st_size < size
    (folder / "broken.yaml").write_text(FILES["broken.yaml"])
    parsed.clear()
    checked(folder, pack)
    assert parsed == [FILES["broken.yaml"]]


def test_nothing_is_written_where_nothing_changed(folder: Path, pack: Path) -> None:
    checked(folder, pack)
    os.utime(pack, (1, 1))
    checked(folder, pack)
    assert pack.stat().st_mtime == 1


def test_a_file_that_is_damaged_counts_as_none(folder: Path, pack: Path, parsed: list[str]) -> None:
    checked(folder, pack)
    whole = pack.read_bytes()
    expected = list(told(read(folder)))
    for place in [*range(0, len(whole), 97), len(whole) - 1]:
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]):
            pack.write_bytes(damaged)
            parsed.clear()
            assert list(told(checked(folder, pack))) == expected
            assert parsed
            assert pack.read_bytes() == whole


@settings(max_examples=50)
@given(st.binary())
def test_any_bytes_count_as_none(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    pack = tmp_path_factory.mktemp("home") / "any.pack"
    pack.write_bytes(data)
    assert Cache(pack).documents(content_of(b"", is_json=False)) is None


def test_what_other_code_wrote_counts_as_none(
    folder: Path, pack: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(folder, pack)
    parsed.clear()
    monkeypatch.setattr(module, "_key", lambda: b"k" * 32)
    checked(folder, pack)
    assert parsed


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owner")
def test_what_others_may_have_written_counts_as_none(
    folder: Path, pack: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(folder, pack)
    pack.chmod(0o666)
    parsed.clear()
    checked(folder, pack)
    assert parsed
    assert pack.stat().st_mode & 0o777 == 0o600
    parsed.clear()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    checked(folder, pack)
    assert parsed


@pytest.mark.parametrize("kind", ["folder", "pipe", "nowhere", "within a file"])
def test_a_place_that_cannot_be_read_or_written_does_no_harm(folder: Path, pack: Path, kind: str) -> None:
    pack.parent.mkdir()
    match kind:
        case "folder":
            pack.mkdir()
        case "pipe":
            os.mkfifo(pack)
        case "nowhere":
            pack.symlink_to("nowhere/at-all")
        case _:
            pack = folder / "plain.yaml" / "cache.pack"
    for _ in range(2):
        assert list(told(checked(folder, pack))) == list(told(read(folder)))


def test_without_a_place_nothing_is_kept(folder: Path) -> None:
    for _ in range(2):
        assert list(told(checked(folder, None))) == list(told(read(folder)))


def test_each_folder_has_its_own_place_below_the_users(
    folder: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    for _ in range(2):
        for each in (folder, folder / ".." / folder.name, tmp_path):
            with cache_of(each) as cache:
                read(each, cache=cache)
    assert len(list((tmp_path / "xdg" / "tierwright").iterdir())) == 2
    assert (tmp_path / "xdg" / "tierwright").stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with cache_of(folder) as cache:
        read(folder, cache=cache)
    assert len(list((tmp_path / "home/.cache/tierwright").iterdir())) == 1


def test_the_folders_checked_last_are_kept(tmp_path: Path) -> None:
    for number in range(70):
        cache = Cache(tmp_path / f"{number}.pack")
        cache.keep(b"content", [])
        cache.save()
        os.utime(tmp_path / f"{number}.pack", (number, number))
    kept = {int(pack.stem) for pack in tmp_path.iterdir()}
    assert len(kept) == 64
    assert kept >= set(range(7, 69))


def test_large_files_are_read_again(tmp_path: Path, pack: Path, parsed: list[str]) -> None:
    (tmp_path / "large.yaml").write_text(CONFIG_MAP % "large" + "#" * (1 << 20))
    for _ in range(2):
        checked(tmp_path, pack)
    assert len(parsed) == 2


def test_files_in_memory_are_kept_as_well(pack: Path, parsed: list[str]) -> None:
    for _ in range(2):
        cache = Cache(pack)
        read_files({"a.yaml": FILES["plain.yaml"].encode()}, cache=cache)
        cache.save()
    assert len(parsed) == 1


def test_two_processes_at_once_do_not_hurt(folder: Path, pack: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from tierpolicies.documents.cache import Cache\n"
        "from tierpolicies.documents.reader import read\n"
        "for number in range(40):\n"
        "    pack = Path(sys.argv[2])\n"
        "    if number % 4 == int(sys.argv[3]): pack.unlink(missing_ok=True)\n"
        "    cache = Cache(pack)\n"
        "    assert len(read(Path(sys.argv[1]), cache=cache).manifests) == 9\n"
        "    cache.save()\n"
    )
    command = [sys.executable, "-c", code, str(folder), str(pack)]
    running = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert [path.name for path in pack.parent.iterdir()] == [pack.name]


def test_more_can_be_kept_of_a_content(folder: Path, pack: Path) -> None:
    def checked() -> tuple[Cache, bytes]:
        cache = Cache(pack)
        content = next(each.source.content for each in read(folder, cache=cache).manifests)
        return cache, content

    cache, content = checked()
    assert cache.noted(content, b"one") is None
    cache.note(content, b"one", [("rule", 1, {"a": 1.5})])
    assert cache.noted(content, b"one") == [("rule", 1, {"a": 1.5})]
    assert cache.noted(content, b"two") is None
    cache.save()
    for settings_ in (b"two", b"three", b"one", b"four"):
        cache, content = checked()
        if cache.noted(content, settings_) is None:
            cache.note(content, settings_, settings_)
        cache.save()
    cache, content = checked()
    kept = [cache.noted(content, each) for each in (b"one", b"two", b"three", b"four")]
    assert kept == [[("rule", 1, {"a": 1.5})], None, b"three", b"four"]
    cache.note(b"unknown", b"one", 1)
    assert cache.noted(b"unknown", b"one") is None
    (folder / "anchored.yaml").unlink()
    checked()[0].save()
    assert Cache(pack).noted(content, b"one") is None


def test_no_code_that_a_file_holds_is_run(pack: Path, tmp_path: Path) -> None:
    """Marshal makes values only; and a cache that anybody else has written is not even looked at."""
    trap = tmp_path / "trap"
    pack.parent.mkdir()
    pack.write_bytes(b"cos\nsystem\n(S'touch %s'\ntR." % str(trap).encode())
    assert Cache(pack).documents(b"") is None
    assert not trap.exists()
