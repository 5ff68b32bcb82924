"""Rules of the procedures about a demande: which one, what is kept of it, what deliveries show.

The numéro and all that is of the person stand apart from the events (`contenus`), and go when they
are erased: the affaire then says so, and nothing else of them is read or printed. A procedure says
what it freezes beside `figee`, what it shows of that (`lignes`), what its papers are given
(`noms`), and, where deliveries answer it (`suivi`), what they show (`vu`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, NoReturn, TypedDict, TypeVar, cast

from infocentre.affaires import Affaire, Affaires
from infocentre.affaires.formulaire import ecrire
from infocentre.analystes.fichier import cle
from infocentre.contrat.numeros import LONGUEUR, est_numero
from infocentre.contrat.territoires import nom_departement
from infocentre.decisions import magasin_present
from infocentre.decisions.contenus import contenus_de, ecrire_contenu, objet_de
from infocentre.demarches.regles import Ouverture, Regles
from infocentre.entrepot import Livraison
from infocentre.entrepot.effacements import est_effacee
from infocentre.lecture.commun import mois_controles, noms_guichets
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import EtatDemande
from infocentre.lecture.parcours import lire_etats
from infocentre.lecture.radiations import RADIEE, arrete_de, derniere
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import minuscule


class Figee(TypedDict):
    """What every affaire about a demande keeps of it, as it was read that day."""

    numero: str
    arrete: str
    guichet: str


F = TypeVar("F", bound=Figee)


class Suivi(NamedTuple):
    """The events by which deliveries answer, and those that ask: `demandes` are awaited in `dans`.

    `montre` when what was asked is seen, `absente` when it is not, `manque` when it is not for the
    `fois`-th time on end; `efface` when it can no longer be, the demande being erased.
    """

    demandes: tuple[str, ...]
    dans: frozenset[str]
    montre: str
    absente: str
    manque: str
    fois: int = 2
    efface: str = ""


class ReglesDeDemande(Regles, Generic[F]):
    """What the procedures about a demande have in common; `suivi`: None, no delivery answers."""

    suivi: ClassVar[Suivi | None] = None

    # --- What each procedure says -----------------------------------------------------------------

    def lignes(self, fige: F) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return what is shown of what was frozen, (title, text)."""
        return []

    def noms(self, registre_: Affaires, une: Affaire, fige: F) -> dict[str, Any]:  # noqa: ARG002
        """Return what papers are given beside what events carry: of what was frozen alone."""
        return {}

    def vu(self, v: Lecture, une: Affaire, fige: F) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Return what the newest delivery shows of what was asked, None when it does not."""
        return None

    # --- Which demande ----------------------------------------------------------------------------

    def exiger_demande(
        self, v: Lecture, registre_: Affaires, departement: str, dit: str
    ) -> EtatDemande:
        """Return the newest state of the demande that a person named.

        Raises:
            Refus: there is none of this numéro here, its person is erased, or one of it is open.
        """
        v.exiger_nominatif()
        numero = "".join(dit.split()).upper()
        if not est_numero(numero):
            raise Refus(
                f"« {numero[:24]} » n'est pas un numéro unique",
                que_faire=f"Le recopier : {LONGUEUR} caractères, dont 13 chiffres au début.",
            )
        etats = lire_etats(v, numero, EtatDemande)
        etat = next((un for un in etats if un["departement"] == departement), None)
        if etat is None:
            self._inconnue(numero, etats)
        if est_effacee(v.dossier, numero, etat["date_radiation"] if radiee(etat) else None):
            raise Refus(
                f"ce qui nommait le demandeur de la demande {numero} est effacé",
                que_faire="Il n'y a plus rien à instruire ici : répondre que les données ne sont "
                "plus conservées.",
            )
        ouvertes = registre_.lister(
            departement, procedure=self.code, objet=objet_de(cle(v.dossier), numero)
        )
        if ouvertes:
            raise Refus(
                f"une {self._procedure().une} est déjà ouverte pour cette demande : "
                f"{ouvertes[0].id}, {minuscule(ouvertes[0].titre_etat)}",
                que_faire="La poursuivre.",
            )
        return etat

    def _inconnue(self, numero: str, ailleurs: Sequence[EtatDemande]) -> NoReturn:
        la = f"transmettre la {self._procedure().une} à son gestionnaire."
        if ailleurs:
            nom = nom_departement(ailleurs[0]["departement"])
            raise Refus(
                f"la demande {numero} est d'un autre département : {nom}",
                que_faire=f"Choisir ce département, ou {la}",
            )
        raise Refus(
            f"la demande {numero} n'est dans aucune livraison chargée",
            que_faire=f"Vérifier le numéro unique ; s'il est d'un autre département, {la}",
        )

    def ouverture(
        self, v: Lecture, etat: EtatDemande, sujet: str, donnees: Mapping[str, Any], fige: F
    ) -> Ouverture:
        """Return what an affaire is opened with: the numéro and what is frozen stand apart."""
        secret = cle(v.dossier)
        contenu = ecrire_contenu(secret, fige)
        dits = {"guichet": guichet_de(v, etat), "mois": derniere(v, etat["departement"]).mois}
        objet = objet_de(secret, etat["numero_unique"])
        empreinte = {"empreinte": contenu.empreinte}
        return Ouverture(objet, sujet, dits | dict(donnees) | empreinte, contenu=contenu)

    def figee(self, v: Lecture, etat: EtatDemande) -> Figee:
        """Return what every affaire keeps of a demande."""
        ici, sien = etat["departement"], etat["guichet_enregistreur"] or ""
        nom = guichets_nommes(v, ici).get(sien, sien)
        arrete = derniere(v, ici).arrete
        return {"numero": etat["numero_unique"], "arrete": arrete, "guichet": nom}

    def fige(self, v: Lecture, une: Affaire) -> F | None:
        """Return what an affaire keeps of its demande, None once its person is erased."""
        magasin = magasin_present(v.dossier.racine)
        lu = contenus_de(magasin, [une.id]).get(une.id) if magasin else None
        return cast("F", lu) if lu else None

    # --- What is read -----------------------------------------------------------------------------

    def nom(self, v: Lecture, une: Affaire) -> str:
        """Return the numéro, as long as the person is not erased."""
        fige = self.fige(v, une)
        return fige["numero"] if fige else "demande effacée"

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        """Return what was frozen of the demande, nothing of one that is erased."""
        fige = self.fige(v, une)
        if fige is None:
            return [("Demande", "Effacée, avec ce qui en était gardé ici.")]
        return [(titre, dit) for titre, dit in self.lignes(fige) if dit]

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:  # noqa: ARG002
        """Return what the papers of an affaire say, of what was frozen and of its events alone.

        Raises:
            Refus: the person is erased.
        """
        fige = self.fige(v, une)
        if fige is None:
            raise Refus(
                "ce que cette affaire gardait de la demande est effacé : ce document ne peut plus "
                "être écrit",
                f"affaire {une.id}",
                "Répondre que les données ne sont plus conservées, puis clore l'affaire.",
            )
        return self.noms(registre_, une, fige)

    # --- Deliveries -------------------------------------------------------------------------------

    def livraison(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        unes: Sequence[Affaire],
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        """Yield what the newest delivery says: what was asked is there, or still not.

        What was asked for after the arrêté is not judged by it, nor twice by the same.
        """
        if (suivi := self.suivi) is None:
            return
        for une in unes:
            fige, livraison = self.fige(v, une), derniere(v, une.departement)
            possibles = une.situation.procedure.possibles(une.etat)
            if fige is None and suivi.efface in possibles:
                yield une, suivi.efface, {}
            if suivi.montre not in possibles:
                continue
            if fige is None or livraison.mois in self._mois_dits(une, suivi):
                continue
            donnees = {"livraison": livraison.mois, "mois": livraison.mois}
            if (vu := self.vu(v, une, fige)) is not None:
                yield une, suivi.montre, donnees | dict(vu)
            elif _attendue(une, livraison, suivi):
                depuis = une.situation.dernier(*suivi.demandes)
                fois = len(une.situation.depuis(depuis, suivi.absente)) + 1
                yield une, suivi.manque if fois >= suivi.fois else suivi.absente, donnees

    def _mois_dits(self, une: Affaire, suivi: Suivi) -> set[str]:
        dits = une.situation.tous(suivi.montre, suivi.absente, suivi.manque)
        return {str(un.dit("mois")) for un in dits}


def _attendue(une: Affaire, livraison: Livraison, suivi: Suivi) -> bool:
    """Tell whether a delivery should show what was asked for."""
    demandee = une.situation.dernier(*suivi.demandes)
    return une.etat in suivi.dans and bool(demandee and demandee.jour <= arrete_de(livraison))


def radiee(etat: EtatDemande) -> bool:
    """Tell whether a demande was last seen radiée."""
    return etat["statut"] == RADIEE


def guichet_de(v: Lecture, etat: EtatDemande) -> str:
    """Return the guichet that radiated, else the one that created, of those that one sees."""
    siens = (etat["guichet_enregistreur"], etat["cle_guichetcreateur"])
    return next((un for un in siens if un and v.voit("guichet", un)), "")


def guichets_nommes(v: Lecture, departement: str) -> Mapping[str, str]:
    """Return {guichet: name} of the last controlled month."""
    mois = mois_controles(v, departement)
    return noms_guichets(v, departement, mois[-1]) if mois else {}


def choix_dit(une: Affaire, evenement: str, nom: str) -> str:
    """Return a choice that an event says, as people read it; '' before it happened."""
    un = une.situation.dernier(evenement)
    regle = une.situation.procedure.regle(evenement)
    return ecrire(regle.donnees[nom], un.dit(nom)) if un else ""


def date_ou_rien(texte: str) -> dt.date | None:
    """Return the day that a frozen text is, None without one."""
    return dt.date.fromisoformat(texte) if texte else None


def iso(jour: dt.date | None) -> str:
    """Return a day as it is frozen, '' without one."""
    return jour.isoformat() if jour else ""
