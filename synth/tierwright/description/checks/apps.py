"""References of apps and components: whom they call, what they publish and consume, where they live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tiered.origin import Origin
from tierwright.description.checks.layers import namespaces
from tierwright.description.checks.naming import all_known, place, twice
from tierwright.description.files import LOCK_FILE
from tierwright.description.images import ImageLock
from tierwright.description.platform import Platform
from tierwright.description.problems import Problem, nearest, suggestion
from tierwright.description.stores import PostgreSQL
from tierwright.description.workloads import Api, App, Consumer, Worker, Workload

KUBE_API = "kube-api"


def check(platform: Platform, apps: Sequence[App]) -> Iterator[Problem]:
    """What can be told of apps though others could not be read: names, routes, namespaces, queues."""
    names = ((app.app, place(app.app, app.origin)) for app in apps)
    yield from twice("app", names, mend="give one of the two apps another name")
    mend = "rename one of the two: workloads, stores, externals and components' pods share their names"
    yield from twice("name", _endpoints(platform, apps), mend=mend)
    yield from twice("route", _routes(platform, apps), mend="give one of the two another path")
    if apps and platform.registry is None:
        reason, mend = (
            "apps have images, and no registry is given",
            "add `registry:`, for example ghcr.io/you",
        )
        yield Problem.at(platform.origin, reason, mend)
    for app in apps:
        yield from all_known("namespace", [app.namespace], namespaces(platform), near=app.origin)
        for workload in app.workloads.values():
            yield from _queues(workload, platform)
            yield from _connections(workload, platform)


def calls(platform: Platform, apps: Sequence[App]) -> Iterator[Problem]:
    """Calls of apps and components that lead nowhere; `apps` are all there are."""
    targets = _targets(platform, apps)
    runnables = [
        each for app in apps for each in (*app.workloads.values(), app.migration) if each is not None
    ]
    pods = [pod for component in platform.components.values() for pod in component.pods.values()]
    for caller in (*runnables, *pods):
        yield from all_known("target", caller.calls, targets, near=caller.origin)


def consumers(platform: Platform, apps: Sequence[App]) -> Iterator[Problem]:
    """Queues that nobody reads; `apps` are all there are."""
    workloads = [workload for app in apps for workload in app.workloads.values()]
    read = {queue for each in workloads if isinstance(each, Worker | Consumer) for queue in each.consumes}
    queues = platform.messaging.queues if platform.messaging else {}
    # A misspelt queue is told as that: the one it means has its reader.
    read |= {nearest(name, queues) or name for name in read - set(queues)}
    for name, queue in queues.items():
        if workloads and name not in read:
            reason = f"queue {name!r} is read by nobody: it fills up and then refuses what is published"
            yield Problem.at(place(name, queue.origin), reason, f"add {name} to what a workload `consumes`")


def images(platform: Platform, apps: Sequence[App], lock: ImageLock | None) -> Iterator[Problem]:
    """Each environment must know an image of each app; an image that no app uses is stale."""
    if lock is None:
        if apps:
            mend = (
                "add the file with `version: 1` and `images: {<environment>: {<app>: {tag: sha-<commit>}}}`"
            )
            yield Problem.at(platform.origin, f"{LOCK_FILE} is missing: no image of an app is known", mend)
        return
    yield from all_known("environment", lock.images, platform.environments, near=lock.origin)
    names = {app.app for app in apps}
    if len(names) < len(apps):
        return  # two apps of one name: which of the two an image is for, nobody can tell
    for environment in platform.environments:
        yield from _locked(environment, names, lock)


def _locked(environment: str, names: set[str], lock: ImageLock) -> Iterator[Problem]:
    """Apps without an image in one environment, and images without an app."""
    locked, missing = lock.images.get(environment, {}), names - set(lock.images.get(environment, {}))
    for app in locked:
        if app not in names:
            missing.discard(nearest(app, missing) or "")
            reason = f"an image of app {app!r} is locked for {environment}, and there is no such app"
            yield Problem.at(
                place(app, lock.origin),
                reason,
                f"remove it; {suggestion(app, names)}" if names else "remove it",
            )
    where = next((place(name, lock.origin) for name in lock.images if name == environment), lock.origin)
    for app in sorted(missing):
        mend = f"add `{app}: {{tag: sha-<commit>}}` under images.{environment}"
        yield Problem.at(where, f"no image of app {app!r} is locked for {environment}", mend)


def _queues(workload: Workload, platform: Platform) -> Iterator[Problem]:
    queues = platform.messaging.queues if platform.messaging else {}
    consumed = workload.consumes if isinstance(workload, Worker | Consumer) else ()
    yield from all_known("queue", (*workload.publishes, *consumed), queues, near=workload.origin)
    if isinstance(workload, Worker) and workload.replicas.queue is not None:
        target = workload.replicas.queue
        if target.name not in consumed and queues.keys() >= set(consumed):
            reason = f"the worker does not consume queue {target.name!r}, by which it grows"
            yield Problem.at(place(target.name, target.origin), reason, suggestion(target.name, consumed))


def _connections(workload: Workload, platform: Platform) -> Iterator[Problem]:
    targets = {call.partition("/")[0] for call in workload.calls}
    databases = {name for name, store in platform.stores.items() if isinstance(store, PostgreSQL)}
    if workload.connections is not None and not targets & databases:
        reason = "connections are given for a database, and it calls none"
        mend = "add the database to `calls`, for example postgres/shop, or remove `connections`"
        yield Problem.at(place(workload.connections, workload.origin), reason, mend)


def _endpoints(platform: Platform, apps: Sequence[App]) -> Iterator[tuple[str, Origin]]:
    """Everything that `calls` can name, once for each time it is declared."""
    yield from ((name, place(name, store.origin)) for name, store in platform.stores.items())
    yield from ((name, place(name, external.origin)) for name, external in platform.externals.items())
    for component in platform.components.values():
        yield from ((name, place(name, pod.origin)) for name, pod in component.pods.items())
    for app in apps:
        yield from ((name, place(name, workload.origin)) for name, workload in app.workloads.items())


def _targets(platform: Platform, apps: Sequence[App]) -> set[str]:
    names = {name for name, _ in _endpoints(platform, apps)}
    for name, store in platform.stores.items():
        if isinstance(store, PostgreSQL):
            # A database is called as somebody: the role says which schema.
            names.discard(name)
            names |= {f"{name}/{role}" for role in store.roles}
    return names | {KUBE_API}


def _routes(platform: Platform, apps: Sequence[App]) -> Iterator[tuple[str, Origin]]:
    for component in platform.components.values():
        for pod in component.pods.values():
            if pod.route is not None:
                yield pod.route, place(pod.route, pod.origin)
    for app in apps:
        for workload in app.workloads.values():
            if isinstance(workload, Api) and workload.route is not None:
                yield workload.route, place(workload.route, workload.origin)
