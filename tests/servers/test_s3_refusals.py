"""S3 for tests refuses what S3 refuses: wrong signatures, forms against their policy, unknown identities."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import boto3
import httpx2
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from apps.common.storage import s3_client

WORKLOAD = "waste-service"
KEY = "uploads/a photo+ü.jpg"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4


def _client(s3, **changed):
    options = {
        "endpoint_url": s3.endpoint,
        "region_name": s3.region,
        "aws_access_key_id": s3.access_key,
        "aws_secret_access_key": s3.secret_key,
        "config": Config(signature_version="s3v4", retries={"total_max_attempts": 1}),
    }
    return boto3.client("s3", **options | changed)


def _code(error):
    return error.value.response["Error"]["Code"]


def _code_of(answer):
    """S3's name for why it refused, None when it did not; each name has its status."""
    if answer.is_success:
        return None
    code = ET.fromstring(answer.content).findtext("Code")  # noqa: S314 - our own server's
    forbidden = {"AccessDenied", "SignatureDoesNotMatch", "RequestTimeTooSkewed"}
    assert answer.status_code == (403 if code in forbidden else 400)
    return code


# ---- requests signed in a header


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"aws_secret_access_key": "another"}, "SignatureDoesNotMatch"),
        ({"aws_access_key_id": "AKIAUNKNOWN"}, "InvalidAccessKeyId"),
        ({"aws_session_token": "invented"}, "InvalidToken"),
        ({"region_name": "us-east-1"}, "AuthorizationHeaderMalformed"),
    ],
)
def test_a_request_that_is_wrongly_signed_is_refused(s3, bucket, changed, code):
    client = _client(s3, **changed)
    with pytest.raises(ClientError) as refused:
        client.put_object(Bucket=bucket, Key=KEY, Body=JPEG)
    client.close()
    assert _code(refused) == code


def _signed(s3, *, headers=None, body=b"", age=timedelta()):
    """The headers of a PUT that botocore signs, as if `age` ago."""
    url = f"{s3.endpoint}/{s3.environment(WORKLOAD)['S3_BUCKET']}/signed"
    request = AWSRequest("PUT", url, headers or {}, body)
    signer = S3SigV4Auth(Credentials(s3.access_key, s3.secret_key), "s3", s3.region)
    signer.add_auth(request)
    if age:
        at = (datetime.now(UTC) - age).strftime("%Y%m%dT%H%M%SZ")
        request.context["timestamp"] = at
        request.headers.replace_header("X-Amz-Date", at)
        del request.headers["Authorization"]
        text = signer.string_to_sign(request, signer.canonical_request(request))
        fields = [f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}"]
        fields.append(f"SignedHeaders={signer.signed_headers(signer.headers_to_sign(request))}")
        fields.append(f"Signature={signer.signature(text, request)}")
        request.headers["Authorization"] = ", ".join(fields)
    return url, dict(request.headers.items())


