"""A new GitOps repository: a description of one laptop's cluster, one app with its tests, workflows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from tierpolicies.schemas.bundle import bundle
from tierwright.description import schema
from tierwright.output.errors import OutputError, naming
from tierwright.scaffold.application import NewApp
from tierwright.scaffold.templates import rendered

EXAMPLE = "hello"
_EXECUTABLE = ".sh"


@dataclass(frozen=True, kw_only=True)
class NewRepository:
    """What a new repository is told of itself: its platform's name, where its images and itself are."""

    platform: str
    registry: str
    git: str

    def texts(self) -> dict[str, str]:
        """Every file by its path, apart from dist.

        Raises:
            TemplateError: a template asks for what is not known.
        """
        app = _example()
        example = rendered(app.kind, {**app.words, "broker": ""})
        words = {
            **app.words,
            "platform": self.platform,
            "registry": self.registry,
            "registry_host": self.registry.partition("/")[0],
            "git": self.git,
            "version": version("tierwright"),
            "kubernetes": _kubernetes(),
            "app_requirements": example[f"apps/{app.module}/requirements.txt"].rstrip("\n"),
        }
        schemas = {f"{schema.FOLDER}/{name}": text for name, text in schema.schemas().items()}
        return {**rendered("repository", words), **example, **schemas}


def _example() -> NewApp:
    return NewApp(
        kind="api",
        name=EXAMPLE,
        namespace=EXAMPLE,
        route=f"/{EXAMPLE}",
        cpu="50m",
        memory="64Mi",
        cpu_limit="200m",
        memory_limit="128Mi",
    )


def _kubernetes() -> str:
    """One minor version behind the newest that is known: what kind and the clouds offer."""
    return bundle().versions[-2]


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """A new folder that takes the place of `folder` at once when the block ends well, and else goes.

    Raises:
        OutputError: something is in `folder`, or it cannot be made.
    """
    place = Path(folder.absolute())
    with naming(place):
        _refuse_occupied(folder, place)
        place.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{place.name}.new-", dir=place.parent) as scratch:
            new = Path(scratch, place.name)
            new.mkdir()
            yield new
            new.rename(place)  # an empty folder may stand there: it is replaced


def _refuse_occupied(folder: Path, place: Path) -> None:
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise OutputError(path=folder, reason="not a folder", mend="Choose another")
    held = sorted(each.name for each in place.iterdir()) if place.exists() else []
    if held:
        reason = f"not empty: {held[0]} is in it"
        raise OutputError(path=folder, reason=reason, mend="Choose a new folder, or one that is empty")


def write(texts: dict[str, str], folder: Path) -> None:
    """Put the files into a new folder; scripts may be run.

    Raises:
        OutputError: for whatever the file system refuses.
    """
    with naming(folder):
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            if path.suffix == _EXECUTABLE:
                path.chmod(0o755)


def fault_of(name: str) -> str | None:
    """Why a text is not the name of a platform, if it is not: it is a label's and a host's."""
    if re.fullmatch(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?", name) is None:
        return "write at most 40 small letters, digits and dashes, a letter first, for example shop"
    return None
