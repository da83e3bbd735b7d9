"""The network prover on clusters of growing size, and on as many addresses."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Figures, Program, medians
from tests.benchmarks.row import Row

ROOT = Path(__file__).parents[2]
PLOT = Path(__file__).with_name("network_growth.svg")
SIZES = (250, 500, 1000, 2000, 4000)
"""Workloads; ten a namespace, with three policies."""
PER_NAMESPACE = 10
_IN_PROCESS = """
import statistics, sys, time
from pathlib import Path
from tierpolicies.network import Index, read
from tierpolicies.network.intent.intent import Intent, flows
folder = Path(sys.argv[1])
manifests, declared = read(folder).manifests, flows((folder / "index.json").read_bytes())
took = []
for _ in range(11):
    index = Index(manifests)
    start = time.process_time()
    intent = Intent(index, declared)
    pairs = sum(1 for _ in intent.network.connections())
    took.append(time.process_time() - start)
print(statistics.median(took), pairs)
"""
_MEASURED = """
import resource, sys
from tierwright.cli.connectivity import Request, run
from pathlib import Path
assert run(Request(Path(sys.argv[1]))) == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def rows(folder: Path) -> Iterator[Row]:
    """The goals of the prover: whole processes that write every line, but for the platform."""
    trees = {f"{size:,}": _tree(folder / f"network-{size}", size) for size in SIZES}
    trees["143"] = _tree(folder / "network-143", 143, per_namespace=1, policies=1)
    trees["addresses"] = _addresses(folder / "network-addresses")
    programs = {name: _listing(tree, folder) for name, tree in trees.items()}
    programs["platform"] = Program([sys.executable, "-c", _IN_PROCESS, str(ROOT / "dist" / "prod")], ROOT)
    corpora = os.environ.get("TIERWRIGHT_CORPORA")
    if corpora:
        test = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/conformance/test_network.py"]
        programs["corpus"] = Program([sys.executable, *test], ROOT)
    found = medians(programs, runs=3, compiled=folder / "compiled")
    platform = float(found["platform"].answer.split()[0])
    yield Row(
        "network of the platform, in process, CPU time",
        f"{platform * 1000:.0f} ms",
        "< 50 ms",
        platform < 0.05,
    )
    whole = found["2,000"]
    yield _within("2,000 workloads in 200 namespaces with 600 policies", whole, 5)
    memory = float(whole.answer)
    yield Row("the same: peak memory", f"{memory:.0f} MB", "< 500 MB", memory < 500)
    yield _within("143 workloads with 143 policies (netpol-analyzer: 1.7 s)", found["143"], 1.7)
    yield _within("24,000 lines of addresses (netpol-analyzer: 14 s)", found["addresses"], 14)
    if corpora:
        yield _within("every visible case of its corpus", found["corpus"], 10)
    growth = found["4,000"].seconds / found["1,000"].seconds
    yield Row(
        "network of 4,000 ÷ 1,000 workloads",
        f"{growth:.1f} (see network_growth.svg)",
        "≤ 8, our own",
        growth <= 8,
    )
    PLOT.write_text(plot([(size, found[f"{size:,}"].seconds) for size in SIZES]), encoding="utf-8")


def _listing(tree: Path, folder: Path) -> Program:
    return Program([sys.executable, "-c", _MEASURED, str(tree)], folder)


def _within(what: str, found: Figures, most: float) -> Row:
    return Row(f"network: {what}", f"{found.seconds:.2f} s", f"< {most:g} s", found.seconds < most)


