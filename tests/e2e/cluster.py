"""The workloads of the manifests, started in the order of their sync waves."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from itertools import groupby
from types import TracebackType
from typing import Self

from tests.e2e.ingress import LoadBalancer
from tests.e2e.manifests import ManifestError, Object, told, wave
from tests.e2e.pod import Node, Pod

STORES = {("default", "redis"), ("default", "redis-cache")}
"""Deployments that servers of these tests stand for."""


class Cluster:
    """What runs: Jobs until they complete, Deployments until the cluster is closed.

    Args:
        kinds: Kinds of workloads to start.
        only: Names of the workloads to start; all by default.
        replicas: How many pods a Deployment has, where it is not one.
        elsewhere: Nodes on which the pods of these workloads run instead.
    """

    def __init__(
        self,
        node: Node,
        *,
        kinds: Collection[str] = ("Job", "Deployment"),
        only: Collection[str] | None = None,
        replicas: dict[str, int] | None = None,
        elsewhere: Mapping[str, Node] | None = None,
    ) -> None:
        self.node = node
        self.pods: list[Pod] = []
        self._kinds = kinds
        self._only = only
        self._replicas = replicas or {}
        self._elsewhere = elsewhere or {}
        self._made: Counter[str] = Counter()
        self.balancer = LoadBalancer(node.manifests, lambda: self.pods)

    def sync(self) -> Self:
        """Start everything, wave by wave, each wave once the one before is healthy.

        Raises:
            ManifestError: a Job fails, a pod does not become ready, or an Ingress leads nowhere.
        """
        try:
            for _, objects in groupby(self._workloads(), key=wave):
                self._start(list(objects))
            self.balancer.check_health()
        except BaseException:
            self.close()
            raise
        return self

    def pod(self, name: str) -> Pod:
        """The first pod of a workload."""
        return next(each for each in self.pods if each.workload == name)

    def add(self, name: str, change: Callable[[Object], None] | None = None) -> Pod:
        """Start one more pod of a Deployment; `wait_ready` waits for it.

        Args:
            change: Alters the Deployment, for this pod only.
        """
        workload = next(each for each in self._workloads() if each["metadata"]["name"] == name)
        if change:
            workload = deepcopy(workload)
            change(workload)
        pod = self._pod(workload)
        self.pods.append(pod)
        pod.start()
        return pod

    def remove(self, pod: Pod) -> None:
        """Forget a pod that was ended."""
        self.pods.remove(pod)

    @property
    def problems(self) -> list[str]:
        """What went wrong with pods since they started."""
        return [f"{each.owner}: {problem}" for each in self.pods for problem in each.problems]

    def close(self) -> list[str]:
        """Delete all pods, and tell which of them had to be killed after their grace period."""
        self.balancer.close()
        for pod in self.pods:
            pod.ask_to_stop()
        return [pod.owner for pod in self.pods if pod.stop() == -signal.SIGKILL]

    def __enter__(self) -> Self:
        return self.sync()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _workloads(self) -> list[Object]:
        return [
            each
            for each in self.node.manifests.of(*self._kinds)
            if (each["metadata"]["namespace"], each["metadata"]["name"]) not in STORES
            and (self._only is None or each["metadata"]["name"] in self._only)
        ]

    def _start(self, workloads: list[Object]) -> None:
        jobs = [self._pod(each) for each in workloads if each["kind"] == "Job"]
        for job in jobs:
            job.process.start()
        for job in jobs:
            code = job.process.wait(seconds=60)
            if code != 0:
                message = f"{job.owner} failed with code {code}\n{job.process.tail()}"
                raise ManifestError(message)
        started = [
            self._pod(each)
            for each in workloads
            if each["kind"] == "Deployment"
            for _ in range(self._replicas.get(each["metadata"]["name"], 1))
        ]
        self.pods += started
        for pod in started:
            _check_selector(pod, workloads)
        self.balancer.check_wiring()
        for pod in started:
            pod.start()
        for pod in started:
            pod.wait_ready()

    def _pod(self, workload: Object) -> Pod:
        name = workload["metadata"]["name"]
        index = self._made[name]
        self._made[name] += 1
        return Pod(self._elsewhere.get(name, self.node), workload, index=index)


def _check_selector(pod: Pod, workloads: list[Object]) -> None:
    workload = next(each for each in workloads if told(each) == pod.owner)
    selector = workload["spec"]["selector"]["matchLabels"]
    if not selector.items() <= pod.labels.items():
        message = f"{pod.owner} selects {selector}, its pods are labelled {pod.labels}"
        raise ManifestError(message)
