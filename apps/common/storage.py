"""S3: in the cloud with a role by web identity, elsewhere with keys."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from apps.common.settings import StorageKeys

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def s3_client(keys: StorageKeys | None = None, *, connections: int = 10) -> S3Client:
    """A client whose requests fail within seconds and are tried three times in all.

    Without `keys` region, role, token file and, where they differ from AWS's, the endpoints are boto's
    own variables: AWS_REGION, AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ENDPOINT_URL_S3 and
    AWS_ENDPOINT_URL_STS.
    """
    keys = keys or StorageKeys()
    secret = keys.secret_access_key
    return _session().client(
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
def _session() -> boto3.session.Session:
    """The one of this process: it holds botocore's description of S3, 14 MiB that forked processes share."""
    # boto3 reads AWS_DEFAULT_REGION only, and would sign for us-east-1. STS takes the session's region too.
    return boto3.session.Session(region_name=os.environ.get("AWS_REGION"))