def _tree(folder: Path, workloads: int, *, per_namespace: int = PER_NAMESPACE, policies: int = 3) -> Path:
    """Namespaces of some workloads each, which talk within, and of which one calls the next namespace's."""
    folder.mkdir()
    for number in range(workloads // per_namespace):
        home = f"team-{number:04}"
        objects = [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": home, "labels": {"team": home}}}
        ]
        objects += [_workload(home, f"app-{each}") for each in range(per_namespace)]
        objects += _policies(home, f"team-{number + 1:04}", per_namespace)[:policies]
        _write(folder / f"{home}.json", objects)
    return folder


def _policies(home: str, neighbour: str, per_namespace: int) -> list[Any]:
    space = {"matchLabels": {"kubernetes.io/metadata.name": neighbour}}
    port = [{"protocol": "TCP", "port": 8080}, {"protocol": "TCP", "port": "metrics"}]
    within = {
        "ingress": [{"from": [{"podSelector": {}}], "ports": port}],
        "egress": [{"to": [{"podSelector": {}}]}],
    }
    called = {
        "ingress": [{"from": [{"namespaceSelector": space, "podSelector": _app("app-1")}], "ports": port[:1]}]
    }
    denied: Any = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    if per_namespace == 1:
        return [_policy(home, "own", {"podSelector": {}, "policyTypes": ["Ingress"], **called})]
    return [
        _policy(home, "default-deny", denied),
        _policy(home, "within", {**denied, **within}),
        _policy(home, "called", {"podSelector": _app("app-0"), "policyTypes": ["Ingress"], **called}),
    ]


def _addresses(folder: Path) -> Path:
    """40 workloads, of which each may be reached from 300 blocks of addresses, and may call as many."""
    folder.mkdir()
    blocks = [
        {"ipBlock": {"cidr": f"{10 + number // 128}.{2 * (number % 128)}.0.0/16"}} for number in range(300)
    ]
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{"from": blocks}]}
    objects = [_workload("team", f"app-{each}") for each in range(40)]
    _write(folder / "all.json", [*objects, _policy("team", "blocks", {**spec, "egress": [{"to": blocks}]})])
    return folder


def _workload(home: str, name: str) -> Any:
    ports = [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9090}]
    pod = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "main", "ports": ports}]}}
    metadata = {"name": name, "namespace": home}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": pod}}


def _policy(home: str, name: str, spec: Any) -> Any:
    metadata = {"name": name, "namespace": home}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def _app(name: str) -> Any:
    return {"matchLabels": {"app": name}}


def _write(file: Path, objects: Sequence[Any]) -> None:
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}), encoding="utf-8")


def plot(measured: Sequence[tuple[int, float]]) -> str:
    """A line through some points, workloads to the right and seconds upwards, as SVG."""
    width, height, edge = 560, 320, 48
    most_x, most_y = measured[-1][0], max(seconds for _, seconds in measured)

    def at(size: float, seconds: float) -> tuple[int, int]:
        across = edge + (width - 2 * edge) * size / most_x
        return round(across), round(height - edge - (height - 2 * edge) * seconds / most_y)

    points = " ".join(f"{x},{y}" for x, y in (at(*each) for each in measured))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
        "  <style>text { font-family: sans-serif }</style>",
        "  <title>Seconds to tell who may reach whom, by workloads</title>",
        f'  <rect width="{width}" height="{height}" fill="white"/>',
        f'  <path d="M{edge},{edge} V{height - edge} H{width - edge}" fill="none" stroke="#444"/>',
        f'  <polyline points="{points}" fill="none" stroke="#1c6e8c" stroke-width="2"/>',
    ]
    for size, seconds in measured:
        x, y = at(size, seconds)
        lines.append(f'  <circle cx="{x}" cy="{y}" r="4" fill="#1c6e8c"/>')
        lines.append(f'  <text x="{x}" y="{y - 9}" font-size="11" text-anchor="end">{seconds:.2f} s</text>')
        lines.append(
            f'  <text x="{x}" y="{height - edge + 16}" font-size="11" text-anchor="middle">{size:,}</text>'
        )
    told = "workloads, ten a namespace, with three policies a namespace"
    lines.append(
        f'  <text x="{width / 2:.0f}" y="{height - 10}" font-size="11" text-anchor="middle">{told}</text>'
    )
    return "\n".join([*lines, "</svg>", ""])
