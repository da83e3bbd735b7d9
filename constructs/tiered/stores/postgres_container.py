"""The container of a PostgreSQL server, be it the primary or a standby."""

from __future__ import annotations

from collections.abc import Sequence

from tiered.stores.postgres_configuration import CONFIGURATION_PATH
from tiered.stores.store import read_only_files, shell_probe
from tiered.workloads.container import Container, Resources, Variable, Volume, scratch

CLIENT_PORTS = {"postgres": 5432}

# Outside the image's own volume, whose place changed between versions 17 and 18; and one folder
# below the mount, where a file system's lost+found would make initdb refuse.
_DATA_PATH = "/data"
PGDATA = Variable(name="PGDATA", value=f"{_DATA_PATH}/pgdata")
DATA = Volume(name="data", path=_DATA_PATH, source={}, read_only=False)
GRACE_SECONDS = 120
"""Time for the checkpoint of a shutdown."""


def server_container(
    *,
    image: str,
    resources: Resources,
    configuration: str,
    database: str,
    superuser: str,
    environment: Sequence[Variable] = (),
    settings: Sequence[str] = (),
) -> Container:
    """The server by the image's own entry point.

    Args:
        configuration: name of the ConfigMap with postgresql.conf and pg_hba.conf.
        environment: beside PGDATA.
        settings: further ones, `name=value`.
    """
    answers = f"pg_isready --quiet --host 127.0.0.1 --username {superuser} --dbname {database}"
    files = (
        f"config_file={CONFIGURATION_PATH}/postgresql.conf",
        f"hba_file={CONFIGURATION_PATH}/pg_hba.conf",
    )
    return Container(
        name="postgres",
        image=image,
        resources=resources,
        args=["postgres", *(word for setting in (*files, *settings) for word in ("-c", setting))],
        environment=[PGDATA, *environment],
        ports=CLIENT_PORTS,
        volumes=[
            DATA,
            Volume(name="configuration", path=CONFIGURATION_PATH, source=read_only_files(configuration)),
            scratch(name="run", path="/var/run/postgresql", size="16Mi"),
            scratch(),
        ],
        readiness=shell_probe(answers, period=10),
        # Status 1 is "rejecting connections": recovery after a crash, which a restart would only
        # begin anew. Only silence counts.
        liveness={**shell_probe(f"{answers} || test $? -eq 1", period=20), "initialDelaySeconds": 60},
        # Fast, whatever stop signal the image names: SIGTERM would wait for every client to leave.
        pre_stop={"exec": {"command": ["pg_ctl", "stop", "--mode=fast", "--no-wait"]}},
    )
