"""What is said of a selector that matches no pod of the tree."""

from collections.abc import Iterable, Iterator, Mapping

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.makers import PODS
from tierpolicies.engine.outside import Absence
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.workload import Workload

_GIVEN_LATER = frozenset(
    (
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
        "batch.kubernetes.io/job-name",
        "controller-revision-hash",
        "controller-uid",
        "job-name",
        "pod-template-hash",
        "rollouts-pod-template-hash",
        "spilo-role",
        "statefulset.kubernetes.io/pod-name",
        "vault-active",
        "vault-initialized",
        "vault-perf-standby",
        "vault-sealed",
        "vault-version",
    )
)
"""Labels that controllers, and some programs themselves, give their pods."""


def dangling(
    context: Context,
    manifest: Manifest,
    selector: View,
    *,
    namespace: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Iterator[Fault]:
    """A fault of an object whose selector matches no pod, unless pods from elsewhere may be meant.

    The selector is a LabelSelector, or a plain mapping of labels where `labels` holds them. The
    namespace is the object's own unless another is given. It is a note where the tree has no pods at all.
    """
    namespace = (manifest.namespace if namespace is None else namespace) or DEFAULT_NAMESPACE
    wanted = selector["matchLabels"].labels if labels is None else labels
    index, outside = context.index, context.outside
    if _is_marked_later(index, namespace, wanted) or any(has_placeholder(each) for each in wanted.values()):
        return
    elsewhere = _elsewhere(index, namespace, wanted)
    homes = [each.manifest.namespace for each in index.workloads]
    absence = outside.absence(namespace, PODS, [*homes, *([namespace] if elsewhere else ())])
    if absence is Absence.UNKNOWN:
        yield from _misspelt(context, manifest, selector, namespace, wanted)
        return
    terms = told(selector) if labels is None else _told(labels.items())
    hint = _hint(index, namespace, wanted, elsewhere)
    message = f"no pod in the namespace {namespace} {terms}{hint}"
    yield Fault(message, manifest, selector, severity=absence.severity)


def _misspelt(
    context: Context, manifest: Manifest, selector: View, namespace: str, wanted: Mapping[str, str]
) -> Iterator[Fault]:
    """A fault of a selector for pods from elsewhere, where it plainly means what others call otherwise."""
    for key, value in wanted.items():
        meant = context.words.meant(namespace, value)
        if meant is not None:
            message = f"others in the namespace {namespace} say {meant!r}, not {key}={value}"
            yield Fault(message, manifest, selector)
            return


def told(selector: View) -> str:
    """A LabelSelector in words, such as `has app=web, tier In (a, b)`."""
    return _told(
        selector["matchLabels"].labels.items(), [_term(term) for term in selector["matchExpressions"]]
    )


def _told(labels: Iterable[tuple[str, str]], terms: Iterable[str] = ()) -> str:
    words = [*(f"{key}={value}" for key, value in labels), *terms]
    return f"has {', '.join(words)}" if words else "is there"


def _is_marked_later(index: Index, namespace: str, wanted: Mapping[str, str]) -> bool:
    """Whether pods have all the labels but those that a running cluster gives them."""
    rest = {key: value for key, value in wanted.items() if key not in _GIVEN_LATER}
    return len(rest) < len(wanted) and bool(index.selected(namespace, rest))


def _elsewhere(index: Index, namespace: str, wanted: Mapping[str, str]) -> Workload | None:
    """A workload of another namespace with the labels."""
    if not wanted:
        return None
    items = wanted.items()
    return next(
        (
            each
            for each in index.workloads
            if items <= each.labels.items() and (each.manifest.namespace or DEFAULT_NAMESPACE) != namespace
        ),
        None,
    )


def _hint(index: Index, namespace: str, wanted: Mapping[str, str], elsewhere: Workload | None) -> str:
    """Where the labels are instead, or what the likeliest pods have instead."""
    if elsewhere is not None:
        subject = elsewhere.manifest.subject
        return f"; those of {subject.kind} {subject.name} stand in {subject.namespace or DEFAULT_NAMESPACE}"
    near = max(index.at_home(namespace), key=lambda each: _likeness(wanted, each.labels), default=None)
    if near is None or not wanted or _likeness(wanted, near.labels) == (0, 0):
        return ""
    key = next((key for key, value in wanted.items() if near.labels.get(key) != value), None)
    if key is None:
        return ""
    has = f"{key}={near.labels[key]}" if key in near.labels else f"no {key}"
    return f"; {near.manifest.kind} {near.manifest.name} has {has}"


def _likeness(wanted: Mapping[str, str], labels: Mapping[str, str]) -> tuple[int, int]:
    """How many labels agree, and how many letters the others begin with alike."""
    agreeing = sum(labels.get(key) == value for key, value in wanted.items())
    alike = max((_common(value, labels.get(key, "")) for key, value in wanted.items()), default=0)
    return agreeing, alike


def _common(one: str, other: str) -> int:
    return next(
        (position for position, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _term(term: View) -> str:
    values = ", ".join(each.text for each in term["values"])
    return f"{term['key'].text} {term['operator'].text}" + (f" ({values})" if values else "")
