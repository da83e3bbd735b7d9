"""Reads the dated tables. A figure that no table holds is nothing, never a guess."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from tierpolicies.documents.view import View
from tierpolicies.documents.yaml_source import parse
from tierpolicies.quantity import parse_bytes, parse_cpu

HOURS_MONTH = 730
"""Hours of a month, as price lists reckon."""
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Instance:
    """What Linux sees of an instance type, and how many pods and volumes it takes.

    `baseline_milli` is the CPU for which a burstable one earns credits, nothing for one that is not.
    """

    cpu_milli: int
    memory_bytes: int
    pods: int
    volumes: int
    baseline_milli: int | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a region at a date, in US dollars; `origin` says where they come from."""

    region: str
    date: str
    origin: str
    table: View

    def node_month(self, instance: str) -> float | None:
        """A node of an instance type for a month."""
        hour = _number(self.table.at("instances_hour", instance))
        hours = _number(self.table["hours_month"])
        return None if hour is None or hours is None else hour * hours

    def volume_month(self, kind: str, gib: float) -> float | None:
        """Some GiB of a kind of volume for a month."""
        price = _number(self.table.at("volumes_gib_month", kind))
        return None if price is None else price * gib

    def load_balancer_month(self, kind: str) -> float | None:
        """A load balancer for a month, without its traffic."""
        return _number(self.table.at("load_balancers_month", kind))


@cache
def instances() -> dict[str, Instance]:
    """The known instance types, a newer table before an older one."""
    found: dict[str, Instance] = {}
    for path in sorted((_FOLDER / "instances").glob("*.yaml")):
        for name, row in _read(path)["types"].items():
            found[name] = Instance(
                cpu_milli=(row["vcpu"].integer or 0) * 1000,
                memory_bytes=parse_bytes(row["memory_seen"].text),
                pods=row["pods"].integer or 0,
                volumes=row["volumes"].integer or 0,
                baseline_milli=parse_cpu(row["cpu_baseline"].text) if row["cpu_baseline"] else None,
            )
    return found


@cache
def surplus_vcpu_hour() -> float | None:
    """What an hour of a processor costs that a burstable instance uses beyond its credits."""
    found = None
    for path in sorted((_FOLDER / "instances").glob("*.yaml")):
        price = _read(path)["surplus_vcpu_hour_usd"].text
        found = float(price) if price else found
    return found


@cache
def prices(region: str) -> Prices | None:
    """The newest price table of a region."""
    paths = sorted((_FOLDER / "prices").glob(f"*-{region}-????-??.yaml"))
    if not paths:
        return None
    table = _read(paths[-1])
    return Prices(region, table["date"].text, table["from"].text, table)


@cache
def end_of_support(version: str) -> date | None:
    """The last day with patches for a minor version of Kubernetes, where it is known."""
    text = _read(_FOLDER / "support" / "kubernetes.yaml").at("end_of_support", version).text
    return date.fromisoformat(text) if text else None


def _read(path: Path) -> View:
    return View(parse(path.read_text("utf-8"), file=path.name).value)


def _number(view: View) -> float | None:
    return float(view.value) if isinstance(view.value, int | float) else None
