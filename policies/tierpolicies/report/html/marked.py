"""The documentation of a rule as HTML: as much of Markdown as rules are documented in."""

import re
from collections.abc import Callable, Iterator, Sequence

from tierpolicies.report.html.elements import escaped, literal

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?://[^\s)]+)\)")
_FENCE, _ITEM = "```", "- "


def marked(text: str) -> str:
    """Paragraphs, headings, lists and code; whatever else there is stays a text."""
    return "".join(_blocks(text.expandtabs(4).splitlines()))


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif line.startswith(_FENCE):
            end = _until(lines, at + 1, lambda each: each.startswith(_FENCE))
            yield _code(lines[at + 1 : end])
            at = end + 1
        elif line.startswith("    "):
            end = _until(lines, at, lambda each: bool(each.strip()) and not each.startswith("    "))
            yield _code([each[4:] for each in lines[at:end]])
            at = end
        elif line.startswith("#"):
            yield f"<h4>{_inline(line.lstrip('# '))}</h4>\n"
            at += 1
        else:
            end = _until(lines, at + 1, lambda each: not each.strip() or each.startswith(("#", _FENCE)))
            yield (
                _list(lines[at:end])
                if line.startswith(_ITEM)
                else f"<p>{_inline(' '.join(lines[at:end]))}</p>\n"
            )
            at = end


def _until(lines: Sequence[str], start: int, ends: Callable[[str], bool]) -> int:
    return next((at for at in range(start, len(lines)) if ends(lines[at])), len(lines))


def _code(lines: Sequence[str]) -> str:
    text = "\n".join(lines).strip("\n")
    return f'<pre tabindex="0"><code>{literal(text)}</code></pre>\n'


def _list(lines: Sequence[str]) -> str:
    items: list[str] = []
    for line in lines:
        if line.startswith(_ITEM) or not items:
            items.append(line.removeprefix(_ITEM))
        else:
            items[-1] += f" {line.strip()}"
    return f"<ul>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</ul>\n"


def _inline(text: str) -> str:
    parts, end = [], 0
    for match in _INLINE.finditer(text):
        parts.append(_spaced(text[end : match.start()]))
        code, strong, label, address = match.groups()
        if code is not None:
            parts.append(f"<code>{escaped(code)}</code>")
        elif strong is not None:
            parts.append(f"<strong>{escaped(strong)}</strong>")
        else:
            parts.append(f'<a href="{escaped(address)}">{escaped(label)}</a>')
        end = match.end()
    parts.append(_spaced(text[end:]))
    return "".join(parts)


def _spaced(text: str) -> str:
    """A piece of a paragraph keeps one space at its ends, which `escaped` would take."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{escaped(text)}{after}"
