"""Label selectors, as apimachinery's meta/v1 LabelSelectorAsSelector reads them."""

from collections.abc import Iterator, Mapping

from tierpolicies.documents.view import View


def unmet_labels(wanted: View, labels: Mapping[str, str]) -> Iterator[View]:
    """The labels of a mapping that others lack or have with another value."""
    for key, value in wanted.items():
        if isinstance(value.value, str) and labels.get(key) != value.value:
            yield value


def unmet(selector: View, labels: Mapping[str, str]) -> Iterator[View]:
    """The terms of a LabelSelector that labels do not meet; an empty selector has none.

    A term that is malformed is the schema's concern, and counts as met.
    """
    yield from unmet_labels(selector["matchLabels"], labels)
    for term in selector["matchExpressions"]:
        key = term["key"].text
        values = {each.text for each in term["values"]}
        match term["operator"].text:
            case "In":
                is_met = key in labels and labels[key] in values
            case "NotIn":
                is_met = key not in labels or labels[key] not in values
            case "Exists":
                is_met = key in labels
            case "DoesNotExist":
                is_met = key not in labels
            case _:
                is_met = True
        if not is_met:
            yield term
