from __future__ import annotations

from tiered.stores.store import VolumeClaim, digest


def test_a_claim_names_its_class_only_if_it_has_one():
    assert "storageClassName" not in VolumeClaim(size="1Gi").spec()
    assert VolumeClaim(size="1Gi", storage_class="gp3").spec()["storageClassName"] == "gp3"


def test_the_digest_changes_with_names_and_contents_but_not_with_their_order():
    files = {"a": "1", "b": "2"}

    assert digest(files) == digest({"b": "2", "a": "1"})
    assert digest(files) != digest({"a": "1", "b": "3"})
    assert digest(files) != digest({"a": "1", "c": "2"})
