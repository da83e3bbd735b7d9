"""Text of unknown origin, made fit to be shown: one line, and nothing in it that hides or steers."""

import re

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls (a terminal obeys them), marks that turn the direction of writing, signs of no width that hide
a text in another, halves of a character (from names of files in another encoding), and what XML forbids."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_PATH = re.compile(rb"[^\w.~/-]", re.ASCII)
_ADDRESS = re.compile(rb"[^\w.~/:?#@!$&+,;=%-]", re.ASCII)
_AS_IT_IS = re.compile(r"[\w.~/-]*", re.ASCII)


def visible(text: str) -> str:
    """The text in one line, with escapes such as `\\x1b` for what could not be seen."""
    if not text.isprintable():
        text = _HIDDEN.sub(_escaped, " ".join(text.split()))
    elif "  " in text or text[:1] == " " or text[-1:] == " ":
        text = " ".join(text.split())
    return text


def revealed(text: str) -> str:
    """A line with such escapes and all its spaces."""
    return text if text.isprintable() else _HIDDEN.sub(_escaped, text)


def cut(text: str, most: int) -> str:
    """At most so many characters of a visible text, and a sign where some are left out."""
    text = visible(text)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def cut_start(text: str, most: int) -> str:
    """The same for a path, of which the end tells most."""
    text = visible(text)
    return text if len(text) <= most else f"…{text[1 - most :].lstrip()}"


def whole(text: str) -> str:
    """A text that can be written in UTF-8: halves of a character as JSON escapes them."""
    return text if text.isascii() else _SURROGATE.sub(_escaped, text)


def with_entities(text: str) -> str:
    """A text as XML and HTML have it, between tags or in quotes; `str.translate` takes five times as long."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def path_text(path: str) -> str:
    """A path as it is, but for what could not be seen."""
    return path if path.isprintable() else visible(path)


def path_address(path: str) -> str:
    """A path as it stands in an address."""
    return _quoted(path, _PATH)


def web_address(address: str) -> str:
    """An address without what would end it early where it stands in a text."""
    return _quoted(address, _ADDRESS)


def _quoted(text: str, others: re.Pattern[bytes]) -> str:
    if _AS_IT_IS.fullmatch(text):
        return text
    try:
        held = text.encode(errors="surrogateescape")  # the bytes that the name of a file has
    except UnicodeEncodeError:
        held = text.encode(errors="surrogatepass")
    return others.sub(lambda match: b"%%%02X" % match[0][0], held).decode()


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
