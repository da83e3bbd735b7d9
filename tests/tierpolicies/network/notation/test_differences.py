"""What a change opens and closes, in words."""

from __future__ import annotations

from tests.tierpolicies.network.written import index, pod, policy
from tierpolicies.network.analysis.difference import changes
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.notation.differences import words


def test_a_change_in_words() -> None:
    rule = "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: %s}]}%s]}"
    before, after = policy(rule % (80, "")), policy(rule % (81, ", {ports: [{port: 22}]}"))
    former, present = (Network(index(pod("web"), pod("db"), each)) for each in (before, after))
    told = [words(each) for each in changes(former, present)]
    assert "shop/web can now reach shop/db on TCP 22,81, and can no longer reach shop/db on TCP 80" in told
    assert "any address outside can now reach shop/db on TCP 22" in told
