"""What bins are looked for by."""

from __future__ import annotations

import pytest

from apps.common.bins.kinds import SEARCHES, Kind, read


def test_every_kind_has_searches():
    assert set(SEARCHES) == set(Kind)
    assert all(SEARCHES.values())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[food]\nsearches = [{ word = "x" }]', "lacks"),
        ("[gold]\nsearches = [{ word = 'x' }]", "gold"),
        ("[food]\nsearches = []", "at least 1"),
        ("[food]\nsearches = [{ word = 'x', category = 'PM9' }]", "either a word or a category"),
        ("[food]\nsearches = [{}]", "either a word or a category"),
        ("[food]\nsearches = [{ category = 'pharmacy' }]", "category"),
        ("food", "="),
    ],
)
def test_a_file_that_does_not_say_it_is_refused(tmp_path, text, why):
    path = tmp_path / "kinds.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=why):
        read(path)
