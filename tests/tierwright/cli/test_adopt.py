"""`tierwright adopt`: proposals on stdout or as a repository, and the account of every object."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.tierwright.adopting.conftest import deployment, other, service
from tests.tierwright.cli.conftest import Project


@pytest.fixture
def here(tmp_path: Path) -> Project:
    (tmp_path / "manifests").mkdir()
    objects = [deployment(), service(port=8080)]
    (tmp_path / "manifests/all.yaml").write_text(yaml.safe_dump_all(objects))
    return Project(tmp_path)


def test_what_is_whole_is_clean(here: Project) -> None:
    answer = here.run("adopt", "manifests")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("# apps/web/app.yaml\n")
    assert "Deployment/shop/web (all.yaml:1): api web" in answer.stdout
    assert answer.stdout.rstrip().endswith("1 kept, 1 derived, 0 left")


def test_what_is_left_is_told_and_fails(here: Project) -> None:
    (here.root / "manifests/job.yaml").write_text(yaml.safe_dump(other("CronJob", group="batch/v1")))
    answer = here.run("adopt", "manifests")
    assert answer.returncode == 1
    assert "left: no app can say it:\n  CronJob/shop/web (job.yaml:1): schedules belong" in answer.stdout


def test_a_chart_s_output_is_read_from_stdin(here: Project) -> None:
    text = "---\n# Source: web/templates/all.yaml\n" + (here.root / "manifests/all.yaml").read_text()
    answer = subprocess.run(
        here.command("adopt", "-"), cwd=here.root, input=text, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert "Deployment/shop/web (stdin.yaml:3): api web" in answer.stdout


def test_a_repository_of_them_synthesizes(here: Project) -> None:
    manifest = deployment(container={"ports": [{"containerPort": 8080}]})
    manifest["spec"]["replicas"] = 2
    (here.root / "manifests/all.yaml").write_text(
        yaml.safe_dump_all([manifest, service(type="LoadBalancer")])
    )
    answer = here.run("adopt", "manifests", "--output", "new")
    assert answer.returncode == 1, answer.stdout + answer.stderr
    made = Project(here.root / "new")
    done = made.run("synth")
    assert done.returncode == 0, done.stdout + done.stderr
    spec = yaml.safe_load((made.dist / "dev/tier-2-web/shop/Deployment-web.yaml").read_text())["spec"]
    assert spec["replicas"] == 2
    assert "hello" not in "".join(made.files("."))


@pytest.mark.parametrize(
    ("files", "arguments", "code", "told"),
    [
        ({}, ["nowhere"], 2, "nowhere does not exist"),
        ({"a.txt": "x"}, ["manifests"], 3, "no Kubernetes object is there"),
        ({"a.yaml": "a: [1\n"}, ["manifests"], 3, "nothing is proposed"),
    ],
    ids=["nowhere", "nothing", "broken"],
)
def test_what_cannot_be_read_is_told(
    tmp_path: Path, files: dict[str, str], arguments: list[str], code: int, told: str
) -> None:
    (tmp_path / "manifests").mkdir()
    for name, text in files.items():
        (tmp_path / "manifests" / name).write_text(text)
    answer = Project(tmp_path).run("adopt", *arguments)
    assert (answer.returncode, answer.stdout) == (code, "")
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_occupied_folder_is_refused(here: Project) -> None:
    answer = here.run("adopt", "manifests", "--output", "manifests")
    assert answer.returncode == 3
    assert "not empty: all.yaml is in it" in answer.stderr
