"""Nothing backs up a database.

## What it does
Knows databases of record (PostgreSQL, MySQL, MariaDB, MongoDB) with a volume by their images, and looks for
what backs them up: a CronJob or a sidecar that is named so or calls a tool for it, a schedule of Velero,
CloudNativePG and the like, a task `backup…` with a schedule in messaging.json. The annotation
`tierwright.dev/backup` says in words who does it elsewhere. Where the tiers are unknown, nothing is said
unless these files show a backup that holds none of it: one of etcd, or a task that nobody schedules. Where
nothing at all runs on a schedule it is a note.

## Why is this bad
What is deleted by mistake, or lost with the disk, is gone. A backup of etcd holds the objects of the
cluster and not a row of the database.

## Example
A StatefulSet with the image postgres, a CronJob that calls `etcdctl snapshot save`.

## Use instead
A CronJob that calls pg_dump and puts the result where it survives the cluster, and a restore that is tried.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.storage.backups import Backups, backups
from tierpolicies.storage.stores import DUMPED, keeps, product

BACKUP = "tierwright.dev/backup"


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Dump the database on a schedule to where it survives, and try a restore.",
    rests_on=("ConfigMap", "Pod"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each database without a backup."""
    databases = [(each, name) for each in context.index.workloads if (name := _database(each))]
    if not databases:
        return
    found = backups(context.index)
    reason = _reason(found, is_known=context.platform is not None)
    if found.found or not reason:
        return
    is_sure = found.schedules or found.etcd is not None or found.unscheduled
    for workload, name in databases:
        at = workload.manifest.view["spec"]["volumeClaimTemplates"] or workload.pod["volumes"]
        severity = None if is_sure else Severity.NOTE
        yield Fault(f"nothing backs up {name}{reason}", workload.manifest, at, severity=severity)


def _database(workload: Workload) -> str:
    """The database of record that keeps its data here and says of no one that he backs it up."""
    annotations = workload.manifest.view["metadata"]["annotations"]
    if not keeps(workload.own) or annotations[BACKUP].text:
        return ""
    name = product(workload.own)
    return name if name in DUMPED else ""


def _reason(found: Backups, *, is_known: bool) -> str:
    """What is there instead; empty where nobody can say whether there is a backup."""
    if found.unscheduled:
        return f": the task {found.unscheduled} has no schedule"
    if found.etcd is not None:
        return f": {found.etcd.kind} {found.etcd.name} backs up etcd, which holds none of its data"
    return ": there is no job, no schedule and no task for it" if is_known else ""
