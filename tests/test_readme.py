"""The README says what is so: its Python runs, its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

README = Path(__file__).parents[1] / "README.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)
    assert found is not None, f"the README shows no {language}"
    return found.group(1)


def test_the_python_example_writes_what_it_promises(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", block("python")], cwd=tmp_path, check=True)

    (written,) = (tmp_path / "dist").iterdir()
    kinds = [document["kind"] for document in yaml.safe_load_all(written.read_text())]
    assert {"Deployment", "Service", "ServiceAccount", "PodDisruptionBudget"} <= set(kinds)


@pytest.mark.parametrize(
    "command",
    [
        *("synth", "check", "connectivity", "graph", "explain", "schema"),
        *("verify", "release", "promote", "bump"),
    ],
)
def test_every_option_that_the_readme_names_exists(command: str) -> None:
    shown = re.findall(rf"`tierwright {command}([^`]*)`", README.read_text())
    assert shown, f"the README does not show `tierwright {command}`"
    answer = subprocess.run(
        [sys.executable, "-m", "tierwright", command, "--help"], capture_output=True, text=True, check=True
    )

    for option in re.findall(r"--[a-z-]+", " ".join(shown)):
        assert option in answer.stdout


def test_the_app_that_the_readme_shows_is_the_shipped_one() -> None:
    example = yaml.safe_load(block("yaml"))
    shipped = yaml.safe_load((README.parent / "apps/users/app.yaml").read_text())

    service = shipped["workloads"]["users-service"]
    for key, value in example["workloads"]["users-service"].items():
        assert service[key] == value


def test_the_report_that_the_readme_shows_is_the_shipped_one() -> None:
    page = (README.parent / "dist/prod/report.md").read_text()
    quoted = re.findall(r"^> ?(.*)$", README.read_text(), re.MULTILINE)

    assert "\n".join(quoted) in page
