"""Changes told by guichets: of what, and whether the newest register shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infocentre.affaires import Affaire, Affaires
from infocentre.demarches.demandes import choix_dit
from infocentre.demarches.regles import Ouverture, Regles
from infocentre.lecture.changements import PROCEDURE, changement, meme
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.guichets import partis
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.horaires import en_osm
from infocentre.noyau.temps import fin_de_mois

TELEPHONE = 10  # figures
CLORE = "clore_le_changement"


class _Regles(Regles):
    def sujet(self, une: Affaire) -> str:
        """Return what changes."""
        return choix_dit(une, "signaler_un_changement", "change")

    def titre(self, une: Affaire) -> str:
        """Return what changes, and into what."""
        return f"{self.sujet(une)}, {changement(une).valeur}"

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what a change begins with.

        Raises:
            Refus: the guichet is unknown, of others, or closed; the telephone is none, the hours do
                not read; the register says so already.
        """
        ouverte = super().ouvrir(v, registre_, departement, objet, dits)
        champ, valeur = str(dits["change"]), str(dits["valeur"]).strip()
        chiffres = sum(un.isdigit() for un in valeur)
        if champ == "telephone" and chiffres != TELEPHONE:
            raise Refus(
                f"« {valeur[:30]} » n'est pas un numéro de téléphone",
                que_faire="Écrire ses dix chiffres.",
            )
        if champ == "horaires":
            en_osm(valeur)
        mois = mois_controles(v, departement)
        inscrits = registre(v, departement, mois[-1]) if mois else []
        une = next((un for un in inscrits if un["guichet"] == ouverte.objet), None)
        if une and une["date_fermeture"] and une["date_fermeture"] <= registre_.aujourdhui:
            raise Refus("ce guichet est fermé", que_faire="Vérifier son code.")
        if une and meme(str(une[champ] or ""), valeur):  # type: ignore[literal-required]
            raise Refus("le registre le dit déjà", que_faire="Rien n'est à faire.")
        return Ouverture(ouverte.objet, champ)

    def livraison(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        unes: Sequence[Affaire],
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        """Yield what the newest register shows of the changes that were accepted before it.

        Of a guichet that is closed, or gone, nothing is awaited.
        """
        ouvertes = [une for une in unes if not une.situation.finie]
        objets = [une.objet for une in ouvertes]
        disparus = partis(v, ouvertes[0].departement, objets) if ouvertes else frozenset()
        for une in ouvertes:
            if une.objet in disparus and CLORE in une.situation.procedure.possibles(une.etat):
                yield une, CLORE, {}
        suivies = [
            une
            for une in ouvertes
            if une.etat in {"dans_la_liste", "absent_du_sne"} and une.objet not in disparus
        ]
        mois = mois_controles(v, suivies[0].departement)[-1:] if suivies else []
        for ici in mois:
            inscrits = {un["guichet"]: un for un in registre(v, suivies[0].departement, ici)}
            livraison = v.version.publiee(suivies[0].departement, ici)
            for une in suivies:
                dit, lu = changement(une), inscrits.get(une.objet)
                if lu is None or livraison is None or dit.depuis > fin_de_mois(ici):
                    continue
                vu = meme(str(lu[dit.champ] or ""), dit.valeur)  # type: ignore[literal-required]
                nom = "voir_le_changement" if vu else "dementir_le_changement"
                deja = any(un.dit("mois") == ici for un in une.situation.evenements)
                if not deja and (vu or une.etat == "dans_la_liste"):
                    yield une, nom, {"livraison": livraison.empreinte, "mois": ici}


REGLES = _Regles(PROCEDURE)
