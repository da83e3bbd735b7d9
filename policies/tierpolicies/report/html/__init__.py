"""The report as one page for a browser: it needs nothing but itself, and no script to be read."""

from tierpolicies.report.html.page import render

__all__ = ["render"]
