"""N objects in one file, by three ways: `python -m tests.benchmarks.objects WAY N FILE`.

Each way builds the same workloads of five objects. Prints the seconds that it took once everything
was imported, and the peak memory of Python in MB.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

Object = Mapping[str, object]


def workload(name: str) -> list[tuple[str, str, Object]]:
    """apiVersion, kind and spec of the objects of one service."""
    pods = {"app": name}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    container = {
        "name": name,
        "image": f"ghcr.io/example/{name}:sha-0000000",
        "command": ["uvicorn", f"apps.{name}.main:app", "--host", "0.0.0.0", "--port", "8000"],  # noqa: S104
        "ports": [{"name": "http", "containerPort": 8000}],
        "env": [{"name": f"SETTING_{number}", "value": str(number)} for number in range(8)],
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"cpu": "250m", "memory": "256Mi"},
        },
        "readinessProbe": {"httpGet": {"path": "/health", "port": "http"}, "periodSeconds": 5},
        "securityContext": {"readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
    }
    template = {"metadata": {"labels": pods}, "spec": {"serviceAccountName": name, "containers": [container]}}
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    scale = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 5, "metrics": [metric]}
    service = {"selector": pods, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    return [
        ("apps/v1", "Deployment", {"selector": {"matchLabels": pods}, "template": template}),
        ("v1", "Service", service),
        ("autoscaling/v2", "HorizontalPodAutoscaler", scale),
        ("policy/v1", "PodDisruptionBudget", {"maxUnavailable": 1, "selector": {"matchLabels": pods}}),
        ("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": {"matchLabels": pods}, "ingress": [{}]}),
    ]


def tiered(names: list[str], file: Path) -> None:
    """This project's constructs in a cdk8s app, written by its emitter."""
    import cdk8s

    from tiered.chart import Chart
    from tiered.component import Component
    from tiered.emitter import emit

    chart = Chart(cdk8s.App(), "all", namespace="a", labels={"tier": "a"})
    for name in names:
        component = Component(chart, name)
        for api_version, kind, spec in workload(name):
            component.add(api_version, kind, name, wave=0, spec=spec)
    file.write_text("---\n".join(emit(each.body) for each in chart.manifests))


def patched(names: list[str], file: Path) -> None:
    """cdk8s as it comes: ApiObjects, their fields by JsonPatch, written by cdk8s."""
    import cdk8s

    app = cdk8s.App(outdir=str(file.parent))
    chart = cdk8s.Chart(app, file.stem, namespace="a", labels={"tier": "a"})
    metadata = {"annotations": {"argocd.argoproj.io/sync-wave": "0"}}
    for name in names:
        for api_version, kind, spec in workload(name):
            made = cdk8s.ApiObject(
                chart,
                f"{name}-{kind}",
                api_version=api_version,
                kind=kind,
                metadata={"name": name, **metadata},
            )
            made.add_json_patch(cdk8s.JsonPatch.add("/spec", spec))
    app.synth()


def plain(names: list[str]) -> list[Object]:
    """The objects without any construct."""
    return [
        {
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {
                "name": name,
                "namespace": "a",
                "labels": {"tier": "a"},
                "annotations": {"argocd.argoproj.io/sync-wave": "0"},
            },
            "spec": spec,
        }
        for name in names
        for api_version, kind, spec in workload(name)
    ]


def dumped(names: list[str], file: Path) -> None:
    """Dicts, written by PyYAML's fast dumper."""
    import yaml

    with file.open("w") as stream:
        yaml.dump_all(plain(names), stream, Dumper=yaml.CSafeDumper, sort_keys=False)


def emitted(names: list[str], file: Path) -> None:
    """The same dicts, written by this project's emitter."""
    from tiered.emitter import emit

    file.write_text("---\n".join(emit(each) for each in plain(names)))


def peak_megabytes() -> float:
    """The most memory that this Python, without Node, ever had resident."""
    status = Path("/proc/self/status")
    if status.exists():
        high = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(high.split()[1]) / 1000
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes


def main(way: str, number: str, target: str) -> None:
    """Make the objects and print the figures."""
    ways = {
        "tiered": (tiered, "tiered.chart"),
        "patched": (patched, "cdk8s"),
        "dumped": (dumped, "yaml"),
        "emitted": (emitted, "tiered.emitter"),
    }
    make, module = ways[way]
    import_module(module)
    start = time.perf_counter()
    make([f"w{index}" for index in range(int(number) // 5)], Path(target))
    print(time.perf_counter() - start, peak_megabytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
