"""The kinds of problems that this service answers beside those of every service."""

from __future__ import annotations

from apps.common.http import ProblemType
from apps.common.http.problems import RETRY_AFTER, WWW_AUTHENTICATE

LOGIN_UNKNOWN = ProblemType(
    code="login-unknown",
    status=400,
    title="Unknown log-in",
    meaning="The log-in is unknown, over, or was begun in another browser.",
)
LOGIN_REFUSED = ProblemType(
    code="login-refused", status=400, title="Log-in refused", meaning="The provider refused the code."
)
LOGIN_DENIED = ProblemType(
    code="login-denied",
    status=403,
    title="Log-in denied",
    meaning="The person cancelled the log-in, or did not consent.",
)
REFRESH_REFUSED = ProblemType(
    code="refresh-refused",
    status=401,
    title="Refresh refused",
    meaning="The refresh token is unknown, expired or revoked.",
    headers=(WWW_AUTHENTICATE,),
)
REFRESH_SUPERSEDED = ProblemType(
    code="refresh-superseded",
    status=409,
    title="Already refreshed",
    meaning="Another request has exchanged the refresh token a moment ago.",
)
TOO_MANY_REQUESTS = ProblemType(
    code="too-many-requests",
    status=429,
    title="Too many requests",
    meaning="This address, or this account, has sent more such requests than are answered in a minute.",
    headers=(RETRY_AFTER,),
)
PROVIDER_FAILED = ProblemType(
    code="provider-failed",
    status=502,
    title="The provider failed",
    meaning="The provider answered something that cannot be used.",
)
PROVIDER_UNAVAILABLE = ProblemType(
    code="provider-unavailable",
    status=503,
    title="The provider is unavailable",
    meaning="The provider does not answer in time.",
    headers=(RETRY_AFTER,),
)
