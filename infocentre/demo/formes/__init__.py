"""The same invented département in the forms that people really hold, to be recognised."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from infocentre.demo.formes import gip_sne, observatoire, proches, rapports
from infocentre.demo.formes.livraison import Lue, lire
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import refus_d_ecriture

FORMES: dict[str, Callable[[Lue, Path], None]] = {
    "gip-sne": gip_sne.ecrire,
    "gip-sne-registre": gip_sne.avec_registre,
    "sans-registre": proches.sans_registre,
    "demandes-et-registre": proches.sans_rien_d_autre,
    "bo": rapports.business_objects,
    "texte-unicode": rapports.texte_unicode,
    "observatoire": observatoire.ecrire,
    "expediteur": proches.aux_noms_de_l_expediteur,
    "virgule": proches.a_virgules,
    "un-fichier": proches.en_un_fichier,
    "web": proches.du_navigateur,
}
LETTRES = dict(zip("A A2 A3 A4 B C D E F G web".split(), FORMES, strict=True))
"""The letters by which the forms are told from each other in tests."""


def ecrire_forme(livraison: Path, cible: Path, forme: str) -> Path:
    """Write a delivery of the demonstration in another form, in `cible`/AAAA-MM; return that.

    Nothing is there until all is. The same delivery gives the same bytes. Raises Refus when the
    form is unknown, `livraison` none of the demonstration, or something already there.
    """
    ecrivain = FORMES.get(LETTRES.get(forme, forme))
    if ecrivain is None:
        raise Refus(f"forme « {forme} » inconnue", que_faire=f"Choisir parmi {', '.join(FORMES)}.")
    lue = lire(livraison)
    place = cible / lue.mois
    if place.exists():
        raise Refus("ce dossier existe déjà", str(place), "En choisir un autre, ou l’ôter.")
    with refus_d_ecriture(place):
        cible.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".forme-", dir=cible) as atelier:
            neuf = Path(atelier) / lue.mois
            neuf.mkdir()
            ecrivain(lue, neuf)
            neuf.rename(place)
    return place
