"""S3: in the cloud with a role by web identity, elsewhere with keys."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from apps.common.settings import RegionSettings, StorageKeys, load

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def s3_client(*, connections: int = 10) -> S3Client:
    """A client whose requests fail within seconds and are tried three times in all.

    Without `StorageKeys` role, token file and, where they differ from AWS's, the endpoints are boto's own
    variables: AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL_STS.

    Raises:
        SystemExit: no region is set: boto3 would sign for another one than the bucket's.
    """
    keys = load(StorageKeys)
    secret = keys.secret_access_key
    # boto3 itself reads AWS_DEFAULT_REGION only. STS takes the session's region too.
    return _session(load(RegionSettings).aws_region).client(
        "s3",
        endpoint_url=keys.endpoint_url,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=secret.get_secret_value() if secret else None,
        config=Config(
            signature_version="s3v4",
            connect_timeout=3,
            read_timeout=15,
            max_pool_connections=connections,
            retries={"mode": "standard", "total_max_attempts": 3},
            s3={"addressing_style": "virtual"},
        ),
    )


@cache
def _session(region: str) -> boto3.session.Session:
    """The one of this process: it holds botocore's description of S3, 14 MiB that forked processes share."""
    return boto3.session.Session(region_name=region)
