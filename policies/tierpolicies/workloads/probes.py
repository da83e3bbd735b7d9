"""The probes of a container, with the kubelet's defaults where nothing is written."""

import json

from tierpolicies.documents.view import View
from tierpolicies.engine.workload import Container

LIVENESS, READINESS, STARTUP = "livenessProbe", "readinessProbe", "startupProbe"
PROBES = (STARTUP, READINESS, LIVENESS)
_HANDLERS = ("httpGet", "tcpSocket", "grpc", "exec")
_PERIOD, _TIMEOUT, _FAILURES = 10, 1, 3


def period(probe: View) -> int:
    """Seconds from one check to the next."""
    return _number(probe["periodSeconds"], _PERIOD)


def timeout(probe: View) -> int:
    """Seconds that a check may take."""
    return _number(probe["timeoutSeconds"], _TIMEOUT)


def failures(probe: View) -> int:
    """Checks that must fail in a row."""
    return _number(probe["failureThreshold"], _FAILURES)


def patience(probe: View) -> int:
    """Seconds of failing checks until something is done."""
    return period(probe) * failures(probe)


def delay(probe: View) -> int:
    """Seconds before the first check."""
    return _number(probe["initialDelaySeconds"], 0)


def handler(probe: View) -> View:
    """What a probe does: its httpGet, tcpSocket, grpc or exec; nothing for none."""
    given = probe.mapping
    return next((probe[name] for name in _HANDLERS if name in given), View(None, probe.path))


def checks(container: Container, probe: View) -> str:
    """What a probe looks at, as a text that is equal for probes that look at the same."""
    view = handler(probe)
    if not isinstance(view.value, dict):
        return ""
    what = {key: value for key, value in view.value.items() if value not in ("", None, [])}
    if "port" in what:
        what["port"] = number_of(container, view["port"])
    if view.path[-1] == "httpGet":
        what = {"scheme": "HTTP", "path": "/", **what}
    return f"{view.path[-1]} {json.dumps(what, sort_keys=True, default=str)}"


def number_of(container: Container, port: View) -> int | str:
    """The number behind a port of a probe; its name where the container declares no such port."""
    if port.integer is not None:
        return port.integer
    for declared in container["ports"]:
        number = declared["containerPort"].integer
        if declared["name"].text == port.text and number is not None:
            return number
    return port.text


def _number(value: View, default: int) -> int:
    return default if value.integer is None else value.integer
