"""S3 for tests refuses what S3 refuses."""

from __future__ import annotations

import httpx2


def test_trial(s3):
    client = s3.client()
    client.put_object(Bucket=s3.buckets[0], Key="a b/ü+x.jpg", Body=b"hello", ContentType="image/jpeg")
    got = client.get_object(Bucket=s3.buckets[0], Key="a b/ü+x.jpg", Range="bytes=1-2")
    assert got["Body"].read() == b"el"
    post = client.generate_presigned_post(
        s3.buckets[0],
        "k",
        Fields={"Content-Type": "image/png"},
        Conditions=[{"Content-Type": "image/png"}, ["content-length-range", 1, 10]],
        ExpiresIn=60,
    )
    answer = httpx2.post(post["url"], data=post["fields"], files={"file": b"12345"})
    assert (answer.status_code, answer.text) == (204, "")
    head = client.head_object(Bucket=s3.buckets[0], Key="k")
    assert head["ContentType"] == "image/png" and head["ContentLength"] == 5
    s3.kill()
    s3.start()
    head = client.head_object(Bucket=s3.buckets[0], Key="k", IfMatch=head["ETag"])
    assert head["ContentType"] == "image/png" and head["ContentLength"] == 5
    print(s3.asked())
    client.close()
