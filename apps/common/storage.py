"""S3, with the credentials that boto finds: in the cluster a role by web identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def s3_client(*, connections: int = 10) -> S3Client:
    """A client whose requests fail within seconds and are tried three times in all.

    Region, role, token file and, where they differ from AWS's, the endpoints are boto's own variables:
    AWS_REGION, AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL_STS.
    """
    return boto3.client(
        "s3",
        config=Config(
            signature_version="s3v4",
            connect_timeout=3,
            read_timeout=15,
            max_pool_connections=connections,
            retries={"mode": "standard", "total_max_attempts": 3},
            s3={"addressing_style": "virtual"},
        ),
    )
