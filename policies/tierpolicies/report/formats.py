"""The formats of a report by their names, each made by a module of its own that is imported when wanted."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierpolicies.report.model import Report

MODULES: Mapping[str, str] = {
    "text": "tierpolicies.report.text",
    "json": "tierpolicies.report.json",
    "sarif": "tierpolicies.report.sarif",
    "junit": "tierpolicies.report.junit",
    "github": "tierpolicies.report.github",
    "markdown": "tierpolicies.report.markdown",
    "summary": "tierpolicies.report.summary",
    "html": "tierpolicies.report.html",
    "policyreport": "tierpolicies.report.policyreport",
}


def rendered(report: "Report", name: str) -> str:
    """A report in the format of a name; KeyError where there is none."""
    text: str = import_module(MODULES[name]).render(report)
    return text
