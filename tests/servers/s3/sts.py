"""STS: temporary keys for whoever shows the token of a ServiceAccount."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Set
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from tests.servers.s3.errors import Refusal
from tests.servers.s3.keys import Keys


def assume_role(body: bytes, tokens: Mapping[str, str], roles: Set[str], keys: Keys) -> Response:
    """Answer AssumeRoleWithWebIdentity.

    Args:
        body: The request's form.
        tokens: By role, the only token that may assume it.
        roles: The roles that exist.
        keys: Where the new key becomes known.

    Raises:
        Refusal: another action, an unknown role, or a token that is not this role's.
    """
    asked = dict(parse_qsl(body.decode(errors="replace")))
    action = asked.get("Action")
    if action != "AssumeRoleWithWebIdentity":
        raise Refusal(400, "InvalidAction", f"Could not find operation {action}")
    role, session = asked.get("RoleArn", ""), asked.get("RoleSessionName", "")
    if not role or not session:
        raise Refusal(400, "ValidationError", "RoleArn and RoleSessionName are required")
    if role not in roles:
        raise Refusal(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    if not hmac.compare_digest(asked.get("WebIdentityToken", "").encode(), tokens[role].encode()):
        message = (
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
        )
        raise Refusal(400, "InvalidIdentityToken", message)
    key = keys.issue(role, int(asked.get("DurationSeconds", "3600")))
    assert key.expires is not None
    name = role.rpartition("/")[2]
    body_text = f"""<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleWithWebIdentityResult>
<SubjectFromWebIdentityToken>system:serviceaccount:{escape(name)}</SubjectFromWebIdentityToken>
<Audience>sts.amazonaws.com</Audience>
<AssumedRoleUser><Arn>{escape(role)}/{escape(session)}</Arn><AssumedRoleId>AROATEST:{escape(session)}</AssumedRoleId>
</AssumedRoleUser>
<Credentials><SessionToken>{key.token}</SessionToken><SecretAccessKey>{key.secret_key}</SecretAccessKey>
<Expiration>{key.expires:%Y-%m-%dT%H:%M:%SZ}</Expiration><AccessKeyId>{key.access_key}</AccessKeyId></Credentials>
<Provider>test</Provider>
</AssumeRoleWithWebIdentityResult>
<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>"""
    return Response(body_text, content_type="text/xml")
