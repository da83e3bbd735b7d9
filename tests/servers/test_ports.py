"""No two get the same port."""

from __future__ import annotations

import subprocess
import sys

from tests.servers.ports import free_port

_MANY = 400
_ASK = f"from tests.servers.ports import free_port; print(*(free_port() for _ in range({_MANY}))); input()"


def test_ports_are_given_once_on_the_whole_machine():
    others = [
        subprocess.Popen(
            [sys.executable, "-c", _ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    ours = [free_port() for _ in range(_MANY)]
    theirs = [next(each.stdout or iter(())).split() for each in others]
    for each in others:  # who ends gives its ports back
        each.communicate("\n")
    every = [*ours, *(int(port) for ports in theirs for port in ports)]
    assert len(set(every)) == len(every) == 4 * _MANY
