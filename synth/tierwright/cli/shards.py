"""`tierwright check --shard I/N` and `tierwright merge-reports`: one check, done by several processes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

import tierpolicies
from tierpolicies.engine.work import Merger, Sharer, Told
from tierwright.cli import check, formats, terminal
from tierwright.cli.failures import CLEAN, UsageError
from tierwright.cli.subjects import subjects
from tierwright.day import commit_day
from tierwright.description.files import policy_files
from tierwright.output.errors import OutputError, naming
from tierwright.repository import Repository, RevisionError

_SHARE = re.compile(r"(\d{1,4})/(\d{1,4})")
_VERSION = 1


@dataclass(frozen=True)
class Share:
    """What one process found: the `number`th of `count` shares of a check, made of some `inputs`."""

    number: int
    count: int
    request: Mapping[str, object]
    inputs: str
    runs: Sequence[Told]

    @classmethod
    def read(cls, path: Path) -> Share:
        """A share from a file.

        Raises:
            OutputError: it cannot be read, or is none.
        """
        try:
            with naming(path):
                told = json.loads(path.read_bytes())
            if told["version"] != _VERSION:
                raise ValueError(told["version"])
            return cls(*(told[name] for name in ("share", "of", "request", "inputs", "runs")))
        except (ValueError, KeyError, TypeError) as error:
            raise OutputError(
                path=path,
                reason="it is no share of a check, or one of another version of tierwright",
                mend="Make it with `tierwright check --shard I/N`",
            ) from error

    def text(self) -> str:
        """The share as a file."""
        told = {"version": _VERSION, "share": self.number, "of": self.count, "request": self.request}
        return json.dumps({**told, "inputs": self.inputs, "runs": self.runs}) + "\n"


def share(request: check.Request, shard: str) -> int:
    """Do a share of a check and print what was found; returns the exit code, which is no verdict yet."""
    found = _SHARE.fullmatch(shard)
    number, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= count:
        raise UsageError(f"--shard {shard!r} is no share; write for example 1/3, 2/3 and 3/3")
    if request.is_stdin:
        raise UsageError("--shard needs a folder: standard input is read once, and by one")
    if request.changed_since is not None:
        raise UsageError("--shard splits a whole check, and --changed-since asks for a part of one")
    if tuple(request.formats) != ("text",):
        raise UsageError("--format belongs to `tierwright merge-reports`: a share is no report yet")
    request = replace(request, today=request.today or commit_day(request.directory))
    worker = Sharer(number, count)
    check.report(request, linked=False, worker=worker)
    terminal.write(Share(number, count, _plain(request), _inputs(request), worker.runs).text())
    return CLEAN


def merge(files: Sequence[Path], wanted: Sequence[str]) -> int:
    """Make the report of all shares of a check; returns the exit code of that.

    Raises:
        UsageError: they are not all shares of one check.
        OutputError: a file is no share, or what was checked has changed since.
    """
    targets = formats.targets(wanted)
    shares = {path: Share.read(path) for path in files}
    first = next(iter(shares.values()))
    for path, each in shares.items():
        if (each.count, each.request) != (first.count, first.request):
            raise UsageError(f"{path} is a share of another check than {files[0]}")
    missing = set(range(1, first.count + 1)) - {each.number for each in shares.values()}
    if missing:
        told = ", ".join(f"{number}/{first.count}" for number in sorted(missing))
        raise UsageError(f"the share {told} is missing, so that nothing is sure; name its file too")
    request = _request(first.request)
    now = _inputs(request)
    for path, each in shares.items():
        if each.inputs != now:
            raise OutputError(
                path=path,
                reason="it was made of other files than those that are here",
                mend="Check out the commit that was checked, or check again",
            )
    linked = any(name in check.LINKED for name, _ in targets)
    found = check.report(request, linked=linked, worker=Merger([each.runs for each in shares.values()]))
    formats.present(found, targets)
    return found.exit


def _plain(request: check.Request) -> dict[str, object]:
    return {
        "directory": str(request.directory),
        "platform": str(request.platform) if request.platform is not None else None,
        "environments": list(request.environments),
        "base": request.base,
        "today": str(request.today),
        "kubernetes": request.kubernetes,
        "crds": [str(path) for path in request.crds],
        "select": list(request.select),
        "ignore": list(request.ignore),
        "cached": request.cached,
    }


def _request(plain: Mapping[str, object]) -> check.Request:
    return check.Request(
        directory=Path(cast("str", plain["directory"])),
        platform=Path(cast("str", plain["platform"])) if plain["platform"] is not None else None,
        environments=cast("list[str]", plain["environments"]),
        base=cast("str | None", plain["base"]),
        today=date.fromisoformat(cast("str", plain["today"])),
        kubernetes=cast("str | None", plain["kubernetes"]),
        crds=[Path(path) for path in cast("list[str]", plain["crds"])],
        select=cast("list[str]", plain["select"]),
        ignore=cast("list[str]", plain["ignore"]),
        cached=cast("bool", plain["cached"]),
    )


def _inputs(request: check.Request) -> str:
    """A name for everything that decides what is found: files, description, base, and the judge itself."""
    described = subjects(
        request.directory, description=request.platform, environments=request.environments
    ).description
    beside = [described, *policy_files(described.parent)] if described is not None else []
    judge = Path(tierpolicies.__file__).parent
    known = hashlib.blake2b(digest_size=16)
    for root in (request.directory, *beside, *request.crds, judge):
        for path in _files(root):
            name = path.relative_to(root).as_posix()
            with naming(path):
                content = path.read_bytes()
            known.update(f"{name} {len(content)}\n".encode(errors="surrogateescape") + content)
    if request.base is not None:
        repository = Repository.around(request.directory)
        with suppress(RevisionError):  # the report will say so
            known.update((repository.commit(request.base) if repository is not None else "").encode())
    return known.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path
