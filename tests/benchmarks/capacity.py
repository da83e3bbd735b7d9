"""How fast the capacity prover is, and how it grows: `python -m tests.benchmarks.capacity`.

Writes CAPACITY.md and capacity.svg beside this file. Times are processor time of this process, the median of
three runs, so that other work on the machine counts little; building the objects is not measured.
"""

from __future__ import annotations

import random
import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log10
from pathlib import Path
from statistics import median
from time import process_time

from tierpolicies.capacity.model.node import HOST, ZONE, Node
from tierpolicies.capacity.model.pod import Load, Pod, Template
from tierpolicies.capacity.proof.decision import Verdict, decide
from tierpolicies.capacity.scenarios.table import stage, table
from tierpolicies.capacity.scheduler.simulation import Scheduler
from tierpolicies.documents.reader import read
from tierpolicies.engine.index import Index
from tierwright.description.loading import load
from tierwright.facts import facts

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SIZES = ((125, 6), (250, 12), (500, 25), (1000, 50), (2000, 100), (5000, 500))
LOADS = (0.8, 0.95)
CPUS = (100, 250, 500, 750, 1000, 1500, 2000)
MEMORIES = (256, 512, 1024, 2048, 3072, 4096, 6144)
MI = 2**20
METHOD = """\
Written by `./dev bench capacity`: processor time, medians of three runs (nine for the platform), without
building the objects. Nodes are filled to 95 % where nothing else is said; pods arrive in random order."""


@dataclass(frozen=True)
class Measured:
    """Seconds of one size and load, and what came of it."""

    pods: int
    nodes: int
    load: float
    simulated: float
    decided: float
    pending: int
    verdict: Verdict


