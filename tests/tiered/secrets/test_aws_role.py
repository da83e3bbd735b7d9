"""AWS roles without keys."""

from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.secrets.aws_role import AwsRole

ARN = "arn:aws:iam::123456789012:role/waste/uploads"


def test_a_projected_role_reaches_the_pod_as_token_and_variables() -> None:
    role = AwsRole(arn=ARN, region="ap-northeast-2", mode="projected")

    (token,) = role.volumes()
    assert token.declaration() == {
        "name": "aws-token",
        "projected": {
            "sources": [
                {
                    "serviceAccountToken": {
                        "audience": "sts.amazonaws.com",
                        "expirationSeconds": 3600,
                        "path": "token",
                    }
                }
            ]
        },
    }
    assert token.mount()["readOnly"] is True
    assert {variable.name: variable.value for variable in role.variables()} == {
        "AWS_ROLE_ARN": ARN,
        "AWS_WEB_IDENTITY_TOKEN_FILE": f"{token.path}/token",
        "AWS_REGION": "ap-northeast-2",
        "AWS_STS_REGIONAL_ENDPOINTS": "regional",
    }
    assert role.annotations() == {}


def test_with_a_webhook_the_annotation_is_all() -> None:
    role = AwsRole(arn=ARN, region="ap-northeast-2", mode="webhook")

    assert role.annotations() == {"eks.amazonaws.com/role-arn": ARN}
    assert (role.volumes(), role.variables()) == ((), ())


@pytest.mark.parametrize(
    "arn", ["uploads", "arn:aws:iam::123:role/uploads", "arn:aws:iam::123456789012:user/someone"]
)
def test_anything_but_a_roles_arn_is_refused(arn: str) -> None:
    with pytest.raises(TieredError, match="not a role's ARN"):
        AwsRole(arn=arn, region="ap-northeast-2", mode="projected")
