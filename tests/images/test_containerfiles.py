"""What can be told of the images without building one."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest
import yaml

from tests.images.conftest import _program
from tests.servers.process import REPOSITORY

APPS = sorted(path.parent for path in REPOSITORY.glob("apps/*/app.yaml"))
LOCKS = sorted(REPOSITORY.glob("apps/**/requirements.txt"))
_GROUPS = {
    "apps": ("common",),
    "waste": ("waste",),
    "worker_ai": ("worker-ai",),
    "worker_batch": ("worker-batch",),
}


def _locked(path):
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(), flags=re.MULTILINE))


def test_hadolint_has_nothing_to_say():
    files = [REPOSITORY / "apps/Containerfile", *(app / "Containerfile" for app in APPS)]
    done = subprocess.run(
        [_program("hadolint"), *files], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_an_image_takes_the_code_of_its_app_and_what_all_share(app):
    told = (app / "Containerfile").read_text()
    taken = re.findall(r"^COPY (?!--from)(.+) \S+$", told, flags=re.MULTILINE)
    own = {"apps/__init__.py", "apps/common", f"apps/{app.name}"}
    if (app / "requirements.txt").exists():
        own.add(f"apps/{app.name}/requirements.txt")
    assert set(taken) == own
    name = yaml.safe_load((app / "app.yaml").read_text())["app"]
    assert f'org.opencontainers.image.title="{name}"' in told


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.name)
def test_images_hold_the_versions_that_the_tests_ran_with(lock):
    tested = _locked(REPOSITORY / ".dev/requirements.txt")
    locked = _locked(lock)
    assert locked
    assert {name: tested.get(name) for name in locked} == locked


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.name)
def test_locks_hold_every_package_of_their_group(lock):
    groups = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["dependency-groups"]
    wanted = {
        re.split(r"[\[<>=~!; ]", requirement)[0].lower()
        for group in _GROUPS[lock.parent.name]
        for requirement in groups[group]
    }
    assert wanted <= set(_locked(lock)) | set(_locked(REPOSITORY / "apps/requirements.txt"))
