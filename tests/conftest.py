"""What every test relies on: the Node that the product itself would choose, and the servers."""

from __future__ import annotations

from tierwright.node import choose_node

pytest_plugins = ["tests.servers.fixtures"]

choose_node()
