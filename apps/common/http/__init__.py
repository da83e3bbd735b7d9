"""What every HTTP service has: typed errors, request ids, metrics, health, and who is asking."""

from apps.common.http.api import create_api
from apps.common.http.identity import CurrentUser, TokenVerifier, User
from apps.common.http.openapi import problem_responses
from apps.common.http.problems import Problem, ProblemType

__all__ = [
    "CurrentUser",
    "Problem",
    "ProblemType",
    "TokenVerifier",
    "User",
    "create_api",
    "problem_responses",
]
