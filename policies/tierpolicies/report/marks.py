"""Pieces of Markdown in which a text of unknown origin stays a text.

A forge makes more of a text than Markdown does: mentions, links to issues and commits, addresses,
emoji and formulas. None of them is looked for in code, so a word that might become one is set as code.
"""

import re
from collections.abc import Callable

from tierpolicies.report.characters import cut, cut_start, path_address, visible, web_address

_ACTIVE = re.compile(
    r"@|#|://|www\.|mailto:|xmpp:"  # mentions, issues, addresses
    r"|:[\w+-]+:"  # emoji
    r"|\$(?![\d,.]+\W*$)"  # formulas, but not an amount of dollars
    r"|\b(?=\d*[a-f])(?=[a-f]*\d)[\da-f]{7,}\b"  # commits
    r"|GH-\d",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[\\|`*_<\[\]~&]")
_SPECIAL = re.compile(r"[\\|`*_<\[\]~&@#$:]|www\.|\d|GH-", re.IGNORECASE)
_LONGEST_ADDRESS = 1500
_LONGEST_LINE = 1000


def prose(text: str, most: int) -> str:
    """At most so many characters of a text, as a text. A colon may follow: it ends no emoji."""
    text = cut(text, most)
    if not _SPECIAL.search(text):
        return text
    *words, last = text.split(" ")
    return " ".join([*(_word(word) for word in words), _word(last, following=":")])


def cell(text: str, most: int) -> str:
    """The same within a table, where code would not keep a bar from ending the cell."""
    return prose(text.replace("|", "¦"), most)


def code(text: str) -> str:
    """A text as code, in as many backticks as it needs."""
    text = visible(text) or " "
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (max(map(len, re.findall("`+", text))) + 1)
    return f"{fence} {text} {fence}"


def place(path: str, line: int, links: str, *, column: int | None = None) -> str:
    """A line of a file, linked to the web where `links` is the address of the files there."""
    label = f"{cut_start(path, 200)}:{line}{'' if column is None else f':{column}'}"
    return linked(label, path, line, links)


def linked(label: str, path: str, line: int, links: str) -> str:
    """A label as code that leads to a line of a file."""
    address = web_address(links) + path_address(path) if links and path else ""
    if not address or len(address) > _LONGEST_ADDRESS:
        return code(label)
    return f"[{code(label)}]({address}#L{line})"


def suggestion(text: str) -> str:
    """A block that forges offer as the new text of a line; nothing for what is no line of a page's width."""
    if not text.isprintable() or len(text) > _LONGEST_LINE:
        return ""
    fence = "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)
    return f"{fence}suggestion\n{text}\n{fence}\n"


def more(noun: str) -> Callable[[int], str]:
    """Tells how many of a section's items had no room, in a paragraph of its own."""
    return lambda number: f"\nand {number:,} more {noun}{'' if number == 1 else 's'}\n"


def _word(word: str, following: str = "") -> str:
    return code(word) if _ACTIVE.search(word + following) else _literal(word)


def _literal(word: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", word)