@pytest.mark.parametrize(
    ("make", "change", "expected"),
    [
        ({}, {}, None),
        ({"age": timedelta(minutes=14)}, {}, None),
        ({"age": timedelta(minutes=16)}, {}, "RequestTimeTooSkewed"),
        ({"age": -timedelta(minutes=16)}, {}, "RequestTimeTooSkewed"),
        ({}, {"x-amz-meta-smuggled": "1"}, "AccessDenied"),
        ({}, {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"}, "SignatureDoesNotMatch"),
        ({"body": b"another"}, {}, "XAmzContentSHA256Mismatch"),
        ({"headers": {"x-amz-meta-owner": "a"}}, {"x-amz-meta-owner": "b"}, "SignatureDoesNotMatch"),
        ({}, {"authorization": ""}, "InvalidArgument"),
        ({}, {"authorization": None}, "AccessDenied"),
    ],
)
def test_what_was_changed_after_signing_is_refused(s3, client, make, change, expected):
    url, headers = _signed(s3, **make)
    headers = {name.lower(): value for name, value in headers.items()} | change
    answer = httpx2.put(url, headers={name: value for name, value in headers.items() if value is not None})
    assert _code_of(answer) == expected


# ---- presigned URLs


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda url: url, None),
        (lambda url: url.replace("one.jpg", "two.jpg"), "SignatureDoesNotMatch"),
        (lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"), "SignatureDoesNotMatch"),
        (
            lambda url: url.replace("X-Amz-Expires=60", "X-Amz-Expires=900000"),
            "AuthorizationQueryParametersError",
        ),
        (lambda url: url + "&versionId=1", "SignatureDoesNotMatch"),
        (lambda url: url.partition("?")[0], "AccessDenied"),
    ],
)
def test_a_presigned_url_gives_what_it_was_signed_for_and_nothing_else(client, bucket, change, expected):
    for name in ("one.jpg", "two.jpg"):
        client.put_object(Bucket=bucket, Key=name, Body=JPEG)
    url = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "one.jpg"}, ExpiresIn=60)
    answer = httpx2.get(change(url))
    assert _code_of(answer) == expected


def test_a_presigned_url_serves_its_method_only_and_expires(client, bucket, monkeypatch):
    client.put_object(Bucket=bucket, Key=KEY, Body=JPEG)
    url = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": KEY}, ExpiresIn=60)
    assert _code_of(httpx2.put(url, content=b"x")) == "SignatureDoesNotMatch"
    past = datetime.now(UTC) - timedelta(minutes=2)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: past)
    expired = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": KEY}, ExpiresIn=60)
    answer = httpx2.get(expired)
    assert (answer.status_code, _code_of(answer)) == (403, "AccessDenied")
    assert "expired" in answer.text


# ---- forms


def _form(s3, bucket, *, conditions=None, expires=timedelta(minutes=5), secret=None):
    """A form as botocore signs it, whose policy admits up to 1 KiB of image/jpeg under uploads/."""
    client = _client(s3, aws_secret_access_key=secret or s3.secret_key)
    form = client.generate_presigned_post(
        bucket,
        "uploads/${filename}",
        Fields={"Content-Type": "image/jpeg", "x-amz-meta-job": "1"},
        Conditions=conditions
        or [
            {"Content-Type": "image/jpeg"},
            ["starts-with", "$x-amz-meta-job", ""],
            ["content-length-range", 4, 1028],
        ],
        ExpiresIn=int(expires.total_seconds()),
    )
    client.close()
    return form["url"], form["fields"]


def _policy(fields, change):
    policy = json.loads(base64.b64decode(fields["policy"]))
    change(policy)
    return {"policy": base64.b64encode(json.dumps(policy).encode()).decode()}


