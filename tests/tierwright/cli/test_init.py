"""`tierwright init`: what it makes passes its own checks and tests, and nothing of anybody's is touched."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.tierwright.cli.conftest import Project

ROOT = Path(__file__).parents[3]


def made(folder: Path, *options: str) -> Project:
    project = Project(folder)
    command = project.command("init", folder, *options)
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A new repository. To be read only."""
    return made(tmp_path_factory.mktemp("new") / "shop")


def test_it_is_clean_to_the_last_warning(shop: Project) -> None:
    answer = shop.run("check", "--format", "json")
    assert answer.returncode == 0
    assert {each["severity"] for each in json.loads(answer.stdout)["findings"]} <= {"note"}
    assert shop.run("synth", "--check").returncode == 0


def test_its_own_tests_pass(shop: Project) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=shop.root,
        env=os.environ | {"PYTHONPATH": str(shop.root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "3 passed" in answer.stdout


def test_editors_understand_its_description(shop: Project) -> None:
    files = {
        "platform": "platform.yaml",
        "images": "images.lock.yaml",
        "app": "apps/hello/app.yaml",
    }
    for name, file in files.items():
        schema = json.loads((shop.root / f".schemas/{name}.json").read_text())
        text = (shop.root / file).read_text()
        jsonschema.validate(yaml.safe_load(text), schema)
        assert f".schemas/{name}.json" in text.splitlines()[0]


def test_the_same_folder_name_makes_the_same_bytes(shop: Project, tmp_path: Path) -> None:
    again = made(tmp_path / "shop")
    assert again.files(".") == {
        name: held for name, held in shop.files(".").items() if not name.startswith(".tierwright/")
    }


def test_its_name_and_places_are_the_users(tmp_path: Path) -> None:
    options = (
        "--name",
        "orchard",
        "--registry",
        "registry.example/fruit",
        "--git",
        "https://git.example/x.git",
    )
    project = made(tmp_path / "New Folder", *options)
    platform = yaml.safe_load((project.root / "platform.yaml").read_text())
    assert platform["platform"] == "orchard"
    assert platform["git"]["url"] == "https://git.example/x.git"
    assert (
        "--password-stdin registry.example\n" in (project.root / ".github/workflows/release.yml").read_text()
    )
    deployment = (project.dist / "dev/tier-2-web/hello/Deployment-hello.yaml").read_text()
    assert "image: registry.example/fruit/hello:sha-0000000\n" in deployment


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    made(tmp_path / "shop")


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ([], 3, "not empty: mine.txt is in it"),
        (["--name", "My Shop"], 2, "'My Shop' is not the name of a platform"),
        (["--registry", "ghcr.io"], 2, "no place in a registry"),
        (["--git", "shop"], 2, "no address of a repository"),
    ],
    ids=["occupied", "name", "registry", "git"],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    tmp_path: Path, options: list[str], code: int, told: str
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    answer = Project(tmp_path).run("init", "shop", *options)
    assert (answer.returncode, answer.stdout) == (code, "")
    assert told in answer.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["shop", "mine.txt"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = Project(tmp_path).run("init", "file/shop")
    assert answer.returncode == 3
    assert "Traceback" not in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_workflows_pin_what_they_use_and_may_little(shop: Project) -> None:
    for path in sorted(shop.root.glob(".github/workflows/*.yml")):
        workflow = yaml.safe_load(path.read_text())
        assert workflow["permissions"] == {}
        assert workflow["concurrency"]["group"]
        used = re.findall(r"uses: (\S+)", path.read_text())
        assert used
        assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", each) for each in used)


def test_its_readme_tells_commands_that_there_are(shop: Project) -> None:
    called = set(re.findall(r"`?tierwright (\w+)", (shop.root / "README.md").read_text()))
    assert {"new", "remove", "synth", "check", "explain"} <= called
    for name in called - {"makes"}:
        assert shop.run(name, "--help").returncode == 0, name
