"""How AWS comes to believe a pod's token: an issuer that it can read, and roles that trust it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from tierpolicies.documents.nodes import Value
from tierwright.cluster.buckets import made, shut
from tierwright.cluster.control_plane import there
from tierwright.cluster.roles import Role, roles
from tierwright.cluster.script import Section, document, variable, wanted
from tierwright.compose.plan import Plan
from tierwright.description.environments import Aws

_AUDIENCE = "sts.amazonaws.com"


def issuer_section(plan: Plan) -> Section:
    """Publish the cluster's keys where AWS reads them, and let the API server say so in its tokens."""
    aws = plan.environment.aws
    if aws is None or not roles(plan):
        return Section("", [], [])
    if aws.identity == "webhook":
        return Section(
            "The issuer of tokens",
            ["EKS has one; its address is that of the cluster."],
            [wanted("ISSUER", "the issuer without https://: aws eks describe-cluster tells it")],
        )
    bucket = f"{plan.platform.platform}-{plan.name}-oidc"
    return Section(
        "The issuer of tokens",
        [
            "A cluster of one's own has no pod identity: AWS verifies tokens by keys in a bucket that all",
            "may read. The API server signs with the new issuer, and accepts the tokens of before.",
        ],
        list(_own_issuer(aws, bucket)),
    )


def _own_issuer(aws: Aws, bucket: str) -> Iterator[str]:
    issuer = f"{bucket}.s3.{aws.region}.amazonaws.com"
    discovery: Value = {
        "issuer": f"https://{issuer}",
        "jwks_uri": f"https://{issuer}/keys.json",
        "authorization_endpoint": "urn:kubernetes:programmatic_authorization",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    readable: Value = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": [
                    f"arn:aws:s3:::{bucket}/keys.json",
                    f"arn:aws:s3:::{bucket}/.well-known/openid-configuration",
                ],
            }
        ],
    }
    flags = f"--service-account-issuer=https://{issuer}\\n    - --service-account-jwks-uri=https://{issuer}/keys.json"
    file = "/etc/kubernetes/manifests/kube-apiserver.yaml"
    yield f"ISSUER={issuer}"
    yield from made(bucket, aws.region)
    yield from shut(bucket, policies=False)
    yield f"aws s3api put-bucket-policy --bucket {bucket} --policy {document(readable)}"
    yield f"printf %s {document(discovery)} |"
    yield f"  aws s3 cp - s3://{bucket}/.well-known/openid-configuration --content-type application/json"
    yield "kubectl get --raw /openid/v1/jwks |"
    yield f"  aws s3 cp - s3://{bucket}/keys.json --content-type application/json"
    yield from there(
        [
            f"grep -q {issuer} {file} ||",
            f"  sed -i 's|- --service-account-issuer=|- {flags}\\n    &|' {file}",
        ]
    )
    yield f"aws iam list-open-id-connect-providers --output text | grep -q {issuer} ||"
    yield f"  aws iam create-open-id-connect-provider --url https://{issuer} --client-id-list {_AUDIENCE}"


def roles_section(plan: Plan) -> Section:
    """Make every role with its trust and its rights."""
    aws = plan.environment.aws
    every = roles(plan)
    if aws is None or not every:
        return Section("", [], [])
    return Section(
        "Roles",
        ["One for each ServiceAccount that calls AWS: no other can take it on, and it may do nothing else."],
        [*_trusting(aws.account), *(line for role in every for line in _role(role))],
    )


def _trusting(account: str) -> Iterator[str]:
    """A function of the shell that makes a role which one ServiceAccount can take on."""
    trust: Value = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:aws:iam::{account}:oidc-provider/@ISSUER@"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"@ISSUER@:aud": _AUDIENCE, "@ISSUER@:sub": "@SUBJECT@"}},
            }
        ],
    }
    yield "role() {  # its name, and who takes it on: namespace:ServiceAccount"
    yield f"  local trust={document(trust)}"
    yield "  trust=${trust//@ISSUER@/$ISSUER}; trust=${trust//@SUBJECT@/system:serviceaccount:$2}"
    yield '  aws iam get-role --role-name "$1" >/dev/null 2>&1 ||'
    yield '    aws iam create-role --role-name "$1" --assume-role-policy-document "$trust"'
    yield "}"


def _role(role: Role) -> Iterator[str]:
    yield f"role {role.name} {role.namespace}:{role.account}"
    if role.managed is not None:
        yield f"aws iam attach-role-policy --role-name {role.name} --policy-arn {role.managed}"
        return
    if role.statements:
        policy = document({"Version": "2012-10-17", "Statement": [*role.statements]})
    elif role.published is not None:
        policy = f'"$(curl --fail --silent --show-error --location {shlex.quote(role.published)})"'
    else:
        name = f"POLICY_{variable(role.name)}"
        yield wanted(name, f"the file with the policy that {role.account} needs: its publisher tells it")
        policy = f'"file://${name}"'
    yield f"aws iam put-role-policy --role-name {role.name} --policy-name least \\"
    yield f"  --policy-document {policy}"
