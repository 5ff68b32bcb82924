"""A file of the portal against the list to publish: what each says of a guichet otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from infocentre.lecture.changements import meme
from infocentre.lecture.liste_publique import CHAMPS, COMPARES, Difference, differences
from infocentre.noyau import horaires
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import simplifier
from infocentre.reconnaissance import texte

CODE = "code"


def comparer(chemin: Path, rangees: Iterable[Mapping[str, str]]) -> list[Difference]:
    """Return what a CSV of the portal says otherwise than the list to publish.

    Only the columns that it has are compared; writing otherwise the same is no difference.

    Raises:
        Refus: it is no table of guichets, or a code is twice in it.
    """
    lu = texte.lire(chemin, chemin.name)
    titres = {simplifier(dit): un.nom for un in CHAMPS for dit in (un.nom, un.titre)}
    rangs = {
        titres[simplifier(nom.strip())]: rang
        for rang, nom in enumerate(lu.tableau.noms)
        if simplifier(nom.strip()) in titres
    }
    compares = [un for un in COMPARES if un in rangs]
    if CODE not in rangs or not compares:
        dits = ", ".join(un.titre for un in CHAMPS if un.nom in (CODE, *COMPARES))
        raise Refus(
            "ce fichier n'est pas une liste de guichets", chemin.name, f"Ses titres : {dits}."
        )
    siennes: dict[str, dict[str, str]] = {}
    for ligne in texte.enregistrements(chemin, lu):
        dite = {nom: ligne[r].strip() if r < len(ligne) else "" for nom, r in rangs.items()}
        if dite[CODE] in siennes:
            raise Refus(
                f"le guichet « {dite[CODE][:20]} » y est deux fois",
                chemin.name,
                "N'en garder qu'une ligne.",
            )
        siennes[dite[CODE]] = {"nom": "", **dite}
    ici = [dict(une) for une in rangees]
    ecarts = differences(siennes.values(), ici, compares)
    return [un for un in ecarts if not _memes(un)]


def _memes(un: Difference) -> bool:
    """Tell whether both say the same, written otherwise."""
    if un.champ == "horaires" and (osm := horaires.osm(un.avant)):
        return osm == horaires.osm(un.apres)
    return un.champ != "guichet" and meme(un.avant, un.apres)
