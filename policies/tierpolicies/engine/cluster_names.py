"""Names of objects without a namespace, that belong to the cluster as often as to the tree."""

from collections.abc import Callable, Iterable, Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import Index
from tierpolicies.engine.suggestion import nearest


def unknown(
    index: Index,
    kind: str,
    names: Iterable[tuple[Manifest, View]],
    *,
    is_given: Callable[[str], bool] = lambda _: False,
) -> Iterator[Fault]:
    """The faults of names that no object of a kind has, where the tree has objects of that kind at all.

    A tree without any leaves them to others. `is_given` tells the names that clusters bring along.
    """
    known = {each.name for each in index.of_kind(kind)}
    if not known:
        return
    for manifest, name in names:
        if name.text and name.text not in known and not is_given(name.text):
            yield Fault(f"there is no {kind} {name.text!r}{nearest(name.text, known)}", manifest, name)
