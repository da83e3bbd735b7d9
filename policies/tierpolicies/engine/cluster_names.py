"""Names of objects without a namespace, that belong to the cluster as often as to the tree."""

from collections.abc import Callable, Iterable, Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.external_metrics import charts
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.suggestion import nearest


def unknown(
    context: Context,
    kind: str,
    names: Iterable[tuple[Manifest, View]],
    *,
    is_given: Callable[[str], bool] = lambda _: False,
    of_charts: bool = False,
) -> Iterator[Fault]:
    """The faults of names that no object of a kind has, where the tree has objects of that kind at all.

    A tree without any leaves them to others. `is_given` tells the names that clusters bring along;
    `of_charts` says that charts bring such objects, so that beside charts only a name that is near
    to a known one is wrong, and none that stands in a chart's values.
    """
    known = {each.name for each in context.index.of_kind(kind)}
    if not known:
        return
    valued: set[str] | None = None
    for manifest, view in names:
        name = view.text
        if not name or name in known or is_given(name) or has_placeholder(name):
            continue
        hint = nearest(name, known)
        if of_charts and context.outside.brings:
            valued = set(_in_values(context)) if valued is None else valued
            if not hint or name in valued:
                continue
        yield Fault(f"there is no {kind} {name!r}{hint}", manifest, view)


def _in_values(context: Context) -> Iterator[str]:
    """Every text in the values of charts."""
    for chart in charts(context.index):
        waiting = list(chart.values)
        while waiting:
            view = waiting.pop()
            waiting += [*view, *view.values()]
            if view.text:
                yield view.text
