"""Signature Version 4 of requests, in a header or in a presigned URL, recomputed by botocore's own signer."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from tests.servers.s3.errors import Refusal, access_denied, does_not_match
from tests.servers.s3.keys import Key, Keys

_ALGORITHM = "AWS4-HMAC-SHA256"
_SKEW = timedelta(minutes=15)
_LONGEST = 7 * 24 * 3600
_UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True)
class Received:
    """A request as it came over the wire.

    Args:
        method: HTTP method.
        target: Path and query, still escaped.
        headers: By lower-case name.
        body: All of it.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def url(self) -> str:
        return f"http://{self.headers['host']}{self.target}"


@dataclass(frozen=True)
class _Claim:
    access_key: str
    scope: tuple[str, str, str, str]
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str

    @property
    def time(self) -> datetime:
        return timestamp(self.timestamp)


def timestamp(text: str) -> datetime:
    """The time of an X-Amz-Date.

    Raises:
        Refusal: it is none.
    """
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise access_denied("AWS authentication requires a valid Date or x-amz-date header") from None


def scope_of(credential: str, region: str) -> tuple[str, tuple[str, str, str, str]]:
    """The access key and the scope (day, region, service, end) of a credential.

    Raises:
        Refusal: it is malformed or for another region or service.
    """
    parts = credential.split("/")
    if len(parts) != 5 or parts[3:] != ["s3", "aws4_request"]:
        raise Refusal(400, "AuthorizationHeaderMalformed", "The authorization header is malformed.")
    if parts[2] != region:
        message = (
            f"The authorization header is malformed; the region '{parts[2]}' is wrong; expecting '{region}'"
        )
        raise Refusal(400, "AuthorizationHeaderMalformed", message)
    return parts[0], (parts[1], parts[2], parts[3], parts[4])


def verify(request: Received, keys: Keys, region: str) -> Key:
    """The key that signed a request.

    Raises:
        Refusal: nobody signed it, or not as S3 demands.
    """
    if "authorization" in request.headers:
        return _verify_header(request, keys, region)
    if "X-Amz-Signature" in request.query:
        return _verify_url(request, keys, region)
    raise access_denied()


def _verify_header(request: Received, keys: Keys, region: str) -> Key:
    algorithm, _, rest = request.headers["authorization"].partition(" ")
    fields = dict(each.strip().partition("=")[::2] for each in rest.split(","))
    if algorithm != _ALGORITHM or not {"Credential", "SignedHeaders", "Signature"} <= fields.keys():
        raise Refusal(400, "InvalidArgument", "Unsupported Authorization Type")
    access_key, scope = scope_of(fields["Credential"], region)
    signed = tuple(fields["SignedHeaders"].split(";"))
    claim = _Claim(access_key, scope, signed, fields["Signature"], request.headers.get("x-amz-date", ""))
    key = keys.find(access_key, request.headers.get("x-amz-security-token"))
    if abs(datetime.now(UTC) - claim.time) > _SKEW:
        message = "The difference between the request time and the current time is too large."
        raise Refusal(403, "RequestTimeTooSkewed", message)
    _check_payload(request)
    _check_signed(request, claim)
    signer = S3SigV4Auth(key.credentials, "s3", region)
    _check_signature(signer, _unsigned(request, claim), claim)
    return key


def _verify_url(request: Received, keys: Keys, region: str) -> Key:
    query = request.query
    needed = {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders"}
    if not needed <= query.keys() or query["X-Amz-Algorithm"] != _ALGORITHM:
        message = "Query-string authentication version 4 requires its X-Amz- parameters."
        raise Refusal(400, "AuthorizationQueryParametersError", message)
    access_key, scope = scope_of(query["X-Amz-Credential"], region)
    signed = tuple(query["X-Amz-SignedHeaders"].split(";"))
    claim = _Claim(access_key, scope, signed, query["X-Amz-Signature"], query["X-Amz-Date"])
    key = keys.find(access_key, query.get("X-Amz-Security-Token"))
    seconds = int(query["X-Amz-Expires"]) if query["X-Amz-Expires"].isdecimal() else -1
    if not 0 < seconds <= _LONGEST:
        message = "X-Amz-Expires must be between 1 and 604800 seconds"
        raise Refusal(400, "AuthorizationQueryParametersError", message)
    now = datetime.now(UTC)
    if claim.time > now + _SKEW:
        raise access_denied("Request is not yet valid")
    if now > claim.time + timedelta(seconds=seconds):
        raise access_denied("Request has expired")
    _check_signed(request, claim)
    path, _, raw = request.target.partition("?")
    kept = "&".join(each for each in raw.split("&") if not each.startswith("X-Amz-Signature="))
    bare = Received(request.method, f"{path}?{kept}", request.headers, request.body)
    signer = S3SigV4QueryAuth(key.credentials, "s3", region, expires=seconds)
    _check_signature(signer, _unsigned(bare, claim), claim)
    return key


def _check_payload(request: Received) -> None:
    told = request.headers.get("x-amz-content-sha256")
    if told is None:
        raise Refusal(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    if told.startswith("STREAMING-"):
        raise Refusal(501, "NotImplemented", "Payloads in signed chunks are not taken here.")
    if told not in {_UNSIGNED, hashlib.sha256(request.body).hexdigest()}:
        message = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise Refusal(400, "XAmzContentSHA256Mismatch", message)


def _check_signed(request: Received, claim: _Claim) -> None:
    """Refuse headers with a meaning to S3 that the signature does not cover."""
    missing = {name for name in request.headers if name.startswith("x-amz-")} - set(claim.signed_headers)
    missing |= {"host"} - set(claim.signed_headers)
    if missing:
        names = ", ".join(sorted(missing))
        raise access_denied(f"There were headers present in the request which were not signed: {names}")


def _unsigned(request: Received, claim: _Claim) -> AWSRequest:
    headers = {name: request.headers.get(name, "") for name in claim.signed_headers}
    return AWSRequest(method=request.method, url=request.url, headers=headers, data=request.body)


def _check_signature(signer: S3SigV4Auth | S3SigV4QueryAuth, request: AWSRequest, claim: _Claim) -> None:
    if not claim.timestamp.startswith(claim.scope[0]):
        raise does_not_match()
    request.context["timestamp"] = claim.timestamp
    text = signer.string_to_sign(request, signer.canonical_request(request))
    if not hmac.compare_digest(signer.signature(text, request), claim.signature):
        raise does_not_match()
