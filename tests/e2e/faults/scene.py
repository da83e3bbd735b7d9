"""What a scene is: a fault, and what must become of the jobs that were under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.e2e.faults.ledger import Ends
from tests.e2e.faults.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One row of a table of faults.

    Attributes:
        name: The fault, as a reader of the test's report calls it.
        inject: Has photos analysed and makes the fault; when it returns, whatever was away is back.
        expect: What becomes of the jobs, by the part that `inject` gives to each.
    """

    name: str
    inject: Callable[[Stage], None]
    expect: Mapping[str, Ends] = field(default_factory=lambda: {"photo": Ends()})
