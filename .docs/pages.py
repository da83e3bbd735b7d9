"""Lays the sources of the site into a folder: the pages as written, and the reference made from the code."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tierpolicies import manual
from tierpolicies.engine.registry import every_rule
from tierwright.cli.app import app
from tierwright.reference import commands, description

HERE = Path(__file__).parent
_RULES = "reference/rules/index.md"


def lay(folder: Path) -> None:
    """Makes `folder` anew, with the configuration and every page."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "pages", folder / "pages")
    configuration = (HERE / "mkdocs.yml").read_text(encoding="utf-8")
    for name, text in reference():
        page = folder / "pages" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        if name.startswith("reference/rules/") and name != _RULES:
            configuration = configuration.replace(f"- {_RULES}\n", f"- {_RULES}\n          - {name}\n")
    (folder / "mkdocs.yml").write_text(configuration, encoding="utf-8")


def reference() -> Iterator[tuple[str, str]]:
    """The pages that are made from the code, by their paths."""
    yield "reference/commands.md", commands.page(app)
    yield "reference/description.md", description.page()
    yield from _rules(manual.page(every_rule(None)))


def _rules(page: str) -> Iterator[tuple[str, str]]:
    """The page of all rules as a page a family, and one that lists them all."""
    contents, *families = re.split(r"^## (?=[a-z])", page, flags=re.MULTILINE)
    names = [each.partition("\n")[0] for each in families]
    yield _RULES, _linked(contents, here="", families=names)
    for name, text in zip(reversed(names), reversed(families), strict=True):
        yield f"reference/rules/{name}.md", f"# {_linked(text, here=name, families=names)}"


def _linked(text: str, *, here: str, families: list[str]) -> str:
    """The text with its links leading to the page of the rule's family."""

    def link(match: re.Match[str]) -> str:
        family = max((each for each in families if match[1].startswith(each)), key=len)
        anchor = f"#{match[1]}" if match[1] != family else ""
        return f"({anchor})" if family == here else f"({family}.md{anchor})"

    return re.sub(r"\(#([a-z0-9-]+)\)", link, text)


if __name__ == "__main__":
    lay(Path(sys.argv[1]))
