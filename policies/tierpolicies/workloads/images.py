"""Image references as a container runtime reads them.

The grammar is that of github.com/distribution/reference: `[registry/]repository[:tag][@digest]`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_HOST = re.compile(
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9][a-zA-Z0-9-]*)*(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?"
)
_PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_LONGEST_NAME = 255

_COMMIT = re.compile(
    r"(?:.*[-_.])?(?:sha-|git-|sha|g)[0-9a-f]{6,40}"
    r"|(?:.*[-_.])?(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}"
)
_MAJOR = re.compile(r"[vV]?\d{1,2}|.*\.x(?:-.*)?")
LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Image:
    """The parts of a reference; empty where it has none. `fault` says what is wrong with it."""

    registry: str
    repository: str
    tag: str
    digest: str
    fault: str = ""

    @property
    def is_untagged(self) -> bool:
        """Whether it means whatever is latest: no tag at all, or that very word, and no digest."""
        return not self.digest and self.tag in ("", LATEST)

    @property
    def is_floating(self) -> bool:
        """Whether its tag is moved from one release to the next: a word, or a major version alone.

        A word has no digit (`stable`, `main`, `lts-alpine`); `2`, `v2` and `2.x` are major versions.
        """
        if self.digest or self.is_untagged or self.names_commit:
            return False
        return not any(map(str.isdecimal, self.tag)) or _MAJOR.fullmatch(self.tag) is not None

    @property
    def names_commit(self) -> bool:
        """Whether its tag names the commit that it is built from: `sha-1a2b3c4`, `main-1a2b3c4`."""
        return _COMMIT.fullmatch(self.tag) is not None


@lru_cache(maxsize=4096)
def parse(text: str) -> Image:
    """The parts of a reference, be it a wrong one; `fault` is empty for a right one."""
    rest, at, digest = text.partition("@")
    first, slash, path = rest.partition("/")
    registry = first if slash and _is_host(first) else ""
    name = path if registry else rest
    repository, colon, tag = name.partition(":")
    fault = _fault(registry, repository)
    if not fault and colon and not _TAG.fullmatch(tag):
        fault = f"{tag!r} is no tag" if tag else "the tag after the colon is empty"
    if not fault and at and not _DIGEST.fullmatch(digest):
        fault = f"{digest!r} is no digest" if digest else "the digest after the @ is empty"
    return Image(registry, repository, tag, digest, fault)


def _is_host(text: str) -> bool:
    """Whether the part before the first slash is a registry: it has a dot or a port, or is this host."""
    return "." in text or ":" in text or text == "localhost"


def _fault(registry: str, repository: str) -> str:
    if registry and not _HOST.fullmatch(registry):
        return f"{registry!r} is no registry"
    if not repository:
        return "it names no repository"
    if not _PATH.fullmatch(repository):
        what = " (capitals are not allowed)" if _PATH.fullmatch(repository.lower()) else ""
        return f"{repository!r} is no repository{what}"
    if len(registry) + 1 + len(repository) > _LONGEST_NAME:
        return f"its name is longer than {_LONGEST_NAME} characters"
    return ""
