"""Uploads by an HTML form: the signed policy, and every condition of it."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from tests.servers.s3.errors import Refusal, access_denied, does_not_match
from tests.servers.s3.keys import Key, Keys
from tests.servers.s3.signatures import Received, scope_of

_EXEMPT = {"x-amz-signature", "file", "policy", "bucket"}
"""Fields that no condition need cover; beside them those that begin with x-ignore-."""


@dataclass
class Form:
    """The fields before the file, by lower-case name, and the file; what follows the file is ignored."""

    fields: dict[str, str] = field(default_factory=dict)
    file: bytes | None = None
    file_name: str = ""

    @property
    def key(self) -> str:
        return self.fields.get("key", "").replace("${filename}", self.file_name)


def read(request: Received) -> Form:
    """Take a form's body apart.

    Raises:
        Refusal: it is no multipart form, or holds no file or key.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != "multipart/form-data" or "boundary" not in options:
        raise Refusal(
            412, "PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data"
        )
    form = Form()
    try:
        _decode(form, MultipartDecoder(options["boundary"].encode(), None), request.body)
    except ValueError:
        raise _malformed() from None
    if form.file is None:
        raise Refusal(400, "InvalidArgument", "POST requires exactly one file upload per request.")
    if not form.key:
        raise Refusal(400, "InvalidArgument", "Bucket POST must contain a field named 'key'.")
    return form


def authorize(form: Form, bucket: str, keys: Keys, region: str) -> Key:
    """The key that signed the form's policy, when form and file keep to it.

    Raises:
        Refusal: it is unsigned, wrongly signed, expired, or a condition does not hold.
    """
    fields = form.fields
    needed = {"policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"}
    if not needed & fields.keys():
        raise access_denied()
    if not needed <= fields.keys():
        names = ", ".join(sorted(needed - fields.keys()))
        raise Refusal(400, "InvalidArgument", f"Bucket POST must contain fields named: {names}")
    key = _signed(fields, keys, region)
    policy = _policy(fields["policy"])
    if _expiration(policy) < datetime.now(UTC):
        raise _against("Policy expired.")
    values = fields | {"key": form.key, "bucket": bucket}
    assert form.file is not None
    covered = {_check(condition, values, len(form.file)) for condition in _conditions(policy)}
    extra = {name for name in fields if not name.startswith("x-ignore-")} - covered - _EXEMPT
    if extra:
        raise _against(f"Extra input fields: {', '.join(sorted(extra))}")
    return key


def _decode(form: Form, decoder: MultipartDecoder, body: bytes) -> None:
    decoder.receive_data(body)
    decoder.receive_data(None)
    name, is_file = "", False
    value = b""
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, Field | File):
            name, value = event.name.lower(), b""
            is_file = name == "file"
            if is_file and isinstance(event, File):
                form.file_name = event.filename
        elif isinstance(event, Data):
            value += event.data
            if not event.more_data:
                if is_file:
                    form.file = value
                    return
                form.fields[name] = value.decode()


def _signed(fields: dict[str, str], keys: Keys, region: str) -> Key:
    access_key, scope = scope_of(fields["x-amz-credential"], region)
    key = keys.find(access_key, fields.get("x-amz-security-token"))
    request = AWSRequest(method="POST", url="/")
    request.context["timestamp"] = f"{scope[0]}T000000Z"
    expected = S3SigV4Auth(key.credentials, "s3", region).signature(fields["policy"], request)
    right = fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256" and fields["x-amz-date"].startswith(scope[0])
    if not right or not hmac.compare_digest(expected, fields["x-amz-signature"]):
        raise does_not_match()
    return key


def _policy(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise _invalid("Invalid JSON.") from None
    if not isinstance(policy, dict):
        raise _invalid("Invalid JSON.")
    return policy


def _expiration(policy: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(policy["expiration"]))
    except (KeyError, ValueError):
        raise _invalid("Policy missing expiration.") from None


def _conditions(policy: dict[str, Any]) -> list[list[Any]]:
    """Every condition as a list: what it asks, of which field, which value."""
    conditions: list[list[Any]] = []
    for condition in policy.get("conditions", []):
        if isinstance(condition, dict):
            conditions.extend(["eq", f"${name}", value] for name, value in condition.items())
        else:
            conditions.append(list(condition))
    return conditions


def _check(condition: list[Any], values: dict[str, str], length: int) -> str:
    """The field that a condition covers, when it holds."""
    match condition:
        case ["content-length-range", least, most]:
            if length < int(least):
                message = "Your proposed upload is smaller than the minimum allowed size"
                raise Refusal(400, "EntityTooSmall", message)
            if length > int(most):
                message = "Your proposed upload exceeds the maximum allowed size"
                raise Refusal(400, "EntityTooLarge", message)
            return ""
        case ["eq", str(name), value]:
            held = values.get(name[1:].lower()) == value
        case ["starts-with", str(name), str(start)]:
            held = values.get(name[1:].lower(), "").startswith(start)
        case _:
            raise _invalid(f"Invalid condition: {json.dumps(condition)}")
    if not held:
        raise _against(f"Policy Condition failed: {json.dumps(condition)}")
    return name[1:].lower()


def _against(reason: str) -> Refusal:
    return access_denied(f"Invalid according to Policy: {reason}")


def _invalid(reason: str) -> Refusal:
    return Refusal(400, "InvalidPolicyDocument", f"Invalid Policy: {reason}")


def _malformed() -> Refusal:
    message = "The body of your POST request is not well-formed multipart/form-data."
    return Refusal(400, "MalformedPOSTRequest", message)
