"""Which pairs a command line asks about."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.addresses import Block, address
from tierpolicies.network.topology.endpoints import block_of
from tierwright.cli.failures import UsageError

if TYPE_CHECKING:
    from tierpolicies.network.notation.lines import Wanted


def asked_about(source: str | None, destination: str | None, *networks: Network) -> Wanted:
    """Whether a pair is asked about by `--from` and `--to`: a word means the same in several networks.

    Raises:
        UsageError: for a word that means nobody.
    """
    is_source = _side(source, networks, "--from")
    is_destination = _side(destination, networks, "--to")
    return lambda source, destination: is_source(source) and is_destination(destination)


def _side(wanted: str | None, networks: Sequence[Network], option: str) -> Callable[[str], bool]:
    """Whether a name is meant by a word of the command line: a workload, or an address."""
    if wanted is None:
        return lambda _: True
    one = named_address(wanted)
    if one is not None:
        return lambda name: (block := block_of(name)) is not None and block.holds(one)
    everyone = [each for network in networks for each in network.endpoints]
    found = {each.name for each in everyone if each.is_called(wanted)}
    if not found:
        known = [f"{each.namespace}/{each.short_name}" for each in everyone if each.workload is not None]
        raise UsageError(f"{option} {wanted!r} is no workload, nor an address{_nearest(wanted, known)}")
    return found.__contains__


def named_address(word: str | None) -> Block | None:
    """The address that a word is; nothing for another word."""
    try:
        return address(word or "")
    except ValueError:
        return None


def _nearest(wanted: str, known: Sequence[str]) -> str:
    short = [each.rpartition("/")[2] for each in known]
    close = difflib.get_close_matches(wanted, [*known, *short], n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; workloads are called as {known[0]!r}"