def cluster(pods: int, nodes: int, load: float) -> tuple[list[Node], list[Pod]]:
    """Pods of many workloads in random order, and equal nodes in three zones that they fill to a share."""
    dice = random.Random(pods)
    kinds = max(pods // 35, 8)
    shapes = [(dice.choice(CPUS), dice.choice(MEMORIES) * MI) for _ in range(kinds)]
    chosen = [dice.randrange(kinds) for _ in range(pods)]
    room = [int(sum(shapes[kind][which] for kind in chosen) / load / nodes) + 1 for which in (0, 1)]
    given = {"cpu": room[0], "memory": room[1]}
    labels = [{HOST: f"n{number}", ZONE: f"z{number % 3}"} for number in range(nodes)]
    templates = [
        Template(
            labels=(("app", f"w{kind}"),),
            request=(("cpu", cpu), ("memory", memory)),
            counted=Load(cpu, memory),
            weighed=Load(cpu, memory),
            balanced=Load(cpu, memory),
            owner=f"w{kind}",
        )
        for kind, (cpu, memory) in enumerate(shapes)
    ]
    return (
        [Node(f"n{number}", given, labels=labels[number]) for number in range(nodes)],
        [Pod(f"p{number}", templates[kind], workload=f"w{kind}") for number, kind in enumerate(chosen)],
    )


def seconds(run: Callable[[], object], *, times: int = 3) -> float:
    """The median of some runs, in processor time."""
    found = []
    for _ in range(times):
        start = process_time()
        run()
        found.append(process_time() - start)
    return median(found)


def measured(pods: int, nodes: int, load: float) -> Measured:
    """One size and load: a simulation, and a whole verdict with two of them."""
    given = cluster(pods, nodes, load)
    outcome = Scheduler(*given).run()
    verdict = decide(Scheduler(*given), runs=2)
    return Measured(
        pods,
        nodes,
        load,
        seconds(lambda: Scheduler(*given).run()),
        seconds(lambda: decide(Scheduler(*given), runs=2)),
        len(outcome.pending),
        verdict,
    )


def platform() -> float:
    """Every scenario of the shipped platform, from its index."""
    known = facts(load(ROOT).platform, "prod")
    index = Index(read(ROOT / "dist/prod", root=ROOT).manifests)

    def run() -> object:
        tried = stage(index, known)
        return table(tried, tried.scenarios())

    run()
    return seconds(run, times=9)


def page(all_scenarios: float, rows: list[Measured], megabytes: float) -> str:
    """The figures against their goals."""
    by_size = {(row.pods, row.load): row for row in rows}
    large, largest = by_size[2000, 0.95], by_size[5000, 0.95]
    goals = (
        ("the platform, all scenarios", all_scenarios, 0.05),
        ("2,000 pods on 100 nodes, simulated", large.simulated, 0.3),
        ("2,000 pods on 100 nodes, proved", large.decided, 3.0),
        ("5,000 pods on 500 nodes, simulated", largest.simulated, 1.5),
        ("5,000 pods on 500 nodes, decided", largest.decided, 60.0),
    )
    lines = [
        "# The capacity prover's speed",
        "",
        METHOD,
        "",
        "| what | measured | goal | met |",
        "|---|---|---|---|",
    ]
    for what, took, goal in goals:
        lines.append(f"| {what} | {took:.3f} s | < {goal:g} s | {'yes' if took < goal else '**missed**'} |")
    met = "yes" if megabytes < 500 else "**missed**"
    lines.append(f"| peak memory of all of it | {megabytes:.0f} MB | < 500 MB | {met} |")
    lines += [
        "",
        "| pods | nodes | load | simulated | decided | left over by the scheduler | verdict |",
        "|--:|--:|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row.pods:,} | {row.nodes} | {row.load:.0%} | {row.simulated:.3f} s | {row.decided:.3f} s"
            f" | {row.pending} | {row.verdict.answer} |"
        )
    return "\n".join([*lines, "", "![How it grows](capacity.svg)", ""])


def plot(rows: list[Measured]) -> str:
    """Seconds over pods, both on logarithmic scales: simulated and decided, at each load."""
    left, top, width, height = 60, 20, 560, 320

    def place(pods: float, took: float) -> tuple[float, float]:
        across = (log10(pods) - 2) / 2
        down = (log10(max(took, 1e-3)) + 3) / 5
        return left + across * width, top + height * (1 - down)

    size = 'viewBox="0 0 680 390" font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        '<rect width="680" height="390" fill="white"/>',
    ]
    for exponent in range(-3, 3):
        x, y = place(100, 10.0**exponent)
        parts.append(f'<path d="M{x:.0f} {y:.0f}h{width}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{10.0**exponent:g} s</text>')
    for pods in (100, 1000, 10000):
        x, _ = place(pods, 1)
        parts.append(f'<path d="M{x:.0f} {top}v{height}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.0f}" y="{top + height + 18}" text-anchor="middle">{pods:,} pods</text>')
    curves = list(_curves(rows))
    for number, (name, colour, dashes, points) in enumerate(curves):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
        stroke = f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        parts.append(f'<polyline points="{path}" fill="none" {stroke}/>')
        y = top + 14 + 16 * number
        parts.append(f'<path d="M{left + 12} {y - 4}h24" {stroke}/>')
        parts.append(f'<text x="{left + 42}" y="{y}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _curves(rows: list[Measured]) -> Iterator[tuple[str, str, str, list[tuple[int, float]]]]:
    for share, dashes in zip(LOADS, ("4 3", "none"), strict=True):
        some = [row for row in rows if row.load == share]
        for what, colour in (("simulated", "#4477aa"), ("decided", "#aa3377")):
            points = [(row.pods, getattr(row, what)) for row in some]
            yield f"{what}, {share:.0%} full", colour, dashes, points


def main() -> None:
    """Measures everything and writes both files."""
    all_scenarios = platform()
    rows = [measured(pods, nodes, load) for pods, nodes in SIZES for load in LOADS]
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    text = page(all_scenarios, rows, megabytes)
    (HERE / "CAPACITY.md").write_text(text, encoding="utf-8")
    (HERE / "capacity.svg").write_text(plot(rows), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
