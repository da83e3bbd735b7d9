"""Which of several policies has to be mended so that something passes."""

from collections.abc import Iterable

from tierpolicies.network.policies.policy import Direction, Policy


def blamed(policies: Iterable[Policy], direction: Direction, port: int | None = None) -> Policy | None:
    """The policy to mend: one with a rule for the port, else one with rules, else one of these pods' own."""

    def worth(policy: Policy) -> tuple[bool, bool, bool]:
        entries = policy.entries(direction)
        ports = [each.first for entry in entries for each in entry.ports]
        return port is not None and port in ports, bool(entries), not policy.selects_all

    by_name = sorted(policies, key=lambda policy: (policy.namespace, policy.manifest.name))
    return max(by_name, key=worth, default=None)
