"""The ports that the containers of some pods declare."""

from collections.abc import Sequence

from tierpolicies.engine.workload import Workload


class PodPorts:
    """The ports of the pods of some workloads, by name and by number."""

    def __init__(self, workloads: Sequence[Workload]) -> None:
        self._workloads = workloads
        self._protocols: dict[str | int, set[str]] = {}
        for workload in workloads:
            for container in workload.own.running:
                for port in container["ports"]:
                    protocol = port["protocol"].text or "TCP"
                    for key in (port["name"].text, port["containerPort"].integer):
                        if key:
                            self._protocols.setdefault(key, set()).add(protocol)

    def has(self, port: str | int, protocol: str | None = None) -> bool:
        """Whether a container declares a port, and for a protocol where one is given."""
        protocols = self._protocols.get(port, ())
        return protocol in protocols if protocol else bool(protocols)

    def protocol(self, port: str | int) -> str:
        """The protocols of a port, told."""
        return " and ".join(sorted(self._protocols.get(port, ())))

    @property
    def names(self) -> list[str]:
        """The names."""
        return [key for key in self._protocols if isinstance(key, str)]

    @property
    def numbers(self) -> list[int]:
        """The numbers."""
        return [key for key in self._protocols if isinstance(key, int)]

    @property
    def pods(self) -> str:
        """Whose ports they are, told: the first workload, and how many there are beside it."""
        first = self._workloads[0].manifest
        others = len(self._workloads) - 1
        return f"{first.kind} {first.name}" + (f" and {others} more" if others else "")
