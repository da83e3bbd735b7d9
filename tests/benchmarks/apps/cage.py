"""A control group a pod: its CPU quota, and the memory that the kernel counts against its limit.

Both versions of cgroups are known. It takes root, and a machine where they can be written; else nothing is
held, which the results tell.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tierpolicies.quantity import parse_cpu

_ROOT = Path("/sys/fs/cgroup")
_PERIOD_MICROSECONDS = 100_000
"""As a kubelet sets it."""

_SMAPS = ("Rss", "Pss", "Pss_Anon")


@dataclass(frozen=True)
class Size:
    """Bytes of a pod's processes.

    Attributes:
        resident: what the pod would have resident if it ran alone: the anonymous pages of all processes, each
            counted once, and the largest process's pages of files. Of a single process it is RSS.
        rss: summed over the processes, shared pages counted in each.
        pss: summed over the processes, shared pages divided among all on the machine that map them.
        charged: what the control group is charged without inactive files, as a kubelet reckons a working set;
            None where there is no control group.
    """

    resident: int
    rss: int
    pss: int
    charged: int | None

    @property
    def judged(self) -> int:
        """The larger of what is resident and what is charged: another container may have paid for a file."""
        return max(self.resident, self.charged or 0)


class Cage:
    """The control groups of one pod; without the right to make them it holds nobody.

    Args:
        name: of the pod.
        cpu: its limit, as a quantity.
    """

    def __init__(self, name: str, *, cpu: str) -> None:
        self.cpu = cpu
        self._groups: dict[str, Path] = {}
        unified = (_ROOT / "cgroup.controllers").exists()
        for controller in ("cpu", "memory"):
            base = _ROOT if unified else _ROOT / controller
            group = base / f"tierwright-bench-{os.getpid()}-{name}"
            with suppress(OSError):
                group.mkdir(exist_ok=True)
                if (group / "cgroup.procs").exists():
                    self._groups[controller] = group
        self._unified = unified
        self.hold()

    @classmethod
    def possible(cls) -> bool:
        """Whether this machine lets anybody be held."""
        cage = cls("trial", cpu="1")
        holds = cage.holds
        cage.close()
        return holds

    @property
    def holds(self) -> bool:
        """Whether a quota is kept."""
        return self._quota is not None

    @property
    def _quota(self) -> Path | None:
        group = self._groups.get("cpu")
        file = None if group is None else group / ("cpu.max" if self._unified else "cpu.cfs_quota_us")
        return file if file is not None and file.exists() else None

    def entering(self, command: list[str]) -> list[str]:
        """A command that begins inside."""
        groups = sorted({str(each / "cgroup.procs") for each in self._groups.values()})
        if not groups:
            return command
        enter = "".join(f"echo $$ >{file}; " for file in groups)
        return ["sh", "-c", f'{enter}exec "$@"', "sh", *command]

    def hold(self) -> None:
        """Keep to the limit, as a container does."""
        self._set(parse_cpu(self.cpu) * _PERIOD_MICROSECONDS // 1000)

    def free(self) -> None:
        """Lift the limit."""
        self._set(None)

    def _set(self, microseconds: int | None) -> None:
        if self._quota is None:
            return
        if self._unified:
            told = "max" if microseconds is None else str(microseconds)
            self._quota.write_text(f"{told} {_PERIOD_MICROSECONDS}")
        else:
            self._quota.write_text(str(-1 if microseconds is None else microseconds))

    def size(self, leader: int) -> Size:
        """Of `leader` and all that it started."""
        found = [_smaps(pid) for pid in _family(leader)]
        files = [each["Rss"] - each["Anonymous"] for each in found]
        return Size(
            resident=sum(each["Pss_Anon"] for each in found) + max(files, default=0),
            rss=sum(each["Rss"] for each in found),
            pss=sum(each["Pss"] for each in found),
            charged=self._charged(),
        )

    def cpu_seconds(self, leader: int) -> float:
        """What `leader` and all that it started have used so far."""
        return sum(_ticks(pid) for pid in _family(leader)) / os.sysconf("SC_CLK_TCK")

    def _charged(self) -> int | None:
        group = self._groups.get("memory")
        usage = (
            None
            if group is None
            else group / ("memory.current" if self._unified else "memory.usage_in_bytes")
        )
        if group is None or usage is None or not usage.exists():
            return None
        name = "inactive_file" if self._unified else "total_inactive_file"
        statistics = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return int(usage.read_text()) - int(statistics[name])

    def close(self) -> None:
        """Remove the groups, once their processes are gone."""
        for group in set(self._groups.values()):
            for _ in range(100):
                try:
                    group.rmdir()
                    break
                except OSError:
                    time.sleep(0.05)


def _family(leader: int) -> list[int]:
    """A process and its descendants."""
    family = [leader]
    for pid in family:
        with suppress(OSError):
            family += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return family


def _ticks(pid: int) -> int:
    """User and system time; nothing of a process that has just ended (proc(5), fields 14 and 15)."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def _smaps(pid: int) -> dict[str, int]:
    """Sums over a process's memory, in bytes; nothing of one that has just ended."""
    found = dict.fromkeys((*_SMAPS, "Anonymous"), 0)
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, value, *_ = line.replace(":", "").split()
            if name in found:
                found[name] = int(value) * 1024
    return found
