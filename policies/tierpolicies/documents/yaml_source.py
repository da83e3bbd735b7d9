"""YAML or JSON text to plain values, with the place of every value and all problems found.

This part knows nothing of Kubernetes objects, so whoever reads a YAML file of his own may use it. Plain
YAML is read by `block_yaml`, JSON by `json_reader`, and what they give up by libyaml, which also finds
places: a document is composed once more when somebody asks for one.
"""

from collections.abc import Iterable, Iterator

from tierpolicies.documents.block_yaml import NotPlainError, read
from tierpolicies.documents.nodes import MAX_DOCUMENTS, Document, Problem, Value, too_large, unread
from tierpolicies.documents.original import Original

__all__ = ["Problem", "Source", "Value", "documents", "parse", "parse_all", "pointer", "steps"]


class Source:
    """One document: its value, its problems and the way from a JSON pointer to a place.

    `guessed_kind` is what a text that could not be read seems to say of its `kind`, `content` the name of
    what the file holds in a cache, where there is one.
    """

    __slots__ = ("_document", "_original", "content", "file", "guessed_kind", "problems", "value")

    def __init__(self, file: str, document: Document, original: Original, content: bytes = b"") -> None:
        self.file = file
        self.value = document.value
        self.problems = document.problems
        self.guessed_kind = document.guessed_kind
        self.content = content
        self._document = document
        self._original = original

    @property
    def text(self) -> str:
        """The text of the whole file."""
        return self._original.text

    def position(self, pointer: str, *, key: bool = False, offset: int = 0) -> tuple[int, int]:
        """Line and column, from 1, of the value at a JSON pointer, or of its key.

        Where the pointer leads nowhere the nearest enclosing value answers. `offset` counts characters
        of a text that is written as a literal block, and leads to the line they are on.
        """
        document = self._document
        first_line = document.first_line + 1
        if document.number < 0:
            return first_line, 1
        line, column = self._original.position(document, steps(pointer), key=key, offset=offset)
        return first_line + line, column + 1


def pointer(path: Iterable[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path of keys and indices."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def steps(pointer: str) -> list[str]:
    """The keys and indices of a JSON pointer."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def parse(text: str, *, file: str) -> Source:
    """The one document of a text; a further document is a problem."""
    sources = parse_all(text, file=file)
    if not sources:
        return Source(file, Document(None, 0, 0, 0, -1), Original("", is_json=False))
    further = tuple(
        Problem("documents", "a second YAML document", "Keep one document in this file.", line, 1)
        for line, _ in (source.position("") for source in sources[1:2])
    )
    sources[0].problems += further
    return sources[0]


def parse_all(text: str, *, file: str) -> list[Source]:
    """Every document of a text that is not empty; a broken one does not hide the others."""
    original = Original(text, is_json=file.endswith(".json"))
    return [Source(file, document, original) for document in documents(text, is_json=original.is_json)]


def documents(text: str, *, is_json: bool) -> list[Document]:
    """What `parse_all` tells, without a file."""
    if is_json:
        from tierpolicies.documents.json_reader import document  # noqa: PLC0415 (manifests are seldom JSON)

        return [document(text)]
    if text.count("\n---") > MAX_DOCUMENTS:
        return [unread(text, too_large(1, 1, f"{MAX_DOCUMENTS:,} documents"))]
    found: list[Document] = []
    for start, end, first_line in _parts(text):
        part = text[start:end]
        try:
            value, by_lines = read(part)
        except NotPlainError:
            from tierpolicies.documents import composer  # noqa: PLC0415 (12 ms, often for nothing)

            found += composer.documents(part, start=start, first_line=first_line)
        else:
            if value is not None:
                found.append(Document(value, start, end, first_line, by_lines=by_lines))
    return found


def _parts(text: str) -> Iterator[tuple[int, int, int]]:
    """Where the documents of a stream begin and end, and on which line they begin.

    A stream with directives, or whatever makes it doubtful that each `---` begins a document on a line of
    its own, is one part.
    """
    starts = [0]
    at = text.find("\n---")
    while at >= 0:
        if text[at + 4 : at + 5] not in ("", "\n", " ", "\r"):
            break
        starts.append(at + 1)
        at = text.find("\n---", at + 4)
    if len(starts) == 1 or at >= 0 or _is_doubtful(text):
        yield 0, len(text), 0
        return
    first_line = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield start, end, first_line
        first_line += text.count("\n", start, end)


def _is_doubtful(text: str) -> bool:
    if text.startswith(("%", "...")) or "\n%" in text or "\n..." in text:
        return True
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return True
    return not text.isascii() and any(line_end in text for line_end in "\x85\u2028\u2029")
