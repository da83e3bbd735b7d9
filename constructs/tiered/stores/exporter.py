"""Exporters beside a store: what the server tells in its own words, as metrics for Prometheus."""

from __future__ import annotations

from tiered.workloads.container import Container, Resources, Variable

METRICS_PORT = "metrics"
"""The port's name, in the pod and in the Service."""
POSTGRES_PORT = 9187
REDIS_PORT = 9121
POSTGRES_ROLE = "exporter"
"""The login that the exporter of PostgreSQL uses; its password's key in the Secret is the same."""

# A few hundred samples twice a minute.
_RESOURCES = Resources(requests={"cpu": "10m", "memory": "32Mi"}, limits={"cpu": "50m", "memory": "64Mi"})


def postgres_exporter(*, image: str, secret: str, database: str) -> Container:
    """prometheus-community's postgres_exporter, as a role that may read statistics and no row.

    Args:
        secret: with the role's password under the role's name.
    """
    return _exporter(
        image=image,
        port=POSTGRES_PORT,
        environment=[
            Variable(name="DATA_SOURCE_URI", value=f"127.0.0.1:5432/{database}?sslmode=disable"),
            Variable(name="DATA_SOURCE_USER", value=POSTGRES_ROLE),
            Variable(name="DATA_SOURCE_PASS", secret=secret, key=POSTGRES_ROLE),
        ],
    )


def redis_exporter(*, image: str, secret: str, key: str) -> Container:
    """oliver006's redis_exporter.

    Args:
        secret: with the password under `key`.
    """
    return _exporter(
        image=image,
        port=REDIS_PORT,
        environment=[
            Variable(name="REDIS_ADDR", value="redis://127.0.0.1:6379"),
            Variable(name="REDIS_PASSWORD", secret=secret, key=key),
            # No client of this Redis may call CONFIG; what INFO says is enough.
            Variable(name="REDIS_EXPORTER_CONFIG_COMMAND", value="-"),
        ],
    )


def _exporter(*, image: str, port: int, environment: list[Variable]) -> Container:
    """Not asked whether it is ready: a store serves its callers without its exporter, too."""
    return Container(
        name="exporter",
        image=image,
        resources=_RESOURCES,
        environment=environment,
        ports={METRICS_PORT: port},
        liveness={
            "httpGet": {"path": "/", "port": METRICS_PORT},
            "periodSeconds": 30,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
    )
