"""What a rule may look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tierpolicies.documents.reader import Tree
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import Index
from tierpolicies.platform import Place, Platform


@dataclass(frozen=True)
class Context:
    """Everything a rule may know: the files, the index over them, the platform and the date.

    `versions` are the Kubernetes versions that must accept the objects, the cluster's own first.
    """

    tree: Tree
    platform: Platform | None
    today: date
    versions: tuple[str, ...]

    @cached_property
    def index(self) -> Index:
        """The objects by kind, name and owner; made once for all rules."""
        return Index(self.tree.manifests)

    def problems(self, *kinds: str) -> Iterator[Fault]:
        """What could not be read, of some kinds."""
        for file, problem in ((each.file, each.problem) for each in self.tree.unreadable):
            if problem.kind in kinds:
                place = Place(file, problem.line, problem.column)
                yield Fault(problem.message, file=place, remediation=problem.mend or None)
