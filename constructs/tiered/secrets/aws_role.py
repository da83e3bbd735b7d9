"""An AWS role for the pods of one ServiceAccount, without a key that could be stolen or forgotten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tiered.errors import TieredError
from tiered.workloads.container import Variable, Volume

ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_FOLDER = "/var/run/secrets/sts.amazonaws.com/serviceaccount"


@dataclass(frozen=True, kw_only=True)
class AwsRole:
    """A role that AWS STS hands out for a token of the cluster's OIDC issuer.

    Args:
        arn: of the role, whose trust policy names the ServiceAccount.
        region: of STS and of the services that are called.
        mode: "projected" writes token and settings into the pod, for any cluster whose issuer AWS
            can reach; "webhook" annotates the ServiceAccount and leaves the rest to EKS.

    Raises:
        TieredError: `arn` is not that of a role.
    """

    arn: str
    region: str
    mode: Literal["projected", "webhook"]

    def __post_init__(self) -> None:
        if not _ARN.fullmatch(self.arn):
            raise TieredError(
                f"{self.arn!r} is not a role's ARN: write it like 'arn:aws:iam::123456789012:role/uploads'"
            )

    def volumes(self) -> tuple[Volume, ...]:
        """To mount in each container that calls AWS."""
        if self.mode == "webhook":
            return ()
        token = {"audience": "sts.amazonaws.com", "expirationSeconds": 3600, "path": "token"}
        source = {"projected": {"sources": [{"serviceAccountToken": token}]}}
        return (Volume(name="aws-token", path=_FOLDER, source=source),)

    def variables(self) -> tuple[Variable, ...]:
        """What the AWS libraries read in these containers."""
        if self.mode == "webhook":
            return ()
        return (
            Variable(name="AWS_ROLE_ARN", value=self.arn),
            Variable(name="AWS_WEB_IDENTITY_TOKEN_FILE", value=f"{_FOLDER}/token"),
            Variable(name="AWS_REGION", value=self.region),
            Variable(name="AWS_STS_REGIONAL_ENDPOINTS", value="regional"),
        )

    def annotations(self) -> dict[str, str]:
        """Of the ServiceAccount."""
        return {ROLE_ANNOTATION: self.arn} if self.mode == "webhook" else {}
