"""Databases: their owner's names, and alerts about what fills, lags or is silent."""

from __future__ import annotations

from collections.abc import Iterator

from tiered.observability.alerts import Alert, Recording
from tierwright.compose.endpoints import standby_name
from tierwright.compose.plan import Plan
from tierwright.description.stores import PostgreSQL, Redis

_LAG_BYTES = 64 * 1024**2
_DAY_AND_SPARE = "26h"


def store_rules(plan: Plan, namespace: str) -> list[Alert | Recording]:
    """The rules about the databases of a namespace that have an exporter."""
    rules: list[Alert | Recording] = []
    for name, store in plan.platform.stores.items():
        if store.namespace == namespace and store.type != "rabbitmq" and plan.exporter(store):
            if store.type == "postgres":
                rules += _postgres(plan, name, store)
            else:
                rules += _redis(plan, name, store)
    return rules


def _postgres(plan: Plan, name: str, store: PostgreSQL) -> Iterator[Alert | Recording]:
    where = f"kubectl -n {store.namespace}"
    query = f"{where} exec {name}-0 -c postgres -- psql -U postgres -d {store.database} -c"
    job = f'job="{store.namespace}/{name}"'
    yield Recording(
        metric="postgresql_connections_active",
        # Open ones in any state: each of them counts against the limit.
        expression=f"sum by (namespace, pod, datname) (pg_stat_activity_count{{{job}}})",
    )
    yield Alert(
        name="DatabaseDown",
        expression=f"(max by (job) (pg_up{{{job}}}) or absent(pg_up{{{job}}}) * 0) == 0",
        lasting="1m",
        severity="critical",
        summary=f"{name} does not answer.",
        action="See its pod, its volume and the end of its log.",
        meaning="Nobody logs in, and no job is accepted or finished.",
        look=[f"{where} get pod {name}-0 -o wide", f"{where} logs {name}-0 -c postgres --tail=100"],
        mend=[
            "It recovers from its log after a crash by itself, within minutes: wait while it says so.",
            "A full volume: enlarge the claim; the class lets it grow while it runs.",
            "A lost volume: restore the newest backup (`python -m apps.worker_batch.restore list`).",
        ],
    )
    yield Alert(
        name="DatabaseConnections",
        expression=(
            f"sum by (pod) (pg_stat_activity_count{{{job}}}) / on (pod)"
            f" max by (pod) (pg_settings_max_connections{{{job}}}) > 0.8"
        ),
        lasting="5m",
        severity="warning",
        summary="{{ $value | humanizePercentage }} of the connections of {{ $labels.pod }} are taken.",
        action="See who holds them; beyond the limit the next one is refused.",
        meaning="Pools and replicas add up to less: somebody holds connections that nobody reckoned with.",
        look=[f'{query} "TABLE pg_stat_activity"'],
        mend=["End sessions that hang in a transaction.", "Make the pool of whoever has too many smaller."],
    )
    if store.backup.task is not None:
        yield _backup(store.backup.task)
    if plan.standbys(store):
        yield from _standby(plan, name, store)


def _backup(task: str) -> Alert:
    done = f'celery_tasks_total{{task="{task}",state="success"}}'
    return Alert(
        name="BackupLate",
        expression=(
            f"(sum(increase({done}[{_DAY_AND_SPARE}])) or vector(0)) < 1"
            # Only once there was a worker to run it a day ago.
            f' and on () count(celery_tasks_total{{task="{task}"}} offset {_DAY_AND_SPARE}) > 0'
        ),
        lasting="10m",
        severity="critical",
        summary=f"{task} has not succeeded for {_DAY_AND_SPARE}.",
        action="What is written since the last backup is on one disk: see why it fails, and run it.",
        meaning="A lost volume would take back everything since the newest backup.",
        look=["python -m apps.worker_batch.restore list", "python -m apps.dead_letters list"],
        mend=[
            f"`python -m apps.beat.schedule run {task}` in the scheduler's pod, and watch the worker's log."
        ],
    )


def _standby(plan: Plan, name: str, store: PostgreSQL) -> Iterator[Alert]:
    where, standby = f"kubectl -n {store.namespace}", standby_name(name)
    job = f'job="{store.namespace}/{name}"'
    look = [f"{where} get pods -l app={standby}", f"{where} logs {standby}-0 -c postgres --tail=100"]
    yield Alert(
        name="StandbyLag",
        expression=f"max by (application_name) (pg_stat_replication_pg_wal_lsn_diff{{{job}}}) > {_LAG_BYTES}",
        lasting="5m",
        severity="warning",
        summary="{{ $labels.application_name }} is {{ $value | humanize1024 }}B behind.",
        action="Readers see old data: see whether it is held up by a long query or by its disk.",
        meaning="What is read from a replica is as old as it lags.",
        look=look,
        mend=["End queries on the replica that run for minutes.", "Give it the CPU and disk of the primary."],
    )
    yield Alert(
        name="StandbyDown",
        expression=(
            f"(count(pg_stat_replication_pg_wal_lsn_diff{{{job}}}) or vector(0)) < {plan.standbys(store)}"
        ),
        lasting="5m",
        severity="warning",
        summary=f"{{{{ $value }}}} of {plan.standbys(store)} replicas of {name} follow it.",
        action="Readers have nobody to ask; a replica whose log is gone needs a new copy.",
        meaning="The primary keeps a part of its log for it, and no more.",
        look=look,
        mend=["Its log says that a WAL segment was removed: delete its claim and its pod; it copies anew."],
    )


