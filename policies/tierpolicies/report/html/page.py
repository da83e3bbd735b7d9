"""The page around its sections."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from tierpolicies.report.documentation import rules_of
from tierpolicies.report.html.elements import escaped
from tierpolicies.report.html.findings import findings, rules
from tierpolicies.report.html.overview import overview
from tierpolicies.report.wording import tally, verdict

if TYPE_CHECKING:
    from tierpolicies.report.model import Report

_FOLDER = Path(__file__).parent


def render(report: Report) -> str:
    """The whole page; the same for the same report.

    Its policy forbids whatever does not stand in it, so that no text of a manifest can run or fetch
    anything even if it were taken for markup.
    """
    style, script = ((_FOLDER / f"page.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    policy = (
        f"default-src 'none'; img-src data:; base-uri 'none'; form-action 'none';"
        f" style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    )
    told = escaped(verdict(report))
    counts = tally(report.findings) or "no finding"
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n',
        f"<title>{told}</title>\n<style>{style}</style>\n</head>\n<body>\n",
        '<a class="skip" href="#findings">Skip to the findings</a>\n',
        f'<header class="{report.verdict}"><div><p>Tierwright: {escaped(counts)}</p>\n',
        '<button type="button" id="theme" hidden>Colours: as the system</button></div>\n',
        f"<h1>{told}</h1>\n</header>\n<main>\n",
        *overview(report),
        *findings(report),
        *rules(rules_of(report.findings, report.rules)),
        f"</main>\n<script>{script}</script>\n</body>\n</html>\n",
    ]
    return "".join(parts)


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
