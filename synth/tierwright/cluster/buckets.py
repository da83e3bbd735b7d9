"""Buckets that the apps use, with the rules that keep them private and tidy."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from tierpolicies.documents.nodes import Value
from tierwright.cluster.roles import buckets
from tierwright.cluster.script import Section, document
from tierwright.compose.plan import Plan

_LOST_UPLOADS: Value = {
    "Rules": [
        {
            "ID": "lost-uploads",
            "Status": "Enabled",
            "Filter": {},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]
}
"""Parts of uploads that were never finished cost money and show nowhere; what else goes, the apps decide."""


def section(plan: Plan) -> Section:
    """Make the buckets."""
    aws = plan.environment.aws
    lines = (
        [line for bucket in buckets(plan) for line in _bucket(shlex.quote(bucket), aws.region)]
        if aws is not None
        else []
    )
    return Section(
        "Buckets",
        ["Closed to the public, encrypted by S3 itself, and swept of uploads that were never finished."],
        lines,
    )


def made(bucket: str, region: str) -> Iterator[str]:
    """A bucket, unless it is there; the oldest region is the only one that may not be named."""
    where = "" if region == "us-east-1" else f" --create-bucket-configuration LocationConstraint={region}"
    yield f"aws s3api head-bucket --bucket {bucket} >/dev/null 2>&1 ||"
    yield f"  aws s3api create-bucket --bucket {bucket} --region {region}{where}"


def shut(bucket: str, *, policies: bool) -> Iterator[str]:
    """No public access by lists, nor by `policies`, where the bucket shall have none of its own."""
    lists, by_policy = "BlockPublicAcls=true,IgnorePublicAcls=true", str(policies).lower()
    blocked = f"{lists},BlockPublicPolicy={by_policy},RestrictPublicBuckets={by_policy}"
    yield f"aws s3api put-public-access-block --bucket {bucket} \\"
    yield f"  --public-access-block-configuration {blocked}"


def _bucket(bucket: str, region: str) -> Iterator[str]:
    yield from made(bucket, region)
    yield from shut(bucket, policies=True)
    yield f"aws s3api put-bucket-lifecycle-configuration --bucket {bucket} \\"
    yield f"  --lifecycle-configuration {document(_LOST_UPLOADS)}"