def _redis(plan: Plan, name: str, store: Redis) -> Iterator[Alert]:
    where = f"kubectl -n {store.namespace}"
    job = f'job="{store.namespace}/{name}"'
    word = "".join(part.capitalize() for part in name.split("-"))
    servers = plan.redis_hosts(name, store)
    workload = f"statefulset/{name}" if servers else f"deploy/{name}"
    look = [
        f"{where} get pods -l app={name}",
        f"{where} exec {workload} -c redis -- redis-cli info memory",
    ]
    keeps = store.eviction == "noeviction"
    yield Alert(
        name=f"{word}Down",
        expression=f"(max by (job) (redis_up{{{job}}}) or absent(redis_up{{{job}}}) * 0) == 0",
        lasting="1m",
        severity="critical" if keeps else "warning",
        summary=f"{name} does not answer.",
        action="See its pod, its volume and the end of its log.",
        meaning=f"It holds {', '.join(store.holds) or 'what nobody named'}.",
        look=[*look, f"{where} logs {workload} -c redis --tail=100"],
        mend=["It reads its file when it starts: wait while it answers LOADING."],
    )
    if servers:
        yield from _replicated(name, store, job=job, word=word, servers=len(servers))
    if keeps:
        yield Alert(
            name=f"{word}Full",
            expression=(
                f"max by (pod) (redis_memory_used_bytes{{{job}}} / redis_memory_max_bytes{{{job}}}) > 0.9"
            ),
            lasting="5m",
            severity="critical",
            summary="{{ $labels.pod }} has used {{ $value | humanizePercentage }} of its memory.",
            action="When it is full it refuses writes: see which keys have no expiry.",
            meaning="It may not evict what it holds; full, it refuses jobs, log-outs and results.",
            look=[*look, f"{where} exec {workload} -c redis -- redis-cli --bigkeys"],
            mend=[
                "Give it more memory (its own limit follows the container's).",
                "Delete what is not needed.",
            ],
        )
    for cache, percent in store.hits.items():
        rate = f'cache_hit_ratio{{cache="{cache}"}}'
        yield Alert(
            name=f"CacheMisses{cache.capitalize()}",
            expression=f"{rate} < {percent / 100}",
            lasting="1h",
            severity="info",
            summary=f"{{{{ $value | humanizePercentage }}}} of the look-ups in the cache {cache} hit,"
            f" {percent} % are expected.",
            action="See whether the cache is too small, was emptied, or is asked for other things.",
            meaning="Each miss costs a call of whatever is behind the cache.",
            look=[f"{where} exec {workload} -c redis -- redis-cli info stats"],
            mend=["Evictions that rise: give the cache more memory."],
        )


def _replicated(name: str, store: Redis, *, job: str, word: str, servers: int) -> Iterator[Alert]:
    where = f"kubectl -n {store.namespace}"
    ask = f"{where} exec {name}-0 -c sentinel -- redis-cli -p 26379 sentinel"
    page = f"See [how it is looked after]({name}-maintenance.md)."
    yield Alert(
        name=f"{word}NoMaster",
        expression=f'(count(redis_instance_info{{{job},role="master"}}) or vector(0)) != 1',
        lasting="2m",
        severity="critical",
        summary=f"{{{{ $value }}}} of {name}' servers are the master.",
        action="See what the sentinels say of each other: a majority of them has to choose.",
        meaning="Without a master nothing is written; of two, one will throw away what it took.",
        look=[f"{ask} masters", f"{ask} sentinels {name}", f"{where} get pods -l app={name} -o wide"],
        mend=["Bring back the pods that are missing: two sentinels choose, one cannot.", page],
    )
    yield Alert(
        name=f"{word}ReplicaDown",
        expression=f"max by (job) (redis_connected_slaves{{{job}}}) < {servers - 1}",
        lasting="5m",
        severity="warning",
        summary=f"{{{{ $value }}}} of {servers - 1} replicas of {name} follow its master.",
        action="See the pod that does not; with the last replica the master stops taking writes.",
        meaning="The next pod that is lost may be the last one that has everything.",
        look=[f"{ask} replicas {name}", f"{where} get pods -l app={name} -o wide"],
        mend=[page],
    )
