"""S3 for tests stores objects as S3 does, keeps what it confirmed, and fails when it is told to."""

from __future__ import annotations

import httpx2
import pytest
from botocore.exceptions import ClientError

KEY = "uploads/a photo+ü.jpg"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4


def _code(error):
    return error.value.response["Error"]["Code"]


def test_preconditions_and_ranges(client, bucket):
    etag = client.put_object(Bucket=bucket, Key=KEY, Body=JPEG)["ETag"]
    part = client.get_object(Bucket=bucket, Key=KEY, Range="bytes=1-2", IfMatch=etag)
    assert (part["Body"].read(), part["ContentRange"]) == (b"\xd8\xff", f"bytes 1-2/{len(JPEG)}")
    assert client.head_object(Bucket=bucket, Key=KEY, IfMatch=etag)["ContentLength"] == len(JPEG)
    client.put_object(Bucket=bucket, Key=KEY, Body=b"changed")
    for ask in (client.get_object, client.head_object):
        with pytest.raises(ClientError) as refused:
            ask(Bucket=bucket, Key=KEY, IfMatch=etag)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    with pytest.raises(ClientError) as refused:
        client.get_object(Bucket=bucket, Key=KEY, Range="bytes=100-")
    assert _code(refused) == "InvalidRange"
    with pytest.raises(ClientError) as refused:
        client.put_object(Bucket=bucket, Key=KEY, Body=b"", IfNoneMatch="*")
    assert _code(refused) == "PreconditionFailed"


def test_what_is_missing_is_told(client, bucket):
    with pytest.raises(ClientError) as refused:
        client.get_object(Bucket=bucket, Key="none")
    assert _code(refused) == "NoSuchKey"
    with pytest.raises(ClientError) as refused:
        client.get_object(Bucket="no-such-bucket", Key="none")
    assert _code(refused) == "NoSuchBucket"
    with pytest.raises(ClientError) as refused:
        client.head_object(Bucket=bucket, Key="none")
    assert _code(refused) == "404"


def test_listing_goes_on_where_it_stopped_and_many_are_deleted_at_once(client, bucket):
    names = [f"many/{number:02}" for number in range(12)]
    for name in names:
        client.put_object(Bucket=bucket, Key=name, Body=b"1")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="many/", PaginationConfig={"PageSize": 5}
    )
    assert [each["Key"] for page in pages for each in page["Contents"]] == names
    client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": name} for name in names]})
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)


def test_an_upload_in_parts_becomes_one_object(client, bucket):
    upload = client.create_multipart_upload(Bucket=bucket, Key=KEY)["UploadId"]
    pieces = [b"a" * 5 * 1024 * 1024, b"b"]
    parts = []
    for number, piece in enumerate(pieces, 1):
        sent = client.upload_part(Bucket=bucket, Key=KEY, UploadId=upload, PartNumber=number, Body=piece)
        parts.append({"PartNumber": number, "ETag": sent["ETag"]})
    client.complete_multipart_upload(
        Bucket=bucket, Key=KEY, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    assert client.get_object(Bucket=bucket, Key=KEY)["Body"].read() == b"".join(pieces)
    upload = client.create_multipart_upload(Bucket=bucket, Key="given up")["UploadId"]
    client.abort_multipart_upload(Bucket=bucket, Key="given up", UploadId=upload)
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == [KEY]


def test_confirmed_objects_survive_a_crash(s3, client, bucket):
    before = client.put_object(
        Bucket=bucket, Key=KEY, Body=JPEG, ContentType="image/jpeg", Metadata={"job": "1"}
    )
    client.put_object(Bucket=bucket, Key="deleted", Body=JPEG)
    client.delete_object(Bucket=bucket, Key="deleted")
    s3.kill()
    s3.start()
    after = client.get_object(Bucket=bucket, Key=KEY, IfMatch=before["ETag"])
    assert after["Body"].read() == JPEG
    assert (after["ContentType"], after["Metadata"]) == ("image/jpeg", {"job": "1"})
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == [KEY]


def test_faults_come_as_ordered_and_every_request_is_logged(s3, client, bucket):
    s3.fail(requests=1)
    with pytest.raises(ClientError) as refused:
        client.put_object(Bucket=bucket, Key="k", Body=b"1")
    assert _code(refused) == "SlowDown"
    client.put_object(Bucket=bucket, Key="k", Body=b"1")
    assert [(each.method, each.path, each.status) for each in s3.asked()] == [
        ("PUT", f"/{bucket}/k", 503),
        ("PUT", f"/{bucket}/k", 200),
    ]
    s3.fail(delay=3)
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.get(s3.endpoint, timeout=0.5)
    s3.forget()
    assert httpx2.get(s3.endpoint).status_code == 403


def test_a_paused_storage_answers_nobody(s3):
    s3.pause()
    try:
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.get(s3.endpoint, timeout=0.5)
    finally:
        s3.resume()
