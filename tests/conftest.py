"""What every test relies on: the Node that the product itself would choose."""

from __future__ import annotations

from tierwright.node import choose_node

choose_node()
