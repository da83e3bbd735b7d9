"""A tree of files to objects, and what cannot be read."""

from pathlib import Path

import pytest

from tierpolicies.documents.reader import read

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


def test_files_are_read_in_order_and_named_from_the_root(tmp_path: Path) -> None:
    for file in ("b/two.yml", "a/one.yaml", "c.json.txt", ".git/three.yaml"):
        (tmp_path / "dist" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dist" / file).write_text(CONFIG_MAP % "x")
    tree = read(tmp_path / "dist", root=tmp_path)
    assert tree.files == ("dist/a/one.yaml", "dist/b/two.yml")
    assert tree.folders == {"dist", "dist/a", "dist/b"}
    assert [manifest.file for manifest in tree.manifests] == list(tree.files)


def test_items_of_a_list_keep_their_places(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text(
        "apiVersion: v1\nkind: List\nitems:\n"
        "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n"
        "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: b}\n"
    )
    second = read(tmp_path).manifests[1]
    assert second.name == "b"
    assert second.position("/metadata/name") == (9, 20)


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_items_of_a_typed_list_have_the_type_of_the_list(tmp_path: Path, suffix: str) -> None:
    """As kubectl reads what `kubectl get -o yaml` does not write but the API server answers."""
    (tmp_path / f"list.{suffix}").write_text(
        '{"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [\n'
        '{"metadata": {"name": "a"}},\n'
        '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}}]}\n'
    )
    tree = read(tmp_path)
    assert tree.unreadable == ()
    assert [tuple(manifest.subject) for manifest in tree.manifests] == [
        ("apps/v1", "Deployment", "", "a"),
        ("v1", "Pod", "", "b"),
    ]
    assert tree.manifests[0].position("/metadata/name") == (2, 23)
    assert tree.manifests[0].position("/kind") == (2, 1)


def test_a_list_of_anything_gives_its_items_no_type(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("apiVersion: v1\nkind: List\nitems: [{metadata: {name: a}}]\n")
    (fault,) = read(tmp_path).unreadable
    assert fault.problem.message == "an object without apiVersion and kind"


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    (tmp_path / "fine.yaml").write_text(CONFIG_MAP % "x")
    tree = read(tmp_path)
    assert [(each.file, each.problem.kind) for each in tree.unreadable] == [("gone.yaml", "unreadable")]
    assert len(tree.manifests) == 1


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert read(tmp_path / "dits").unreadable[0].problem.kind == "unreadable"


def test_json_of_another_kind_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text('{"version": 1, "files": {}}')
    (tmp_path / "object.json").write_text(
        '{"apiVersion": "v1",\t"kind": "ConfigMap", "metadata": {"name": "\\ud83d\\ude00"}}'
    )
    tree = read(tmp_path)
    assert [manifest.name for manifest in tree.manifests] == ["\U0001f600"]
    assert tree.unreadable == ()
