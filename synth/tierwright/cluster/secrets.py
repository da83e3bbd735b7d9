"""The values of Secrets: passwords are made up, the rest is asked for; git holds none of them."""

from __future__ import annotations

from collections.abc import Iterator

from tierwright.cluster.script import Section
from tierwright.compose.plan import Plan
from tierwright.compose.secrets import required_secrets, secret_keys

_MADE_UP = ("password", "erlang-cookie")
_RANDOM = "$(openssl rand -hex 24)"


def section(plan: Plan) -> Section:
    """Create them where the environment keeps them."""
    if plan.environment.secrets.type == "parameter-store":
        return Section(
            "Secrets",
            [
                "In SSM Parameter Store, whence External Secrets fetches them. What is there already stays.",
                "Passwords are made up; the rest is asked for: a line ends it, a file is named by its path.",
            ],
            list(_parameters(plan)),
        )
    return Section(
        "Secrets",
        ["Kubernetes Secrets: passwords are made up, the rest is asked for. What is there already stays."],
        list(_by_hand(plan)),
    )


def _parameters(plan: Plan) -> Iterator[str]:
    aws = plan.environment.aws
    names = {each.remote: each.key for each in secret_keys(plan)}
    if aws is None or not names:
        return
    yield "parameter() {  # name, how to come by its value"
    yield f'  aws ssm get-parameter --region {aws.region} --name "$1" >/dev/null 2>&1 && return'
    yield '  local value; value=$("$2" "$1")'
    yield f'  aws ssm put-parameter --region {aws.region} --type SecureString --name "$1" \\'
    yield '    --value "file://"<(printf %s "$value") >/dev/null'
    yield "}"
    yield from _ways()
    for remote, key in sorted(names.items()):
        yield f"parameter /{plan.platform.platform}/{plan.name}/{remote} {_way(remote, key)}"


def _ways() -> Iterator[str]:
    yield "made_up() { openssl rand -hex 24; }"
    yield 'asked() { local value; read -rsp "$1: " value </dev/tty; echo >/dev/tty; printf %s "$value"; }'
    yield 'file() { local path; read -rp "$1 (path of the file): " path </dev/tty; cat "$path"; }'


def _way(remote: str, key: str) -> str:
    if remote.rpartition("/")[2] in _MADE_UP:
        return "made_up"
    return "file" if "." in key else "asked"


def _by_hand(plan: Plan) -> Iterator[str]:
    """Each Secret that is missing; a value that another one has already is the same there."""
    secrets = required_secrets(plan)
    if not secrets:
        return
    held: dict[str, list[str]] = {}
    for each in secrets:
        for key, value in each.keys.items():
            held.setdefault(value, []).append(f"{each.namespace} {each.name} {key}")
    yield f"for file in dist/{plan.name}/tier-*/*/Namespace-*.yaml; do"
    yield '  kubectl apply --server-side --filename="$file"'
    yield "done"
    yield from _PRESENT
    for each in secrets:
        yield f"kubectl get secret {each.name} --namespace={each.namespace} >/dev/null 2>&1 || {{"
        for name, (key, value) in zip(each.variables(), each.keys.items(), strict=True):
            way = _way(value, key)
            if way == "file":
                yield f'  [ -n "${{{name}:-}}" ] || read -rp "{name} (path of the file): " {name} </dev/tty'
                continue
            new = _RANDOM if way == "made_up" else f"$(asked {name})"
            there = " ".join(held[value])
            yield f'  [ -n "${{{name}:-}}" ] || {name}=$(present {there}) || {name}="{new}"'
        yield f"  {each.create_command()}"
        yield "}"


_PRESENT = (
    "present() {  # namespace, Secret and key, any number of them: the value that is there already",
    "  local found",
    "  while [ $# -gt 0 ]; do",
    '    found=$(kubectl get secret "$2" --namespace="$1" 2>/dev/null \\',
    '      --output=go-template="{{with index .data \\"$3\\"}}{{. | base64decode}}{{end}}") || found=""',
    '    [ -z "$found" ] || { printf %s "$found"; return; }',
    "    shift 3",
    "  done",
    "  return 1",
    "}",
    'asked() { local value; read -rsp "$1: " value </dev/tty; echo >/dev/tty; printf %s "$value"; }',
)
