"""What in a tree backs up databases: jobs, operators' schedules, sidecars, and tasks with a schedule."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Pod
from tierpolicies.messaging.broker import MESSAGING

_NAMED = re.compile(r"(?<![a-z])(?:backups?|dump|snapshots?)(?![a-z])")
_TOOLS = re.compile(
    r"pg_dump|pg_dumpall|pg_basebackup|pgbackrest|wal-[eg]|barman|mysqldump|mariadb-dump|mariabackup"
    r"|xtrabackup|mongodump|restic|kopia|velero|rclone"
)
_ETCD = re.compile(r"(?<![a-z])etcd(?:ctl|utl)?(?![a-z])")
_GROUPS = frozenset(
    (
        "acid.zalan.do",
        "core.kubestash.com",
        "gkebackup.cnrm.cloud.google.com",
        "k8s.mariadb.com",
        "k8up.io",
        "longhorn.io",
        "moco.cybozu.com",
        "mysql.oracle.com",
        "postgresql.cnpg.io",
        "ps.percona.com",
        "psmdb.percona.com",
        "pxc.percona.com",
        "snapscheduler.backube",
        "snapshot.storage.k8s.io",
        "stash.appscode.com",
        "velero.io",
    )
)
_KINDS = re.compile(r"Backup|Schedule|Snapshot$|RecurringJob")
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Backups:
    """What backs up something.

    `found` says whether anything may back up a database; `etcd` is a job that backs up etcd and nothing
    else, `unscheduled` a task of that name without a schedule; `schedules` says whether anything at all
    runs on a schedule.
    """

    found: bool
    etcd: Manifest | None = None
    unscheduled: str = ""
    schedules: bool = False


def backups(index: Index) -> Backups:
    """What the tree shows."""
    for manifest in index.manifests:
        if manifest.group in _GROUPS and _KINDS.search(manifest.kind):
            return Backups(found=True)
        if manifest.kind == "CronWorkflow" and _NAMED.search(manifest.name):
            return Backups(found=True)
    etcd: Manifest | None = None
    for workload in index.workloads:
        told = _told(workload.own)
        if not _TOOLS.search(told) and not _NAMED.search(told):
            continue
        if not _ETCD.search(told) or _TOOLS.search(told):
            return Backups(found=True)
        etcd = etcd or workload.manifest
    tasks = list(_tasks(index))
    named = [(task, has_schedule) for task, has_schedule in tasks if _NAMED.search(task)]
    if any(has_schedule for _, has_schedule in named):
        return Backups(found=True)
    schedules = any(has_schedule for _, has_schedule in tasks) or any(True for _ in index.of_kind("CronJob"))
    return Backups(False, etcd, named[0][0] if named else "", schedules)


def _told(pod: Pod) -> str:
    """The names, images and commands of a workload that runs by itself: a Job runs once."""
    if pod.manifest.kind == "Job":
        return ""
    parts = [pod.manifest.name]
    for container in pod.containers:
        parts += [container.name, container["image"].text]
        parts += [word.text for field in ("command", "args") for word in container[field]]
    return " ".join(parts).lower()[:_LONGEST]


def _tasks(index: Index) -> Iterator[tuple[str, bool]]:
    """The tasks that the tree describes, and whether they have a schedule."""
    texts = {manifest.view["data"][MESSAGING].text for manifest in index.of_kind("ConfigMap")} - {""}
    for text in sorted(texts):
        try:
            messaging = View(json.loads(text))
        except ValueError:
            continue  # messaging/definitions reports it
        for queue in messaging["queues"].values():
            for task, options in queue["tasks"].items():
                yield task, bool(options["schedule"].text)
