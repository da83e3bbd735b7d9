"""Names that say of a value that it is a secret: `DB_PASSWORD`, `clientSecret`, `api-key`."""

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PASSWORDS = ("password", "passwd", "passphrase", "passcode", "requirepass", "masterauth")
_ENDINGS = (*_PASSWORDS, "secret", "token", "apikey")
"""What a word ends in: `pgpassword` is one word."""
_WHOLE = {"pwd", "pass", "credential", "credentials", "apitoken", "privatekey", "secretkey"}
_KEYS = frozenset(
    {
        *(
            "api",
            "access",
            "private",
            "secret",
            "signing",
            "encryption",
            "auth",
            "master",
            "session",
            "shared",
        ),
        *("account", "storage", "jwt", "license", "admin", "app", "application", "crypto", "hmac", "cookie"),
    }
)
"""What makes a key a secret one: `api key`, `signing key`."""
_ABOUT = frozenset(
    {
        *("file", "files", "path", "dir", "directory", "folder", "name", "names", "ttl", "expiry", "expires"),
        *("expiration", "expire", "lifetime", "lifespan", "age", "url", "uri", "urls", "endpoint", "issuer"),
        *("audience", "algorithm", "alg", "type", "length", "size", "header", "id", "ids", "version"),
        *("enabled", "disabled", "required", "policy", "rotation", "interval", "seconds", "minutes", "hours"),
        *("days", "timeout", "hash", "hashes", "prefix", "suffix", "field", "param", "parameter", "count"),
        *("limit", "manager", "store", "provider", "backend", "ref", "refs", "reference", "arn", "namespace"),
        *("mount", "label", "region", "encoding", "format", "mode", "attempts", "retries", "env", "engine"),
        *("scope", "claim", "cookie", "grant", "host", "hostname", "server", "service", "address", "domain"),
        *("port", "issue", "duration", "period", "source", "strength", "complexity", "regex", "pattern"),
        *("budget", "bucket", "users", "user", "username", "help", "hint", "message", "text", "title"),
        *("description", "class", "method", "kind", "list", "template", "cache", "exchange", "reset", "min"),
        *("max", "ms", "status", "validity", "location", "owner", "usage", "rate", "checksum", "fingerprint"),
        *("base64", "resource", "resources", "controller", "operator", "reviewer", "annotation", "sync"),
        *("refresh", "selector"),
    }
)
"""Words that make a name one about a secret, if they follow it: where it lies, how long it lasts."""
_OPEN = frozenset(
    {
        *(
            "public",
            "publishable",
            "no",
            "without",
            "allow",
            "enable",
            "disable",
            "use",
            "skip",
            "max",
            "min",
        ),
        *("existing", "pull", "tls", "is", "has", "require", "requires", "show", "hide"),
    }
)
"""Words anywhere in a name of which the value is no secret."""
_CLOSE = frozenset({"key", "auth", "salt", "seed", "signature"})
"""Last words of names whose value is one if it looks random."""


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters: `dbPassword`, `DB_PASSWORD` and `db-password` have two."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=8192)
def meaning(name: str) -> str:
    """What the value of a name is, in words: `a password`; empty where it need not be a secret."""
    parts = words(name)
    result = ""
    if _OPEN.isdisjoint(parts):
        for before, word in zip(("", *parts), parts, strict=False):
            if found := _meaning(before, word):
                result = found
            elif word in _ABOUT or (word == "key" and before.endswith(_PASSWORDS)):
                result = ""  # `passwordKey` is the key under which a Secret has it
    return result


def _meaning(before: str, word: str) -> str:
    """What a word says of the value, together with the word before it."""
    if word.endswith(_PASSWORDS) or word in ("pwd", "pass"):
        return "a password"
    if word.endswith("token"):
        return "a token"
    if word.endswith(_ENDINGS) or word in _WHOLE:
        return "a secret"
    return "a secret key" if word == "key" and before in _KEYS else ""


@lru_cache(maxsize=8192)
def is_close(name: str) -> bool:
    """Whether a name is that of a secret if its value looks random: `ENCRYPTION_SALT`, `redisAuth`."""
    parts = words(name)
    return bool(parts) and parts[-1] in _CLOSE and _OPEN.isdisjoint(parts)
