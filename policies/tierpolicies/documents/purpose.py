"""What a file is that no cluster is meant to get: a part of a Helm chart, of a kustomization, plain data."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tierpolicies.documents.nodes import Problem

_CHART = "This is a part of a Helm chart: check what `helm template` renders of the chart, not the chart."
_KUSTOMIZATION = "Check what `kustomize build` writes of this folder, not the folder it builds from."
_FILES = {
    "Chart.yaml": _CHART,
    "requirements.yaml": _CHART,
    "kustomization.yaml": _KUSTOMIZATION,
    "kustomization.yml": _KUSTOMIZATION,
}
_TEMPLATED = ("syntax", "key")


def purpose_of(file: str) -> str:
    """What to do about a file that is no manifest by its name; empty where the name tells nothing."""
    name = file.rpartition("/")[2]
    is_values = name.startswith("values") and name.endswith((".yaml", ".yml"))
    return _CHART if is_values else _FILES.get(name, "")


def is_manifest_like(text: str) -> bool:
    """Whether a JSON text may be an object of Kubernetes, or one that lacks its apiVersion."""
    return '"apiVersion"' in text or ('"kind"' in text and '"metadata"' in text)


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
