"""What every test relies on: the Node that the product itself would choose, no deadlines, and the servers."""

from __future__ import annotations

from hypothesis import settings

from tierwright.node import choose_node

pytest_plugins = ["tests.servers.fixtures"]

choose_node()

# Other processes may hold the machine: how long an example takes is not what property tests are about.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
