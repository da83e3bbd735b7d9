"""Images built and pushed by the program for it that is there: buildah, podman or docker."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from tierwright.delivery.changes import BASE, Buildable
from tierwright.delivery.errors import DeliveryError

PROGRAMS = ("buildah", "podman", "docker")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Builder:
    """A program that builds images and pushes them; who it is logged in as is its own affair.

    `arguments` are build arguments by their names, each given to the Containerfiles that declare it;
    `options` are more options of every build.
    """

    program: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[str] = ()
    told: Callable[[str], None] = field(default=lambda _: None)

    def pushed(self, project: Path, wanted: Buildable, image: str, *, revision: str, moment: str) -> str:
        """Build an app's image of a project, push it by its name, and tell the digest that it has there.

        `revision` is the commit that the project holds, `moment` the seconds of the epoch at which that
        was made, by which a build is dated.

        Raises:
            DeliveryError: the program is missing, or fails.
        """
        arguments = {**self.arguments, "REVISION": revision}
        for stage in wanted.stages:
            arguments[stage.upper()] = self._stage(project, wanted, stage, revision, moment)
        declared = {name: value for name, value in arguments.items() if name in wanted.own.arguments}
        self._build(project, wanted.file, image, declared, moment=moment)
        return self._push(project, image)

    def _stage(self, project: Path, wanted: Buildable, stage: str, revision: str, moment: str) -> str:
        """A stage of the base, built once: layers that are there already are used again."""
        known = wanted.base.arguments if wanted.base is not None else ()
        declared = {name: value for name, value in self.arguments.items() if name in known}
        image = f"localhost/base-{stage.lower()}:{revision}"
        self._build(project, BASE, image, declared, f"--target={stage}", moment=moment)
        return image

    def _build(
        self,
        project: Path,
        file: str,
        image: str,
        arguments: Mapping[str, str],
        *more: str,
        moment: str,
    ) -> None:
        layers = ["--layers"] if self._name == "buildah" else []
        told = [f"--build-arg={name}={value}" for name, value in sorted(arguments.items())]
        command = ["build", *layers, *more, *told, *self.options, f"--file={file}", f"--tag={image}", "."]
        self._run(project, command, f"{image} cannot be built", SOURCE_DATE_EPOCH=moment)

    def _push(self, project: Path, image: str) -> str:
        reason = f"{image} cannot be pushed"
        if self._name == "docker":
            self._run(project, ["push", image], reason)
            told = self._run(project, ["image", "inspect", "--format={{json .RepoDigests}}", image], reason)
            name = image.rpartition(":")[0]
            found = [each for each in json.loads(told or "[]") if each.startswith(f"{name}@")]
            digest = found[0].partition("@")[2] if found else ""
        else:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder, "digest")
                self._run(project, ["push", f"--digestfile={file}", image], reason)
                digest = file.read_text(encoding="utf-8").strip() if file.exists() else ""
        if not _DIGEST.fullmatch(digest):
            raise DeliveryError(f"{self.program} tells no digest of {image}", "Look at what it printed")
        return digest

    @property
    def _name(self) -> str:
        return Path(self.program).name

    def _run(self, project: Path, command: Sequence[str], reason: str, **variables: str) -> str:
        """What a command prints; its messages go where ours go."""
        whole = [self.program, *command]
        self.told(f"$ {shlex.join(whole)}")
        try:
            done = subprocess.run(  # noqa: S603 - the program that the user chose
                whole,
                cwd=project,
                env=os.environ | variables,
                stdout=subprocess.PIPE,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            mend = "Install it, or name another one with --builder"
            raise DeliveryError(f"{self.program} cannot be run: {error.strerror}", mend) from error
        if done.returncode != 0:
            raise DeliveryError(
                f"{reason}: {self._name} ended with {done.returncode}",
                "The reason stands above; nothing was recorded, so mend it and run again",
            )
        return done.stdout


def available() -> str:
    """The first of the known programs that is on the path.

    Raises:
        DeliveryError: there is none.
    """
    found = next(filter(which, PROGRAMS), None)
    if found is None:
        raise DeliveryError(
            "no program is here that builds images",
            f"Install one of {', '.join(PROGRAMS)}, or name it with --builder",
        )
    return found
