"""What every HTTP service has: typed errors, request ids, metrics, health, and who is asking."""

from apps.common.http.api import create_api
from apps.common.http.identity import CurrentUser, TokenVerifier, User
from apps.common.http.problems import Problem, problem_responses

__all__ = ["CurrentUser", "Problem", "TokenVerifier", "User", "create_api", "problem_responses"]
