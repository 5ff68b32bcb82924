"""A sealed object is read as it was written, or not at all."""

from __future__ import annotations

import pytest

from infocentre.noyau.scelle import desceller, sceller

# printf '{"a": 1, "b": [2]}' | sha256sum
SCELLE = {
    "b": [2],
    "a": 1,
    "sha256": "ae8a9a50524642753023cd4de34447191a8651989979c60bbcc5b0eeebb6e1dc",
}


def test_the_seal_is_the_sha256_of_the_object_with_its_keys_in_order() -> None:
    assert sceller({"b": [2], "a": 1}) == SCELLE
    assert desceller(SCELLE) == {"a": 1, "b": [2]}


@pytest.mark.parametrize(
    "lu", [{**SCELLE, "a": 2}, {**SCELLE, "c": 3}, {**SCELLE, "sha256": ""}, {"a": 1}, [], "", None]
)
def test_what_is_not_what_was_sealed_is_not_read(lu: object) -> None:
    with pytest.raises(ValueError, match="sha256"):
        desceller(lu)


def test_what_was_written_before_there_were_seals_is_read_only_when_asked() -> None:
    assert desceller({"a": 1}, sans_sceau=True) == {"a": 1}
    lus: tuple[object, ...] = ([], {**SCELLE, "a": 2})
    for lu in lus:
        with pytest.raises(ValueError, match="sha256"):
            desceller(lu, sans_sceau=True)
