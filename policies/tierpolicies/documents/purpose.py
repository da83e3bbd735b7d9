"""What a file is that no cluster is meant to get: a part of a Helm chart, of a kustomization, plain data."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tierpolicies.documents.nodes import Problem, Value

_CHART = "This is a part of a Helm chart: check what `helm template` renders of the chart, not the chart."
_KUSTOMIZATION = "Check what `kustomize build` writes of this folder, not the folder it builds from."
_FILES = {
    "Chart.yaml": _CHART,
    "requirements.yaml": _CHART,
    "kustomization.yaml": _KUSTOMIZATION,
    "kustomization.yml": _KUSTOMIZATION,
}
_INVENTORY = "index.json"
_TEMPLATED = ("syntax", "key")


def purpose_of(file: str) -> str:
    """What to do about a file that is no manifest by its name; empty where the name tells nothing."""
    name = file.rpartition("/")[2]
    is_values = name.startswith("values") and name.endswith((".yaml", ".yml"))
    return _CHART if is_values else _FILES.get(name, "")


def is_plain_data(text: str, file: str) -> bool:
    """Whether a JSON text is data of another kind, such as an inventory or a schema.

    It has to be JSON: what cannot be read may have been an object. Inventories are the engine's to judge.
    """
    if '"apiVersion"' in text or ('"kind"' in text and '"metadata"' in text):
        return False
    if file.rpartition("/")[2] == _INVENTORY:
        return True
    try:
        return not holds_objects(json.loads(text))
    except (ValueError, RecursionError):
        return False


def holds_objects(value: Value) -> bool:
    """Whether a value is an object of Kubernetes, or a list with some."""
    if isinstance(value, list):
        return any(isinstance(each, dict) and holds_objects(each) for each in value)
    return isinstance(value, dict) and "apiVersion" in value and "kind" in value


def told(problems: Iterable[Problem], text: str) -> Iterator[Problem]:
    """The problems of a document; what a template does to it is told once, by its name."""
    lines = text.split("\n") if "{{" in text else []
    is_told = False
    for problem in problems:
        if problem.kind in _TEMPLATED and _is_templated(lines, problem.line):
            if not is_told:
                message = f"a template of a Helm chart, and no manifest yet: {problem.message}"
                mend = "Check what `helm template` renders of the chart, not its templates."
                yield replace(problem, message=message, mend=mend)
            is_told = True
        else:
            yield problem


def _is_templated(lines: Sequence[str], line: int) -> bool:
    """Whether an expression in double braces stands on a line, or next to it."""
    return any("{{" in each for each in lines[max(line - 2, 0) : line + 1])