@pytest.mark.parametrize(
    ("signed", "sent", "expected"),
    [
        pytest.param({}, {}, None, id="as signed"),
        pytest.param({}, {"file": JPEG + b"1"}, "EntityTooLarge", id="a byte too much"),
        pytest.param({}, {"file": JPEG[:3]}, "EntityTooSmall", id="a byte too little"),
        pytest.param({}, {"file": None}, "InvalidArgument", id="no file"),
        pytest.param({}, {"Content-Type": "text/html"}, "AccessDenied", id="another type"),
        pytest.param({}, {"Content-Type": None}, "AccessDenied", id="no type"),
        pytest.param({}, {"key": "elsewhere/x"}, "AccessDenied", id="another key"),
        pytest.param({}, {"acl": "public-read"}, "AccessDenied", id="a field that the policy lacks"),
        pytest.param({}, {"x-ignore-this": "1"}, None, id="a field to ignore"),
        pytest.param({}, {"x-amz-meta-job": "2"}, None, id="a value the policy leaves open"),
        pytest.param({"secret": "another"}, {}, "SignatureDoesNotMatch", id="another's key"),
        pytest.param({"expires": -timedelta(minutes=1)}, {}, "AccessDenied", id="expired"),
        pytest.param({}, {"policy": None}, "InvalidArgument", id="no policy"),
        pytest.param({}, {"x-amz-signature": "0" * 64}, "SignatureDoesNotMatch", id="a guess"),
        pytest.param({}, {"policy": "e30="}, "SignatureDoesNotMatch", id="another policy"),
        pytest.param(
            {"conditions": [["ends-with", "$key", "x"]]}, {}, "InvalidPolicyDocument", id="nonsense"
        ),
        pytest.param(
            {"conditions": [{"Content-Type": "image/jpeg"}]}, {}, "AccessDenied", id="a field uncovered"
        ),
    ],
)
def test_a_form_must_keep_to_its_policy(s3, client, bucket, signed, sent, expected):  # noqa: PLR0917
    url, fields = _form(s3, bucket, **signed)
    fields = {name: value for name, value in ({"file": JPEG} | fields | sent).items() if value is not None}
    body = fields.pop("file", None)
    files = {"other": ("a", b"")} if body is None else {"file": ("photo.jpg", body)}
    answer = httpx2.post(url, data=fields, files=files)
    assert _code_of(answer) == expected
    if expected:
        assert "Contents" not in client.list_objects_v2(Bucket=bucket)
        return
    assert answer.status_code == 204
    stored = client.get_object(Bucket=bucket, Key="uploads/photo.jpg")
    assert stored["Body"].read() == JPEG
    assert stored["ContentType"] == "image/jpeg"
    assert stored["Metadata"] == {"job": fields["x-amz-meta-job"]}
    assert answer.headers["ETag"] == stored["ETag"]


def test_a_policy_that_was_widened_after_signing_is_refused(s3, bucket):
    url, fields = _form(s3, bucket)
    fields |= _policy(fields, lambda policy: policy["conditions"].append(["content-length-range", 0, 10**9]))
    answer = httpx2.post(url, data=fields, files={"file": JPEG})
    assert _code_of(answer) == "SignatureDoesNotMatch"


# ---- web identity


def _by_role(s3, monkeypatch, tmp_path, **changed):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (s3.environment(WORKLOAD) | changed).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    return boto3.session.Session(region_name=s3.region)


def test_a_workload_works_by_its_role_alone(s3, client, bucket, monkeypatch, tmp_path):
    session = _by_role(s3, monkeypatch, tmp_path)
    own = session.client("s3")
    own.put_object(Bucket=bucket, Key=KEY, Body=JPEG)
    assert own.get_object(Bucket=bucket, Key=KEY)["Body"].read() == JPEG
    form = own.generate_presigned_post(bucket, "k")
    assert httpx2.post(form["url"], data=form["fields"], files={"file": b"1"}).status_code == 204
    assert (
        httpx2.get(own.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"})).content == b"1"
    )
    own.close()
    temporary = session.get_credentials().get_frozen_credentials()
    tokenless = _client(
        s3, aws_access_key_id=temporary.access_key, aws_secret_access_key=temporary.secret_key
    )
    with pytest.raises(ClientError) as refused:
        tokenless.get_object(Bucket=bucket, Key=KEY)
    tokenless.close()
    assert _code(refused) == "InvalidAccessKeyId"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/unknown"}, "AccessDenied"),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": __file__}, "InvalidIdentityToken"),
    ],
)
def test_another_token_or_an_unknown_role_is_refused(s3, monkeypatch, tmp_path, changed, code):
    client = _by_role(s3, monkeypatch, tmp_path, **changed).client("s3")
    with pytest.raises(ClientError) as refused:
        client.list_buckets()
    client.close()
    assert _code(refused) == code


def test_what_the_apps_share_finds_region_role_and_address(s3, client, bucket, monkeypatch, tmp_path):
    _by_role(s3, monkeypatch, tmp_path)
    own = s3_client()
    form = own.generate_presigned_post(bucket, "k")
    own.close()
    assert httpx2.post(form["url"], data=form["fields"], files={"file": b"1"}).status_code == 204
