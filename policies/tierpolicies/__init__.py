"""An independent judge of Kubernetes manifests: it reads the files that were written.

    judge(folder, platform=..., today=...) -> Report

Importing this package is cheap; the judge itself is imported when `judge` is first used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierpolicies.judgement import UnknownVersionError, judge
    from tierpolicies.report.model import Report

__all__ = ["judge", "Report", "UnknownVersionError"]

_HOMES = {
    "judge": "tierpolicies.judgement",
    "Report": "tierpolicies.report.model",
    "UnknownVersionError": "tierpolicies.judgement",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 (an import of a leaf pays for nothing)

    return getattr(import_module(_HOMES[name]), name)
