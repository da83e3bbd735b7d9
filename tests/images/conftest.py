"""Images, built for real on a small Debian that stands in for the one of the registry."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.servers.process import REPOSITORY

RELEASE = "trixie"
_BUILD_SECONDS = 280


class Image:
    """A built image with a container of it, mounted."""

    def __init__(self, builder: Builder, name: str) -> None:
        self._builder = builder
        self.name = name
        self._container = builder.run("from", "--pull-never", name).strip()
        self.root = Path(builder.run("mount", self._container).strip())

    @property
    def config(self) -> dict[str, Any]:
        """What the image says of itself."""
        told = json.loads(self._builder.run("inspect", "--type", "image", self.name))
        return dict(told["OCIv1"]["config"])

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run `command` in the image, as its user and with nothing but its environment."""
        return self._builder.call("run", "--isolation", "chroot", self._container, "--", *command)

    @property
    def sizes(self) -> dict[str, int]:
        """The bytes of every file."""
        return {
            str(path.relative_to(self.root)): path.lstat().st_size
            for path in self.root.rglob("*")
            if path.is_symlink() or path.is_file()
        }


class Builder:
    """buildah with a storage of its own, shared by all processes of one test run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "users").mkdir(parents=True, exist_ok=True)
        self._own = folder / "users" / str(os.getpid())
        self._own.touch()
        self._buildah = _program("buildah")
        self._driver = _driver(folder)
        self._secrets = _secrets_of_the_build(folder)

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        storage = ["--root", str(self._folder / "store"), "--runroot", str(self._folder / "run")]
        return subprocess.run(
            [self._buildah, "--storage-driver", self._driver, *storage, *arguments],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )

    def run(self, *arguments: str) -> str:
        done = self.call(*arguments)
        if done.returncode != 0:
            pytest.fail(
                f"buildah {arguments[0]} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}", pytrace=False
            )
        return done.stdout

    def debian(self) -> str:
        """The stand-in for Debian's own image."""
        name = "localhost/debian"
        with _alone(self._folder):
            if self._lacks(name):
                container = self.run("from", "scratch").strip()
                self.run("add", "-q", container, str(_debian()), "/")
                self.run("commit", "-q", "--rm", container, name)
        return name

    def build(self, containerfile: str, name: str, **options: str) -> str:
        """Build and name an image; `target` is a stage, all else are build arguments."""
        target = ["--target", options.pop("target")] if "target" in options else []
        arguments = [f"--build-arg={key.upper()}={value}" for key, value in options.items()]
        with _alone(self._folder):
            if self._lacks(f"localhost/{name}"):
                self.run(
                    *("build", "-q", "--layers", "--isolation", "chroot", "--pull-never", *target),
                    *(*arguments, *self._secrets, "-f", containerfile, "-t", f"localhost/{name}"),
                    str(REPOSITORY),
                )
        return f"localhost/{name}"

    def _lacks(self, name: str) -> bool:
        return not self.run("images", "-q", "--filter", f"reference={name}").strip()

    def close(self) -> None:
        """Leave; whoever leaves last removes everything."""
        with _alone(self._folder):
            self._own.unlink()
            last = not list(self._own.parent.iterdir())
            if last:
                self.call("umount", "--all")
                self.call("rm", "--all")
        if last:
            shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def builder() -> Iterator[Builder]:
    if os.geteuid() != 0:
        pytest.fail("images are built as root here: run as root, or in a container", pytrace=False)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    made = Builder(Path(tempfile.gettempdir(), f"tests-images-{run}"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def stages(builder):
    """The two stages that every app's image is made of, as its build arguments."""
    debian = builder.debian()
    return {
        stage: builder.build("apps/Containerfile", stage, target=stage, debian=debian)
        for stage in ("builder", "base")
    }


@pytest.fixture(scope="session")
def image_of(builder, stages):
    """Build an app's image by the name of its folder, once."""

    @cache
    def build(folder: str) -> Image:
        name = builder.build(f"apps/{folder}/Containerfile", folder, revision="1a2b3c4", **stages)
        return Image(builder, name)

    return build


@pytest.fixture(scope="session")
def debian_sizes(builder, stages):
    """The files of Debian alone."""
    return Image(builder, "localhost/debian").sizes


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process of the run at a time."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _driver(folder: Path) -> str:
    """How layers are stored: ten times as fast where the kernel lays them over each other here."""
    parts = [folder / "trial" / str(os.getpid()) / name for name in ("low", "up", "work", "both")]
    for part in parts:
        part.mkdir(parents=True)
    low, up, work, both = map(str, parts)
    options = f"lowerdir={low},upperdir={up},workdir={work}"
    mounted = subprocess.run(
        ["mount", "-t", "overlay", "overlay", "-o", options, both],
        capture_output=True,
        check=False,
        timeout=60,
    )
    if mounted.returncode != 0:
        return "vfs"
    subprocess.run(["umount", both], check=True, timeout=60)
    return "overlay"


def _program(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.fail(f"{name} is missing: on Debian, apt-get install {name}", pytrace=False)
    return found


def _debian() -> Path:
    """A tar of Debian's smallest system, made once for this machine."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "tierwright")
    packed = folder / f"debian-{RELEASE}.tar"
    if packed.exists():
        return packed
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        new = Path(scratch, "debian.tar")
        done = subprocess.run(
            [_program("debootstrap"), "--variant=minbase", RELEASE, f"{scratch}/root", *_mirror()],
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            pytest.fail(f"debootstrap failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}", pytrace=False)
        names: Sequence[str] = sorted(path.name for path in Path(scratch, "root").iterdir())
        subprocess.run(["tar", "-C", f"{scratch}/root", "-cf", str(new), *names], check=True, timeout=120)
        new.rename(packed)
    return packed


def _mirror() -> list[str]:
    """Where this machine has its own packages from."""
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout.split()[:1]


def _secrets_of_the_build(folder: Path) -> list[str]:
    """How this machine reaches PyPI, as secrets: in no layer, no argument and no environment of an image."""
    lines = ["[global]"]
    options: dict[str, str] = {}
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for line in told.stdout.splitlines():
        key, _, value = line.partition("=")
        options[key.rpartition(".")[2]] = value.strip("'\"")
    lines += [
        f"{name} = {options[name]}"
        for name in ("index-url", "trusted-host", "proxy", "default-timeout")
        if name in options
    ]
    secrets = []
    certificates = options.get("cert") or os.environ.get("SSL_CERT_FILE")
    if certificates:
        lines.append("cert = /run/secrets/ca.pem")
        secrets.append(f"--secret=id=ca.pem,src={certificates}")
    configuration = folder / "pip.conf"
    configuration.write_text("\n".join(lines) + "\n")
    return [*secrets, f"--secret=id=pip.conf,src={configuration}"]
