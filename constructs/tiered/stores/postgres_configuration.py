"""PostgreSQL's settings, sized to the pod it runs in."""

from __future__ import annotations

from tiered.quantity import parse

CONFIGURATION_PATH = "/etc/postgresql"
REPLICATION_ROLE = "replication"
"""The login of standbys, and its password's key in the Secret."""

_MEBIBYTE = 1024**2
_KIBIBYTE = 1024


def files(
    *, database: str, superuser: str, memory: str, disk: str, connections: int, replication: bool = False
) -> dict[str, str]:
    """`postgresql.conf` and `pg_hba.conf`.

    Args:
        database: the one that every role may reach; others only the superuser.
        superuser: name of the role that the image creates.
        memory: request of the container, which is what it can count on.
        disk: size of its volume.
        connections: how many at once.
        replication: whether standbys may follow its log.
    """
    standbys = f"host replication {REPLICATION_ROLE} all scram-sha-256\n" if replication else ""
    return {
        "postgresql.conf": _conf(int(parse(memory)), int(parse(disk)), connections),
        "pg_hba.conf": (
            "# type  database  user  address  method\n"
            "local all all scram-sha-256\n"
            f"host all {superuser} all scram-sha-256\n"
            f"host {database} all all scram-sha-256\n"
            f"{standbys}"
        ),
    }


def _conf(memory: int, disk: int, connections: int) -> str:
    shared = memory // 4
    maintenance = memory // 16
    settings = {
        "listen_addresses": "'*'",
        "max_connections": connections,
        "password_encryption": "scram-sha-256",
        # The manual's share for a server of its own (chapter "Resource Consumption").
        "shared_buffers": f"{shared // _MEBIBYTE}MB",
        "effective_cache_size": f"{memory // 2 // _MEBIBYTE}MB",
        "maintenance_work_mem": f"{maintenance // _MEBIBYTE}MB",
        # Three of these may run at once, beside one index that is being built.
        "autovacuum_work_mem": f"{maintenance // 2 // _MEBIBYTE}MB",
        # A quarter of the memory, if all connections sort at once.
        "work_mem": f"{max(64, memory // 4 // connections // _KIBIBYTE)}kB",
        # Parallel queries need more than the 64 MiB of /dev/shm that a container has.
        "max_parallel_workers_per_gather": 0,
        "max_parallel_maintenance_workers": 0,
        "max_wal_size": f"{max(256, disk // 20 // _MEBIBYTE)}MB",
        "checkpoint_completion_target": 0.9,
        "wal_compression": "pglz",
        # A standby that is gone keeps this much of the log, not the whole volume.
        "max_slot_wal_keep_size": f"{max(256, disk // 10 // _MEBIBYTE)}MB",
        # Cloud volumes seek as fast as they read on, and take many requests at once.
        "random_page_cost": 1.1,
        "effective_io_concurrency": 200,
        # A client that hangs inside a transaction must not hold up vacuum for ever.
        "idle_in_transaction_session_timeout": "5min",
        # A client whose node is gone gives its connection back within a minute.
        "tcp_keepalives_idle": 30,
        "tcp_keepalives_interval": 10,
        "tcp_keepalives_count": 3,
        "client_connection_check_interval": "10s",
        "log_destination": "'stderr'",
        "logging_collector": "off",
        "log_min_duration_statement": "1s",
        "log_lock_waits": "on",
        "log_line_prefix": "'%m [%p] %q%u@%d '",
        "timezone": "'UTC'",
    }
    return "".join(f"{key} = {value}\n" for key, value in settings.items())
