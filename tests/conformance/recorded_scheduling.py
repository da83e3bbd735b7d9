"""Recorded outcomes of real schedulers: the files, the scenarios, and their replay."""

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tierpolicies.capacity.model.features import Features, features
from tierpolicies.capacity.model.node import Node, read_node
from tierpolicies.capacity.model.pod import Pod, read_pod
from tierpolicies.capacity.scheduler.simulation import Scheduler
from tierpolicies.documents.view import View


def corpora() -> Path:
    """The folder of outside cases."""
    folder = os.environ.get("TIERWRIGHT_CORPORA")
    if not folder:
        pytest.skip("TIERWRIGHT_CORPORA is not set: it names the folder of other projects' test cases")
    return Path(folder)


def lines(pattern: str) -> Iterator[dict[str, Any]]:
    """The objects of every file whose name matches."""
    paths = sorted(corpora().glob(pattern))
    assert paths, f"no {pattern} in {corpora()}"
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)


@dataclass(frozen=True)
class Run:
    """What a scheduler did once: a node or nothing for each pod, its last words, and the order of binding."""

    nodes: dict[str, str | None]
    messages: dict[str, str | None]
    order: list[str]


@dataclass(frozen=True)
class Scenario:
    """A recorded scenario with its two runs; `features` are those of its scheduler."""

    name: str
    features: Features
    nodes: list[Node]
    pods: list[Pod]
    runs: list[Run]
    stable: bool

    @property
    def agreed(self) -> dict[str, str]:
        """The messages that both runs have."""
        first, second = (run.messages for run in self.runs)
        return {pod: text for pod, text in first.items() if text is not None and second[pod] == text}

    def scheduler(self) -> Scheduler:
        return Scheduler(self.nodes, self.pods, features=self.features)


def scenarios() -> list[Scenario]:
    """All recorded scenarios."""
    return [_scenario(each) for each in lines("scheduler_*.jsonl.gz")]


def _scenario(raw: dict[str, Any]) -> Scenario:
    version = features(raw["k8s"])
    runs = [
        Run(
            {each["pod"]: each["node"] for each in raw[f"outcome{which}"]},
            {each["pod"]: each["message"] for each in raw[f"outcome{which}"]},
            raw[f"bind_order{which}"],
        )
        for which in ("", "2")
    ]
    return Scenario(
        name=raw["id"],
        features=version,
        nodes=[read_node(View(each)) for each in raw["nodes"]],
        pods=[read_pod(View(each), version) for each in raw["pods"]],
        runs=runs,
        stable=raw["stable"],
    )


@dataclass
class Replay:
    """A run again, pod by pod: each is bound where it was, or refused where it was.

    Of the pods that one event helps the recording alone knows which was looked at first.
    """

    scenario: Scenario
    run: Run
    infeasible: list[str] = field(default_factory=list)
    not_best: list[str] = field(default_factory=list)
    wrongly_refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scheduler = self.scenario.scheduler()
        self.number = {pod.name: number for number, pod in enumerate(self.scenario.pods)}
        self.left = list(reversed(self.run.order))
        for pod in range(len(self.scenario.pods)):
            waiting = {pod}
            while waiting:
                following = self.number[self.left[-1]] if self.left else -1
                chosen = following if following in waiting else min(waiting)
                waiting.remove(chosen)
                waiting.update(self._attempt(chosen))

    def _attempt(self, pod: int) -> list[int]:
        name = self.scenario.pods[pod].name
        assessment = self.scheduler.assessment(self.scheduler.template_of[pod])
        names = [node.name for node in self.scheduler.cluster.nodes]
        if not self.left or self.left[-1] != name:
            if assessment.feasible():
                self.wrongly_refused.append(name)
            self.scheduler.refuse(pod)
            return []
        self.left.pop()
        node = self.run.nodes[name]
        assert node is not None
        if names.index(node) not in assessment.feasible():
            self.infeasible.append(name)
        elif names.index(node) not in assessment.best():
            self.not_best.append(name)
        return self.scheduler.bind(pod, node)

    def feasible_at_the_end(self) -> list[str]:
        """The pending pods that a node could take."""
        return [
            name
            for name, node in self.run.nodes.items()
            if node is None
            and self.scheduler.assessment(self.scheduler.template_of[self.number[name]]).feasible()
        ]

    def message(self, name: str) -> str:
        """What is said of a pending pod."""
        return self.scheduler.messages[self.number[name]]
