"""CPU and memory together."""

from dataclasses import dataclass

from tierpolicies.quantity import bytes_text, cpu_text


@dataclass(frozen=True, slots=True)
class Resources:
    """CPU in millicores and memory in bytes."""

    cpu_milli: int = 0
    memory_bytes: int = 0

    def __add__(self, other: "Resources") -> "Resources":
        return Resources(self.cpu_milli + other.cpu_milli, self.memory_bytes + other.memory_bytes)

    def __sub__(self, other: "Resources") -> "Resources":
        return Resources(self.cpu_milli - other.cpu_milli, self.memory_bytes - other.memory_bytes)

    def __mul__(self, count: int) -> "Resources":
        return Resources(self.cpu_milli * count, self.memory_bytes * count)

    def __or__(self, other: "Resources") -> "Resources":
        """The larger of each."""
        return Resources(max(self.cpu_milli, other.cpu_milli), max(self.memory_bytes, other.memory_bytes))

    def __le__(self, other: "Resources") -> bool:
        """Whether both fit."""
        return self.cpu_milli <= other.cpu_milli and self.memory_bytes <= other.memory_bytes

    def count_of(self, pod: "Resources") -> int:
        """How many of some equal pods fit; the pod asks for something."""
        counts = []
        if pod.cpu_milli:
            counts.append(self.cpu_milli // pod.cpu_milli)
        if pod.memory_bytes:
            counts.append(self.memory_bytes // pod.memory_bytes)
        return max(0, min(counts))

    def __str__(self) -> str:
        return f"{cpu_text(self.cpu_milli)} CPU and {bytes_text(self.memory_bytes)} memory"
