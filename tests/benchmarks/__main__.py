"""The project's speed as ratios within one run: `./dev bench`, or `python -m tests.benchmarks`.

Prints a Markdown table and writes it, with the method, to RESULTS.md beside this file. Exits 1
where a goal is missed.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks import judging
from tests.benchmarks.measure import Figures, Program, medians
from tests.benchmarks.row import Row, machine, table
from tests.shipped_project import copy_shipped
from tierwright.node import choose_node

RESULTS = Path(__file__).with_name("RESULTS.md")
METHOD = """\
# Speed

Written by `./dev bench`. Every figure is the median of whole cold processes that ran by turns, so a
ratio compares what the same machine did in the same minute; absolute times are those of the machine
at hand. The floor is a process that imports cdk8s and makes an empty `App()`. Objects come in
workloads of five (Deployment, Service, autoscaler, disruption budget, NetworkPolicy) and go to one file.
"""


def main() -> int:
    """Measure, print, write; returns the exit code."""
    choose_node()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        rows = [*commands(folder), *objects(folder), *judging.rows(folder)]
    RESULTS.write_text(f"{METHOD}\nMachine: {machine()}.\n\n{table(rows)}\n", encoding="utf-8")
    print(table(rows))
    return 0 if all(row.met for row in rows) else 1


def commands(folder: Path) -> list[Row]:
    """The command line on the shipped platform, both environments."""
    project = folder / "project"
    copy_shipped(project)

    def tierwright(*arguments: str) -> list[str]:
        return [sys.executable, "-c", "from tierwright.cli import main; main()", *arguments]

    def first() -> None:
        shutil.rmtree(project / ".tierwright", ignore_errors=True)
        shutil.rmtree(project / "dist", ignore_errors=True)

    floor = [sys.executable, "-c", "import cdk8s; cdk8s.App()"]
    programs = {
        "floor": Program(floor, project),
        "synth": Program(tierwright("synth"), project, first),
        "up to date": Program(tierwright("synth"), project),
        "check": Program(tierwright("check"), project),
        "help": Program(tierwright("--help"), project),
    }
    found = medians(programs, runs=9, compiled=folder / "compiled")
    assert found["up to date"].answer == "dist is up to date"
    return [
        _ratio("synth and check of the platform ÷ floor", found, "synth", "floor", most=2.5),
        _ratio("`check` of dist (no Node) ÷ floor", found, "check", "floor", most=1.5, whose=", our own"),
        _ratio("`--help` (no Node) ÷ floor", found, "help", "floor", most=0.5, whose=", our own"),
        Row("unchanged input: “up to date”", _seconds(found["up to date"]), "< 0.2 s", _quick(found)),
    ]


def objects(folder: Path) -> list[Row]:
    """Many objects, by this project's constructs and by others' ways."""

    def program(way: str, number: int) -> Program:
        file = folder / way / "all.k8s.yaml"
        file.parent.mkdir(exist_ok=True)
        return Program(
            [sys.executable, "-m", "tests.benchmarks.objects", way, str(number), str(file)],
            Path(__file__).parents[2],
        )

    programs = {
        "tiered": program("tiered", 1000),
        "cdk8s": program("patched", 1000),
        "dicts": program("dumped", 1000),
        "emitted": program("emitted", 1000),
        "5000": program("tiered", 5000),
    }
    found = medians(programs, runs=5, compiled=folder / "compiled")
    times = {name: figures.seconds for name, figures in found.items()}
    inner = {name: float(figures.answer.split()[0]) for name, figures in found.items()}
    growth = inner["5000"] / inner["tiered"]
    memory = float(found["5000"].answer.split()[1])
    return [
        Row(
            "1000 objects: cdk8s ApiObject + JsonPatch ÷ ours",
            _told(found, "cdk8s", "tiered"),
            "≥ 3",
            times["cdk8s"] >= 3 * times["tiered"],
        ),
        _ratio("1000 objects: ours ÷ dicts + CSafeDumper", found, "tiered", "dicts", most=3),
        Row(
            "1000 dicts: CSafeDumper ÷ our emitter, in process",
            f"{inner['dicts'] / inner['emitted']:.1f}",
            "≥ 3, our own",
            inner["dicts"] >= 3 * inner["emitted"],
        ),
        Row(
            "5000 objects ÷ 1000 objects, without the start of Python and Node",
            f"{growth:.2f} ({inner['5000']:.2f} s ÷ {inner['tiered']:.2f} s)",
            "≤ 5",
            growth <= 5,
        ),
        Row("5000 objects: peak memory of Python", f"{memory:.0f} MB", "< 150 MB", memory < 150),
    ]


def _ratio(
    what: str, found: Mapping[str, Figures], name: str, base: str, *, most: float, whose: str = ""
) -> Row:
    met = found[name].seconds <= most * found[base].seconds
    return Row(what, _told(found, name, base), f"≤ {most:g}{whose}", met)


def _told(found: Mapping[str, Figures], name: str, base: str) -> str:
    ratio = found[name].seconds / found[base].seconds
    return f"{ratio:.2f} ({_seconds(found[name])} ÷ {_seconds(found[base])})"


def _seconds(figures: Figures) -> str:
    return f"{figures.seconds:.2f} s"


def _quick(found: Mapping[str, Figures]) -> bool:
    return found["up to date"].seconds < 0.2


if __name__ == "__main__":
    sys.exit(main())
