"""Images as they come out: who runs, what is in them, what is not, how large they are."""

from __future__ import annotations

import stat

import pytest
import yaml

from tests.servers.process import REPOSITORY

LARGEST_MEGABYTES = 250
"""Of what an image holds beside Debian, uncompressed."""

APPS = sorted(path.parent.name for path in REPOSITORY.glob("apps/*/app.yaml"))


def _commands():
    """What every workload of every app runs."""
    for app in APPS:
        for name, workload in yaml.safe_load((REPOSITORY / "apps" / app / "app.yaml").read_text())[
            "workloads"
        ].items():
            yield pytest.param(app, workload["command"], id=name)


@pytest.fixture(scope="session", params=APPS)
def image(request, image_of):
    return image_of(request.param)


def test_it_runs_as_nobody_and_says_what_it_is(image):
    config = image.config
    assert config["User"] == "10001:10001"
    assert config["StopSignal"] == "SIGTERM"
    assert config["Labels"]["org.opencontainers.image.revision"] == "1a2b3c4"
    assert config["Labels"]["org.opencontainers.image.source"].startswith("https://")
    assert image.execute("id", "-u").stdout.strip() == "10001"


@pytest.mark.parametrize("program", ["uvicorn", "celery", "alembic"])
def test_the_programs_of_the_manifests_run(image, program):
    done = image.execute(program, "--version")
    assert done.returncode == 0, done.stderr


def test_the_time_zone_is_known(image):
    done = image.execute("python", "-c", "import zoneinfo; print(zoneinfo.ZoneInfo('Asia/Seoul'))")
    assert done.stdout.strip() == "Asia/Seoul"


def test_only_its_own_code_is_there(image):
    own = image.name.rpartition("/")[2]
    assert {path.name for path in (image.root / "app/apps").iterdir()} == {
        "__init__.py",
        "__pycache__",
        "common",
        own,
    }


def test_code_and_packages_are_roots_compiled_and_not_to_be_changed(image):
    folders = [image.root / "app", *(image.root / "opt").iterdir()]
    for path in (path for folder in folders for path in (folder, *folder.rglob("*"))):
        found = path.lstat()
        assert (found.st_uid, found.st_gid) == (0, 0), path
        assert path.is_symlink() or not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH), path
        assert path.is_symlink() or found.st_mode & stat.S_IROTH, path
        if path.suffix == ".py" and path.is_relative_to(image.root / "app"):
            assert list((path.parent / "__pycache__").glob(f"{path.stem}.*.pyc")), path
    assert image.execute("touch", "/app/trial").returncode != 0


def test_what_builds_stays_behind(image):
    for name in ("pip", "pip3", "gcc", "cc", "make", "uv"):
        assert image.execute("sh", "-c", f"command -v {name}").returncode != 0, name
    assert image.execute("python", "-c", "import pip").returncode != 0
    for folder in ("root/.cache", "var/lib/apt/lists", "var/cache/apt", "tmp", "run/secrets"):
        assert not [each for each in (image.root / folder).rglob("*") if each.is_file()], folder


def test_nothing_of_the_build_shows(image):
    assert not [each for each in image.config["Env"] if "PIP_" in each or "proxy" in each.lower()]
    for name in ("pip.conf", "ca.pem", "requirements.txt", "app.yaml", "Containerfile", ".git"):
        assert not [*image.root.glob(f"app/**/{name}"), *image.root.glob(f"opt/*/{name}")], name
        assert not (image.root / "etc" / name).exists(), name


def test_it_is_small(image, debian_sizes, record_property):
    own = sum(size for path, size in image.sizes.items() if debian_sizes.get(path) != size) / 1e6
    record_property("megabytes beside Debian", round(own))
    assert own < LARGEST_MEGABYTES


@pytest.mark.parametrize(("app", "command"), list(_commands()))
def test_every_workload_starts_and_ends_with_what_it_is_not_told(image_of, app, command):
    done = image_of(app).execute(*command)
    assert done.returncode == 78, done.stderr
    assert " is not set: give it in the workload's environment" in done.stderr


def test_every_module_of_the_collector_can_be_imported(image_of):
    modules = "apps.dead_letters.collector, apps.dead_letters.replay, apps.common.http, gevent, alembic"
    done = image_of("dead_letters").execute("python", "-c", f"import {modules}")
    assert done.returncode == 0, done.stderr
    assert "replay" in image_of("dead_letters").execute("python", "-m", "apps.dead_letters", "--help").stdout


def test_backups_have_the_programs_of_their_server(image_of):
    image = image_of("worker_batch")
    for program in ("pg_dump", "pg_restore"):
        assert "(PostgreSQL) 17." in image.execute(program, "--version").stdout
    done = image.execute("python", "-c", "import apps.worker_batch.restore, boto3")
    assert done.returncode == 0, done.stderr
