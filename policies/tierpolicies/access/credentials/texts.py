"""Secrets in the text of a file: of settings, line by line or in JSON, and by their looks in any text."""

import re
from collections.abc import Iterator

from tierpolicies.access.credentials.formats import known
from tierpolicies.access.credentials.names import meaning, words
from tierpolicies.access.credentials.values import is_harmless

_SETTINGS = (
    *(".properties", ".env", ".yaml", ".yml", ".json", ".toml", ".ini", ".conf", ".cfg", ".cnf", ".config"),
    *(".tf", ".tfvars", ".netrc", ".pgpass", ".my.cnf"),
)
"""How the names of files end that hold settings: in others a name beside a value is but a piece of code."""
_HINT = re.compile(r"pass|pwd|secret|token|key|credential|masterauth", re.IGNORECASE)
_LINE = re.compile(
    r"^[ \t]*(?:export[ \t]+|-[ \t]+|set[ \t]+)?[\"']?([A-Za-z_][\w.-]*)[\"']?[ \t]*[:=][ \t]*"
    r"([^\s\"'#;,(){}\[\]<>$|&`]{3,}|\"[^\"\n]{3,}\"|'[^'\n]{3,}')[ \t]*[,;]?[ \t]*(?:#.*)?$",
    re.MULTILINE,
)
"""A setting on a line of its own: a name, and one word or a quoted text."""
_DIRECTIVE = re.compile(r"^[ \t]*(requirepass|masterauth)[ \t]+\"?([^\s\"]+)\"?[ \t]*$", re.MULTILINE)
"""A setting of Redis."""
_MEMBER = re.compile(r"\"([A-Za-z_][\w.-]*)\"[ \t]*:[ \t]*\"([^\"\\\n]{3,})\"")
"""A member of a JSON object."""
_ATTRIBUTE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
"""A name in a programming language, `settings.password`."""


def held(file: str, text: str) -> Iterator[tuple[str, int, str]]:
    """The secrets in a file's text: what each is, where it begins, and its name; known by looks first."""
    seen = set()
    for what, offset in known(text):
        seen.add(text.count("\n", 0, offset))
        yield what, offset, ""
    if not _holds_settings(file) or not _HINT.search(text):
        return
    is_json = text.lstrip().startswith(("{", "["))
    for pattern in (_MEMBER,) if is_json else (_LINE, _DIRECTIVE):
        for match in pattern.finditer(text):
            name, value = match[1], match[2]
            what = meaning(name)
            if not what or _is_code(name, value) or is_harmless(value, may_be_number=what == "a password"):
                continue
            if text.count("\n", 0, match.start(2)) not in seen:
                yield what, match.start(2), name


def _holds_settings(file: str) -> bool:
    return "." not in file.strip(".") or file.endswith(_SETTINGS)


def _is_code(name: str, value: str) -> bool:
    """Whether a value is rather a piece of code, or the same word as its name, as in translations."""
    bare = value.strip("\"'")
    return _ATTRIBUTE.fullmatch(bare) is not None or words(bare)[-1:] == words(name)[-1:] == words(bare)
