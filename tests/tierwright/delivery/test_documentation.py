"""The page about delivery: every command of it runs, in a clone of a released project."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.servers.github import BOT, NUMBER, REPOSITORY, GitHub
from tests.shipped_project import ROOT
from tests.tierwright.delivery.road import BUILT, TIERWRIGHT, Road, run

PAGE = (ROOT / ".docs/pages/concepts/delivery.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=[each.split("\n")[0][:40].strip() for each in BLOCKS])
def test_every_command_runs(released: Road, github_server: GitHub, tmp_path: Path, block: str) -> None:
    clone = released.clone()
    clone.write({"apps/waste/main.py": "print('better')\n"})
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": NUMBER}}))
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "tierwright").write_text(f'#!/bin/sh\nexec {TIERWRIGHT[0]} -m tierwright "$@"\n')
    (programs / "tierwright").chmod(0o755)
    variables = {
        **clone.variables,
        "GITHUB_API_URL": github_server.url,
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_TOKEN": BOT,
    }
    # The other apps are built elsewhere and have no digest yet: a promotion of all is one of these.
    commands = block.replace("promote dev prod  ", f"promote dev prod {' '.join(BUILT)}  ")
    done = run(clone.root, ["sh", "-ec", f'PATH="{programs}:$PATH"\n{commands}'], **variables)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pins_of_the_page_are_those_of_the_workflows() -> None:
    pins = re.findall(r"uses: (actions/\S+ # \S+)", PAGE)
    assert pins
    assert all(pin in (ROOT / ".github/workflows/verify.yml").read_text() for pin in pins)
