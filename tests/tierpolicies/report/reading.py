"""A page of Markdown as a forge reads it, and what must not be in one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = re.compile(r"<details>\n<summary>[\w ,:]+</summary>\n?|</details>\n?|<!-- tierwright: report -->\n?")
ACTIVE = re.compile(
    r"@\w|#\d|://|www\.|mailto:|:\w+:|GH-\d|\$[^\d\s]|\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,40}\b",
    re.IGNORECASE,
)
"""What a forge makes more of outside of code: mentions, issues, addresses, emoji, formulas, commits."""
BLOCKS = {
    "paragraph",
    "bullet_list",
    "list_item",
    "heading",
    "inline",
    "html_block",
    "fence",
    "table",
    "thead",
}
BLOCKS |= {"tbody", "tr", "th", "td"}
INLINE = {"text", "code_inline", "html_inline", "softbreak", "hardbreak", "link", "strong"}


def tokens(page: str) -> Iterator[Token]:
    """All of them, those within lines too."""
    for each in PARSER.parse(page):
        yield each
        yield from each.children or ()


def kind(token: Token) -> str:
    return token.type.removesuffix("_open").removesuffix("_close")


def shown(page: str) -> str:
    """What a reader sees of a line."""
    return "".join(each.content for each in tokens(page) if each.type in {"text", "code_inline"})


def verify(page: str, links: str) -> None:
    """Nothing in the page but what its renderer put there itself."""
    for each in tokens(page):
        assert kind(each) in BLOCKS | INLINE, each
        if kind(each) == "link" and each.nesting == 1:
            assert str(each.attrs["href"]).startswith(links), each
        elif each.type == "text":
            assert each.content == "$/month" or not ACTIVE.search(each.content), each
        elif each.type in {"html_inline", "html_block"}:
            assert OURS.fullmatch(each.content), each
        elif each.type == "fence":
            assert each.info == "suggestion", each
            assert re.search(rf"^ *{each.markup}$", page, re.MULTILINE)
    html = "".join(each.content for each in tokens(page) if each.type == "html_block")
    assert html.count("<details>") == html.count("</details>")
    rows = [each.type for each in tokens(page) if each.type in {"th_open", "td_open", "tr_open"}]
    cells = [len(row.split()) for row in " ".join(rows).split("tr_open") if row]
    assert set(cells) <= {8}, "every row of the one kind of table is whole"
