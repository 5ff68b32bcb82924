"""What was published of a département, one publication after the other, in the register.

A publication extends the one before: no arrêté of it is withdrawn, no threshold is lowered. A month
that a late delivery changed is said to be revised; the same data are the same publication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from infocentre.lecture.commun import mois_controles
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.partage import seuil_secret
from infocentre.mesures.diffusions import Edition, Registre, empreinte
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import de
from infocentre.noyau.temps import jour, maintenant, nom_mois, noms_mois

_SUJET = "ouvert"
_ENUMERES = 3  # months that are read at once


@dataclass(frozen=True, slots=True)
class Publication:
    """Its rank from 1, its day, the threshold of its small counts, the empreinte of each month."""

    rang: int
    le: str
    seuil: int
    mois: Mapping[str, str]

    def neufs(self, avant: Publication | None) -> list[str]:
        """Return the months that it adds."""
        return [un for un in self.mois if avant is None or un not in avant.mois]

    def revises(self, avant: Publication | None) -> list[str]:
        """Return the months that it tells otherwise."""
        connus = avant.mois if avant else {}
        return [un for un, dite in self.mois.items() if connus.get(un, dite) != dite]

    def dire(self, avant: Publication | None) -> str:
        """Say what it changes."""
        neufs, revises = self.neufs(avant), self.revises(avant)
        dits = [f"ajout {_de_mois(neufs)}"] if neufs else []
        dits += [f"révision {_de_mois(revises)}"] if revises else []
        return " ; ".join(dits) or "mêmes chiffres"


def _de_mois(mois: Sequence[str]) -> str:
    if len(mois) > _ENUMERES:
        return f"de {len(mois)} mois, {de(nom_mois(mois[0]))} à {nom_mois(mois[-1])}"
    return de(noms_mois(mois))


def mois_a_publier(v: Lecture, departement: str) -> list[str]:
    """Return the months of a publication, oldest first.

    Raises:
        Refus: a month has no masked edition yet, a published arrêté is there no more, or small
            counts would be told that a publication masked.
    """
    connus = list(mois_controles(v, departement))
    for mois in connus:
        if not any((v.dossier.diffusions / departement / "tableaux" / mois).glob("*.json.gz")):
            raise Refus(
                f"le mois {mois} n'a pas encore d'édition masquée",
                que_faire=f"Lancer : infocentre controler --mois {mois}, puis recommencer.",
            )
    deja = publications(v, departement)
    retires = sorted({un for une in deja for un in une.mois} - set(connus))
    if retires:
        raise Refus(
            f"l'infocentre n'a plus ces mois, déjà publiés : {noms_mois(retires)}",
            que_faire="Une série publiée ne peut que s'allonger : charger et contrôler de nouveau "
            "ces livraisons, puis recommencer.",
        )
    avant, seuil = max((une.seuil for une in deja), default=0), seuil_secret(v)
    if seuil < avant:
        raise Refus(
            f"le seuil du secret statistique est passé de {avant} à {seuil} : ce que les "
            f"publications faites jusqu'au {jour(deja[-1].le)} taisent serait dit",
            que_faire=f"Remettre seuil_secret à {avant} ou plus dans les réglages, puis lancer "
            f"infocentre controler --mois {connus[-1]}.",
        )
    return connus


def publications(v: Lecture, departement: str) -> list[Publication]:
    """Return what was published, oldest first; raise Refus when the register is damaged."""
    return sorted(
        map(_lire, _registre(v, departement).editions().values()), key=lambda une: une.rang
    )


def publier(v: Lecture, departement: str, mois: Mapping[str, str]) -> list[Publication]:
    """Return all publications up to this one, which is entered in the register if it is new.

    Its day is the one on which its data were published, whenever it is made.

    Raises:
        Refus: the register is damaged, or refuses it.
    """
    registre, seuil = _registre(v, departement), seuil_secret(v)
    nom = empreinte(seuil, sorted(mois.items()))
    deja = publications(v, departement)
    connue = registre.editions().get(nom)
    if connue is None:
        le = v.version.evenement.get("le") or maintenant()
        une = Publication(len(deja) + 1, le[:10], seuil, mois)
        registre.inscrire(nom, Edition({}, asdict(une)))
    else:
        une = _lire(connue)
    return [*(autre for autre in deja if autre.rang < une.rang), une]


def _registre(v: Lecture, departement: str) -> Registre:
    return Registre(v.dossier.diffusions / departement / _SUJET)


def _lire(edition: Edition) -> Publication:
    return Publication(**edition.fait)
