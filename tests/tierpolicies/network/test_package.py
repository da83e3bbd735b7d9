"""What the network prover offers as a library."""

from __future__ import annotations

import pytest

from tierpolicies import network as public


def test_what_the_library_offers_is_there() -> None:
    assert sorted(public.__all__) == sorted(public._HOMES)
    assert all(getattr(public, name) is not None for name in public.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = public.nothing
