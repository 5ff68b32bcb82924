"""What the tests of the catalogue share: the catalogue itself, read once."""

import pytest

from infocentre.catalogue import Catalogue, lire_catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return lire_catalogue()
