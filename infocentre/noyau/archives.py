"""Files in one .zip: the same files give the same bytes, whenever it is made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

MOMENT: Final = (1980, 1, 1, 0, 0, 0)


def reunir(fichiers: Mapping[str, bytes]) -> bytes:
    """Return the archive of these files, in their order, each its owner's alone."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, octets in fichiers.items():
            entree = zipfile.ZipInfo(nom, MOMENT)
            entree.compress_type = zipfile.ZIP_DEFLATED
            entree.external_attr = 0o600 << 16
            archive.writestr(entree, octets)
    return tampon.getvalue()
