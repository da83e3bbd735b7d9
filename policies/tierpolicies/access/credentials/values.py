"""Values that are no secret, whatever they are called: references, placeholders, paths, switches."""

import re
from functools import lru_cache

_REFERENCE = re.compile(
    r"\$\(\w[^)]*\)|\$\{[^}]*\}|\{\{.*?\}\}|\{[A-Za-z_][\w.]*\}|%\(\w+\)s|%[A-Z_]{2,}%|<%=?"
    r"|(?:\A|[\"'])\$[A-Za-z_]\w*(?:[\"']|\Z)"
)
"""A part of a text that something fills in: `$(NAME)`, `${NAME}`, `{{ name }}`, `{name}`, `%(name)s`."""
_ELSEWHERE = re.compile(
    r"(?:vault|secrets?|ssm|sm|gsm|gcpsm|awssm|awsps|arn|env|file|op|kms|k8s|sops|ref\+\w+|secretref|bao|akv)"
    r":.*|ENC\[.*|AQICA.*|projects/[^/]+/secrets/.*|@Microsoft\.KeyVault.*|!vault.*",
    re.DOTALL,
)
"""A whole text that names where the secret is, or holds it encrypted."""
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\[[^\[\]]*\]|x{3,}|\*+|\.{3,}|-+|_+|\?+|n/?a|tbd|todo.*|fixme.*|none|null|nil|undefined|unset"
    r"|(?:change|replace)[-_ ]?(?:me|it|this|with)(?:[^a-z].*)?|replaced|(?:your|insert|enter)[-_ ].*"
    r"|(?:fill|set)[-_ ]?(?:me|in).*|to[-_ ]be[-_ ].*|place[-_ ]?holder.*|redacted|dummy|example|sample"
    r"|unused|ignored|(?:provided|injected|generated|managed)(?:[-_ ].*)?|see[-_ ].*"
    r"|from[-_ ](?:vault|secrets?|env)(?:[-_ ].*)?|.*[-_ ](?:placeholder|goes[-_ ]here)",
    re.IGNORECASE,
)
_SWITCH = frozenset(
    {
        *("true", "false", "yes", "no", "on", "off", "enabled", "disabled", "enable", "disable", "required"),
        *("optional", "auto", "automatic", "default", "always", "never", "preferred", "prompt", "any", "all"),
        *("str", "string", "int", "bytes", "bool", "boolean", "number", "object"),
    }
)
_AMOUNT = re.compile(r"[-+]?\d+(?:\.\d+)?\s*(?:ns|us|ms|s|m|min|h|d|w|[kMGT]i?B?|%)?")
_DIGITS = re.compile(r"\d{4,}")
_PATH = re.compile(r"(?:~|\.{0,2}|[A-Za-z]:)[/\\](?:[\w.@ -]+[/\\])*[\w.@ -]*")
_HASH = re.compile(
    r"\$(?:2[abxy]?|5|6|1|apr1|y|argon2\w*|scrypt|pbkdf2\S*)\$.*|\{SSHA?\d*\}.*|SCRAM-SHA-\d+\$.*|md5[0-9a-f]{32}"
)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s@]*", re.IGNORECASE)
_PUBLIC = re.compile(
    r"-----BEGIN (?:(?:RSA|EC) )?(?:PUBLIC KEY|CERTIFICATE)"
    r"|(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+|age1\w+|whsec_pub\S*|pk_(?:live|test)_\w+)\b"
)
_OBJECT = re.compile(r"[a-z][a-z0-9-]*/[a-z][a-z0-9.-]*")
"""An object of Kubernetes, `namespace/name`."""
_TERM = re.compile(
    r"(?:HS|RS|ES|PS)(?:256|384|512)|EdDSA|Bearer|Basic|JWT|JWS|bcrypt|argon2\w*|scrypt|md5|scram-sha-\d+"
    r"|sha-?(?:1|256|512)|Authorization|[Xx]-[A-Za-z-]+|plain(?:text)?|header|cookie|body|query|user|file|env",
    re.IGNORECASE,
)
_PROSE = re.compile(r"[^{}=:\"\n]+")
"""A sentence, if it has five words and more: nothing of a file's or a connection's syntax."""


def is_reference(value: str) -> bool:
    """Whether a value is filled in by something, names where it is, or waits to be replaced."""
    return (
        _REFERENCE.search(value) is not None
        or _ELSEWHERE.fullmatch(value) is not None
        or _PLACEHOLDER.fullmatch(value) is not None
    )


@lru_cache(maxsize=8192)
def is_harmless(value: str, *, may_be_number: bool = False) -> bool:
    """Whether a value gives nothing away, be its name that of a secret.

    With `may_be_number` a number of four digits and more is a secret, as with passwords.
    """
    text = value.strip().strip("\"'")
    if not text or text.lower() in _SWITCH or is_reference(text):
        return True
    if may_be_number and _DIGITS.fullmatch(text):
        return False
    if _PUBLIC.match(text) or (text.count(" ") >= 4 and _PROSE.fullmatch(text)):
        return True
    return any(form.fullmatch(text) for form in (_AMOUNT, _PATH, _HASH, _URL, _OBJECT, _TERM))
