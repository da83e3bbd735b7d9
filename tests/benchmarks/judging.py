"""The judge on trees of many documents, beside checkov on the same ones."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.benchmarks.measure import Figures, Program, medians
from tests.benchmarks.row import Row
from tierpolicies.report.formats import MODULES

APPLICATION = Path(__file__).parents[1] / "tierpolicies" / "foreign" / "bookshop"
"""A well-kept application: nothing is found, so that every process ends well."""
DOCUMENTS = {"70": 70, "1,000": 1000, "10,000": 10_000}
_CHECKOV = "checkov==3.3.30"


def rows(folder: Path) -> Iterator[Row]:
    """The goals of the judge: whole processes, all rules and all outputs."""
    trees = {name: _tree(folder / f"tree-{number}", number) for name, number in DOCUMENTS.items()}
    found = medians(_programs(folder, trees), runs=5, compiled=folder / "compiled")
    yield _within("70 documents", found["70"], 0.2)
    yield _within("1,000 documents, nothing known of them", found["1,000"], 0.4)
    yield _within("1,000 documents, nine files of ten unchanged", found["warm"], 0.25)
    yield _within("10,000 documents", found["10,000"], 4)
    ratio = found["checkov"].seconds / found["1,000"].seconds
    told = f"{ratio:.1f} ({found['checkov'].seconds:.2f} s ÷ {found['1,000'].seconds:.2f} s)"
    yield Row("1,000 documents: checkov ÷ ours", told, "≥ 7", ratio >= 7)
    floor = found["1,000"].seconds / found["python"].seconds
    told = f"{floor:.1f} ({found['1,000'].seconds:.2f} s ÷ {found['python'].seconds:.2f} s)"
    yield Row("1,000 documents ÷ composing them by PyYAML's C parser", told, "≤ 2, our own", floor <= 2)
    memory = _memory(trees["1,000"], folder)
    yield Row("1,000 documents: peak memory", f"{memory:.0f} MB", "≤ 150 MB", memory <= 150)


def _programs(folder: Path, trees: dict[str, Path]) -> dict[str, Program]:
    turn = count()

    def spoil() -> None:
        """Every tenth file changes before each run."""
        comment = f"# {next(turn)}\n"
        for path in sorted(trees["1,000"].rglob("*.yaml"))[::10]:
            lines = [line for line in path.read_text().splitlines(keepends=True) if line[:1] != "#"]
            path.write_text(comment + "".join(lines))

    compose = (
        "import sys, yaml, pathlib\n"
        "for path in pathlib.Path(sys.argv[1]).rglob('*.yaml'):\n"
        "    list(yaml.compose_all(path.read_bytes(), yaml.CSafeLoader))"
    )
    checkov = _checkov(folder / "checkov")
    return {
        **{name: Program(_check(tree, folder, "--no-cache"), folder) for name, tree in trees.items()},
        "warm": Program(_check(trees["1,000"], folder), folder, spoil),
        "python": Program([sys.executable, "-c", compose, str(trees["1,000"])], folder),
        "checkov": Program(
            [
                checkov,
                "--directory",
                str(trees["1,000"]),
                "--framework",
                "kubernetes",
                "--soft-fail",
                "--quiet",
            ],
            folder,
        ),
    }


def _check(tree: Path, folder: Path, *options: str) -> list[str]:
    outputs = [f"--format={name}={folder / name}.out" for name in MODULES]
    return [
        sys.executable,
        "-c",
        "from tierwright.cli import main; main()",
        "check",
        str(tree),
        *outputs,
        *options,
    ]


def _tree(folder: Path, documents: int) -> Path:
    """At least so many documents: the application again and again, each in a namespace of its own."""
    made = 0
    for number in count():
        for source in sorted(APPLICATION.glob("*.yaml")):
            text = source.read_text().replace("books.example", f"shop{number}.example")
            text = text.replace("bookshop", f"bookshop-{number}")
            target = folder / f"{number:04}" / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            made += text.count("\n---\n") + 1
        if made >= documents:
            break
    return folder


def _checkov(folder: Path) -> str:
    """checkov in an environment of its own, from PyPI."""
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", _CHECKOV]
    subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
    return str(folder / "bin" / "checkov")


def _memory(tree: Path, folder: Path) -> float:
    """The peak of the one process, in MB, as the system counts it."""
    process = subprocess.Popen(_check(tree, folder, "--no-cache"), cwd=folder)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("the check whose memory is measured failed")
    return usage.ru_maxrss / 1024


def _within(what: str, figures: Figures, most: float) -> Row:
    met = figures.seconds <= most
    return Row(f"check of {what}, all outputs", f"{figures.seconds:.2f} s", f"≤ {most:g} s", met)
