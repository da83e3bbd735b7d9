import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tierwright.output import stamp
from tierwright.output.swap import replace
from tierwright.output.tree import Tree

TREE = Tree({"prod/cluster/a.yaml": b"a", "prod/report.md": b"r"})
ASK = """
import sys
from tierwright.output.stamp import contents, fingerprint, is_current, record
project, output, *options = sys.argv[1:]
made_of = fingerprint(
    project,
    inputs=contents(project, ["platform.yaml", "apps/a/app.yaml"]),
    options=dict(option.split("=") for option in options),
)
print(made_of, is_current(project, made_of=made_of, output=output))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose code is a copy of the packages, so that a test may change it."""
    for package in ("synth/tierwright", "policies/tierpolicies", "constructs/tiered"):
        source = Path(__file__).parents[3] / package
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, tmp_path / Path(package).name, ignore=ignored)
    (tmp_path / "platform.yaml").write_text("platform: a\n")
    (tmp_path / ".dev").mkdir()
    (tmp_path / ".dev/requirements.txt").write_text("cdk8s==1\n")
    (tmp_path / "site/cdk8s-1.dist-info").mkdir(parents=True)
    replace(tmp_path / "dist", TREE)
    return tmp_path


def ask(project: Path, *options: str) -> tuple[str, bool]:
    command = [sys.executable, "-S", "-c", ASK, str(project), str(project / "dist"), *options]
    path = os.pathsep.join([str(project), str(project / "site")])
    environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    made_of, current = answer.stdout.split()
    return made_of, current == "True"


def append(path: str) -> Callable[[Path], object]:
    """Change the file at `path`, or make it with the folders above it."""

    def change(project: Path) -> None:
        place = project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("a") as file:
            file.write("\n")

    return change


def link(path: str) -> Callable[[Path], object]:
    """Put a link in the place of the file at `path`, with the same content behind it."""

    def change(project: Path) -> None:
        (project / path).rename(project / "moved")
        (project / path).symlink_to(project / "moved")

    return change


CHANGES: dict[str, Callable[[Path], object]] = {
    "an input changed": append("platform.yaml"),
    "an input came": append("apps/a/app.yaml"),
    "an input went": lambda project: (project / "platform.yaml").unlink(),
    "code of the constructs changed": append("tiered/emitter.py"),
    "code of the policies changed": append("tierpolicies/__init__.py"),
    "code of synth came": append("tierwright/output/new.py"),
    "a data file came": append("tierwright/prices.json"),
    "code became a link": link("tierwright/py.typed"),
    "the lock file changed": append(".dev/requirements.txt"),
    "a dependency was upgraded": lambda project: (project / "site/cdk8s-1.dist-info").rename(
        project / "site/cdk8s-2.dist-info"
    ),
    "output was edited": append("dist/prod/report.md"),
    "output came": append("dist/prod/new.yaml"),
    "output went": lambda project: (project / "dist/prod/report.md").unlink(),
    "output was renamed": lambda project: (project / "dist/prod").rename(project / "dist/dev"),
    "output became a link": link("dist/prod/report.md"),
    "all output went": lambda project: shutil.rmtree(project / "dist"),
    "the stamp is broken": lambda project: (project / ".tierwright/stamp.json").write_text("{"),
    "the stamp is no stamp": lambda project: (project / ".tierwright/stamp.json").write_text("[]"),
    "the stamp went": lambda project: (project / ".tierwright/stamp.json").unlink(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_is_noticed(project: Path, change: Callable[[Path], object]) -> None:
    made_of, current = ask(project)
    assert not current
    stamp.record(project, made_of=made_of, files=TREE.files)
    assert ask(project) == (made_of, True)
    change(project)
    assert not ask(project)[1]


def test_options_and_the_bounds_between_names_and_contents_count(project: Path) -> None:
    asked = [ask(project, *options) for options in ([], ["env=a"], ["env=b"], ["en=va"], ["env="])]
    assert len({made_of for made_of, _ in asked}) == 5

    def of(inputs: dict[str, bytes | None]) -> str:
        return stamp.fingerprint(project, inputs=inputs, options={})

    assert len({of({"a": b"b"}), of({"ab": b""}), of({"ab": None}), of({"a": b"", "b": b""})}) == 4
    assert of({"a": b"", "b": None}) == of({"b": None, "a": b""})


def test_what_is_ours_to_ignore_does_not_count(project: Path) -> None:
    made_of, _ = ask(project)
    stamp.record(project, made_of=made_of, files=TREE.files)
    (project / "tiered/__pycache__").mkdir()
    (project / "tiered/__pycache__/a.pyc").touch()
    (project / "dist/empty").mkdir()
    (project / "README.md").touch()
    assert ask(project) == (made_of, True)
