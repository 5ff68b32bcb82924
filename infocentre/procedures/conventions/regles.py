"""What conventions know: which are to be renewed, what a signature holds, who took over whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from infocentre.affaires import Affaire, Affaires, procedures
from infocentre.affaires.donnees import exiger
from infocentre.affaires.formulaire import lire
from infocentre.affaires.gardes import contre
from infocentre.affaires.situation import Evenement, replier
from infocentre.demarches.regles import (
    Attente,
    Ensemble,
    Jalon,
    Ouverture,
    Regles,
    Releve,
    Reste,
    Saisie,
)
from infocentre.lecture.commun import mois_controles, noms_des_organismes, registre
from infocentre.lecture.conventions import (
    ECARTS,
    ECHUE,
    PROCEDURE,
    PROCHE,
    SANS_DATE,
    SORTS,
    Convention,
    a_confier,
    conventions,
    ecarts,
    par_sort,
    reglages,
)
from infocentre.lecture.guichets import nom_commune
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, majuscule
from infocentre.noyau.lecteurs import Lecteur
from infocentre.noyau.temps import fin_de_mois, jour, mois_avant
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.procedures.conventions.gardes import terme_au_plus
from infocentre.restitutions.document import Colonne, Tableau
from infocentre.restitutions.redaction import Contenu

FERMETURE = "fermeture"
SIGNATURE, RETRAIT, PRECISION = "enregistrer_signature", "annoncer_retrait", "preciser"
# What the comité is told: the event, in its words.
ENTREES_SORTIES = {
    SIGNATURE: "Signature",
    "acter": "Retrait",
    "resilier": "Résiliation",
    "arreter": "Arrêté du préfet",
    "absorber": "Reprise par un autre organisme",
}
COLLECTIVITES = frozenset({TypeGuichet.COMMUNE, TypeGuichet.EPCI, TypeGuichet.DEPARTEMENT})
A_RENOUVELER = (ECHUE, PROCHE, SANS_DATE)
MOIS_DU_COMITE = 6  # that an item of the comité looks back on
TEXTES = f"procedures/{PROCEDURE}/textes"


class Conventions(Regles):
    """The rules of the conventions."""

    # --- Opening ----------------------------------------------------------------------------------

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what the convention of an organisme is opened with: its services, as they are."""
        une = super().ouvrir(v, registre_, departement, objet, dits)
        siennes = _de(v, departement, une.objet, registre_.aujourdhui)
        genres = {un.type_guichet for un in siennes}
        dates = [un.effet for un in siennes if un.effet]
        donnees = {
            "bailleur": TypeGuichet.BAILLEUR in genres,
            "collectivite": bool(COLLECTIVITES & genres),
            "du_registre": min(dates).isoformat() if dates else "",
            "guichets": _annexe(siennes),
        }
        return Ouverture(une.objet, une.sujet, donnees)

    def a_ouvrir(self, v: Lecture, registre_: Affaires, departement: str) -> list[Attente]:
        """Return the organismes whose convention is to be renewed and of which nothing is open."""
        le = registre_.aujourdhui
        noms = noms_des_organismes(v, departement)
        return [
            Attente(
                organisme,
                noms.get(organisme, organisme),
                majuscule(_dire_sorts(siennes, le)),
                jour(termes[0]) if (termes := sorted(u.terme for u in siennes if u.terme)) else "",
                {"Services": str(len(siennes))},
            )
            for organisme, siennes in _a_renouveler(v, registre_, departement).items()
        ]

    def jalons(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        au: dt.date,
    ) -> list[Jalon]:
        """Return the terms of the register that are to come, and how many passed."""
        le = registre_.aujourdhui
        unes = [une for une in conventions(v, departement, le) if une.terme and not une.fini]
        passes = [une.terme for une in unes if une.terme and une.terme <= le]
        trouves = [
            Jalon(une.terme, "Terme de la convention", une.nom)
            for une in unes
            if une.terme and le < une.terme <= au and not une.affaire
        ]
        if not passes:
            return trouves
        dit = accorder(
            len(passes), "convention au-delà de six ans", "conventions au-delà de six ans"
        )
        return [Jalon(min(passes), majuscule(dit), manque="à renouveler"), *trouves]

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:
        """Return how many conventions are beyond their term, and how many come near it: one line.

        Those of which an affaire is open count: they are beyond it until they are signed.
        """
        le = registre_.aujourdhui
        lues = par_sort(conventions(v, departement, le), le)
        echues, proches = len(lues.get(ECHUE, ())), len(lues.get(PROCHE, ()))
        if not echues + proches:
            return []
        duree = _ans(reglages()["duree"])
        dits = [
            f"{accorder(echues, 'convention')} au-delà de {duree}" if echues else "",
            f"{proches if echues else accorder(proches, 'convention')} à moins de six mois du terme"
            if proches
            else "",
        ]
        dit = ", ".join(filter(None, dits))
        parametres = (("etat", "a_ouvrir"),)
        return [Reste(dit, f"/affaires/{PROCEDURE}", "Renouveler", parametres=parametres)]

    # --- Together ---------------------------------------------------------------------------------

    def ensembles(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        unes: Sequence[Affaire],  # noqa: ARG002
    ) -> list[Ensemble]:
        """Return the campaign of renewal: all that is beyond its term, or near it."""
        a_faire = len(_a_renouveler(v, registre_, departement))
        dit = (
            "organisme dont la convention est à renouveler",
            "organismes dont la convention est à renouveler",
        )
        return [Ensemble("renouveler", "Préparer toutes les conventions", dit, a_faire)]

    def ensemble(self, v: Lecture, registre_: Affaires, departement: str, nom: str) -> str:
        """Prepare the convention of each organisme that is to sign again."""
        if nom != "renouveler":
            return super().ensemble(v, registre_, departement, nom)
        self.exiger(v, departement)
        for organisme in _a_renouveler(v, registre_, departement):
            preparer(v, registre_, departement, organisme)
        return ""

    # --- Who and what -----------------------------------------------------------------------------

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:
        """Complete a signature with what follows from it: effect, term, services."""
        if saisie.nom != SIGNATURE:
            return None
        return signer(v, registre_, saisie.une, saisie.lue(), le=saisie.jour, vus=saisie.vus)

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:
        """Return what binds the organisme, and what its services became since they were listed."""
        siennes = _de(v, une.departement, une.objet, _aujourdhui(v, une))
        faits: list[tuple[str, str]] = []
        avant = {un["guichet"]: un.get("nom", "") for un in une.situation.dite("guichets") or []}
        ici = {un.guichet: un.nom for un in siennes}
        for titre, autres in (
            ("Services en plus depuis", ici.keys() - avant.keys()),
            ("Services en moins depuis", avant.keys() - ici.keys()),
        ):
            noms = sorted({**avant, **ici}[un] or un for un in autres)
            faits += [(titre, ", ".join(noms))] if noms else []
        if une.situation.dite("collectivite") and not une.situation.dite("deliberation_le"):
            faits.append(("Délibération", "Manque : une collectivité délibère avant de signer"))
        return faits

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:
        """Return what binds each of its services."""
        le = _aujourdhui(v, une)
        siennes = _de(v, une.departement, une.objet, le)
        return _tableau(v, une.departement, siennes, le).ou_rien

    # --- Deliveries -------------------------------------------------------------------------------

    def livraison(
        self,
        v: Lecture,
        registre_: Affaires,  # noqa: ARG002
        unes: Sequence[Affaire],
    ) -> Iterator[tuple[Affaire, str, Mapping[str, Any]]]:
        """Yield the organismes all of whose guichets are another's in the last delivery."""
        ouvertes = [une for une in unes if not une.situation.finie]
        mois = mois_controles(v, ouvertes[0].departement) if ouvertes else []
        if not mois:
            return
        lus = registre(v, ouvertes[0].departement, mois[-1])
        organismes, de = (
            {un["organisme"] for un in lus},
            {un["guichet"]: un["organisme"] for un in lus},
        )
        for une in ouvertes:
            siens = [un["guichet"] for un in une.situation.dite("guichets") or []]
            repreneurs = sorted({de[un] for un in siens if un in de})
            if une.objet not in organismes and repreneurs:
                dit = {"livraison": mois[-1], "mois": mois[-1], "repreneurs": repreneurs}
                yield une, "absorber", dit

    def dire(self, suivies: Sequence[Affaire]) -> tuple[str, ...]:
        """Return nothing to tell of renewals: they are on their page."""
        changees = [une for une in suivies if une.situation.finie]
        return super().dire(changees) if changees else ()

    # --- Papers -----------------------------------------------------------------------------------

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:  # noqa: ARG002
        """Return the services listed, what they leave, and the convention that this one follows."""
        lignes = une.situation.dite("guichets") or []
        signee = une.situation.dernier(SIGNATURE)
        effet = (signee and signee.dit("effet")) or une.situation.dite("du_registre")
        avant = dt.date.fromisoformat(str(effet)) if effet else None
        dit = signee.dit("terme") if signee else None
        return {
            "services": Tableau.dresser(
                "services",
                "",
                lignes,
                ("Code", lambda un: un["guichet"]),
                ("Service", lambda un: un.get("nom", "")),
            ).ou_rien,
            "demandes": _a_confier(v, une, [un["guichet"] for un in lignes])
            if papier == FERMETURE
            else None,
            "renouvelle": avant is not None,
            "effet_avant": avant,
            "terme_avant": dt.date.fromisoformat(str(dit))
            if dit
            else avant and terme_au_plus(avant, une.reglages),
        }

    def bloc(self, v: Lecture, departement: str) -> Tableau | None:
        """Return the conventions by term."""
        return _par_terme(v, departement, _dernier_arrete(v, departement))

    def releves(self) -> tuple[Releve, ...]:
        """Return the papers about all conventions."""
        return (
            Releve("termes", "Conventions par terme", ("xlsx", "pdf"), _termes),
            Releve("ecarts", "Ce que montrent les données", ("xlsx", "pdf"), _ecarts),
            Releve(
                "comite",
                "Adhésions et retraits, pour le comité",
                ("docx", "pdf"),
                _comite,
                lecteur=Lecteur.DESTINATAIRE,
            ),
        )

    def arrete(self, v: Lecture, departement: str) -> dt.date:
        """Return the day of the last delivery, which every convention is held against."""
        return _dernier_arrete(v, departement)


# --- Done by hand or from a workbook --------------------------------------------------------------


def preparer(
    v: Lecture,
    registre_: Affaires,
    departement: str,
    organisme: str,
    dits: Mapping[str, Any] | None = None,
) -> Affaire:
    """Open the convention of an organisme; raise Refus when one is open, or none is known."""
    une = REGLES.ouvrir(v, registre_, departement, organisme, dits or {})
    donnees = {**(dits or {}), **une.donnees}
    return registre_.ouvrir(
        procedures()[PROCEDURE], departement, une.objet, une.sujet, donnees, seule=True
    )


def exiger_possible(
    v: Lecture,
    registre_: Affaires,
    departement: str,
    organisme: str,
    nom: str,
    dits: Mapping[str, str],
    ouverture: Mapping[str, Any],
) -> None:
    """Raise Refus when an event would be refused of an organisme of which nothing is open yet.

    Nothing is opened for what is then refused.
    """
    une = REGLES.ouvrir(v, registre_, departement, organisme, {})
    procedure = procedures()[PROCEDURE]
    (debut,) = procedure.possibles(None)
    role, le, instant = "gestionnaire", registre_.aujourdhui, registre_.instant
    lus: Any = lire(procedure.evenements[nom], dict(dits))
    dites: Any = dict(ouverture) | dict(une.donnees)
    ouverte_ = Evenement("", debut, registre_.acteur, role, le, instant, dites)
    situation = replier(procedure, [ouverte_], departement)
    un = Evenement("", nom, registre_.acteur, role, le, instant, lus)
    if faute := contre(procedure.evenements[nom], situation, un, reglages()):
        raise Refus(faute, f"organisme {organisme[:20]}")
    exiger(procedure.evenements[nom], lus, le)


def signer(
    v: Lecture,
    registre_: Affaires,
    une: Affaire,
    lus: Mapping[str, Any],
    *,
    le: dt.date | None = None,
    vus: int | None = None,
) -> Affaire:
    """Record a signature: its effect is that day without another, its term as late as may be."""
    effet = lus.get("effet") or lus.get("signee_le")
    donnees = dict(lus)
    if effet:
        fin = terme_au_plus(dt.date.fromisoformat(effet), une.reglages)
        donnees = {"terme": fin.isoformat()} | donnees | {"effet": effet}
    siennes = _de(v, une.departement, une.objet, registre_.aujourdhui)
    annexe = {"guichets": _annexe(siennes)} if siennes else {}
    return registre_.agir(une.id, SIGNATURE, donnees | annexe, jour=le, vus=vus)


def ouverte(registre_: Affaires, departement: str, organisme: str) -> Affaire | None:
    """Return the affaire under way of an organisme, None without one."""
    siennes = registre_.lister(departement, procedure=PROCEDURE, objet=organisme)
    return siennes[-1] if siennes else None


# --- Which ----------------------------------------------------------------------------------------


def _de(v: Lecture, departement: str, organisme: str, le: dt.date) -> list[Convention]:
    return [une for une in conventions(v, departement, le) if une.organisme == organisme]


def _annexe(siennes: Sequence[Convention]) -> list[dict[str, str]]:
    lus = sorted(siennes, key=lambda un: un.guichet)
    return [{"guichet": un.guichet, "nom": un.nom} for un in lus]


def _a_renouveler(v: Lecture, registre_: Affaires, departement: str) -> dict[str, list[Convention]]:
    """Return, by organisme, what is to be signed again and is not under way: the oldest first."""
    le = registre_.aujourdhui
    ouvertes = {une.objet for une in registre_.lister(departement, procedure=PROCEDURE)}
    lues = par_sort(conventions(v, departement, le), le)
    siennes: dict[str, list[Convention]] = {}
    for sort in A_RENOUVELER:
        for une in lues.get(sort, ()):
            if une.organisme not in ouvertes:
                siennes.setdefault(une.organisme, []).append(une)
    return siennes


def _dire_sorts(siennes: Sequence[Convention], le: dt.date) -> str:
    return ", ".join(
        f"{len(unes)} {'échues' if sort == ECHUE and len(unes) > 1 else SORTS[sort]}"
        for sort, unes in par_sort(siennes, le).items()
    )


def _aujourdhui(v: Lecture, une: Affaire) -> dt.date:
    """Return the later of the last arrêté and of what was last told of an affaire."""
    return max(_dernier_arrete(v, une.departement), une.situation.evenements[-1].jour)


def _dernier_arrete(v: Lecture, departement: str) -> dt.date:
    return fin_de_mois(mois_controles(v, departement)[-1])


def _ans(nombre: int) -> str:
    return "six ans" if nombre == 6 else accorder(nombre, "an")  # noqa: PLR2004 - as article 5 says


# --- Tables ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Termes(Contenu):
    modele: ClassVar[str] = f"{TEXTES}/termes.md"

    liste: Tableau | None


@dataclass(frozen=True)
class _Ecarts(Contenu):
    modele: ClassVar[str] = f"{TEXTES}/ecarts.md"

    liste: Tableau | None
    arrete: dt.date


@dataclass(frozen=True)
class _Comite(Contenu):
    modele: ClassVar[str] = f"{TEXTES}/comite.md"

    le: dt.date
    depuis: dt.date
    mouvements: Tableau | None
    echues: int
    proches: int


def _par_terme(v: Lecture, departement: str, le: dt.date) -> Tableau | None:
    return _tableau(v, departement, conventions(v, departement, le), le).ou_rien


def _tableau(v: Lecture, departement: str, unes: Sequence[Convention], le: dt.date) -> Tableau:
    preavis, noms = reglages()["preavis"], noms_des_organismes(v, departement)
    return Tableau.dresser(
        "termes",
        f"Conventions par terme, au {jour(le)}",
        unes,
        ("Service", lambda une: une.nom),
        ("Organisme", lambda une: noms.get(une.organisme, une.organisme)),
        (Colonne("Effet", "date"), lambda une: une.effet),
        (Colonne("Reconductions", "nombre"), lambda une: une.reconductions(le)),
        (Colonne("Terme", "date"), lambda une: une.terme),
        (
            Colonne("Jours restants", "nombre"),
            lambda une: (une.terme - le).days if une.terme else None,
        ),
        ("État", lambda une: une.fini or SORTS[une.sort(le, preavis)]),
    )


def _des_ecarts(v: Lecture, departement: str, le: dt.date) -> Tableau | None:
    noms = noms_des_organismes(v, departement)
    return Tableau.dresser(
        "ecarts",
        "",
        ecarts(v, departement, le),
        ("Constat", lambda un: ECARTS[un.genre]),
        ("Service", lambda un: un.nom),
        ("Organisme", lambda un: noms.get(un.organisme, un.organisme)),
        ("Ce que montre la livraison", lambda un: un.dit),
    ).ou_rien


def _a_confier(v: Lecture, une: Affaire, guichets: Sequence[str]) -> Tableau | None:
    return Tableau.dresser(
        "demandes",
        "",
        a_confier(v, une.departement, guichets),
        ("Commune demandée", lambda un: nom_commune(un[0]) or "Commune non dite"),
        (Colonne("Demandes actives", "nombre"), lambda un: un[1]),
    ).ou_rien


def _termes(v: Lecture, registre_: Affaires, departement: str) -> _Termes:
    return _Termes(_par_terme(v, departement, registre_.aujourdhui))


def _ecarts(v: Lecture, registre_: Affaires, departement: str) -> _Ecarts:
    arrete = _dernier_arrete(v, departement)
    return _Ecarts(_des_ecarts(v, departement, registre_.aujourdhui), arrete)


def _comite(v: Lecture, registre_: Affaires, departement: str) -> _Comite:
    """Return what came and went since the last comité, and how many are to be renewed."""
    le, noms = registre_.aujourdhui, noms_des_organismes(v, departement)
    depuis = dt.date.fromisoformat(f"{mois_avant(f'{le:%Y-%m}', MOIS_DU_COMITE)}-01")
    faits = sorted(
        (un.jour, noms.get(une.objet, une.objet), ENTREES_SORTIES[un.nom])
        for une in registre_.lister(departement, procedure=PROCEDURE, finies=True)
        for un in une.situation.tous(*ENTREES_SORTIES)
        if un.jour >= depuis
    )
    lues = par_sort(conventions(v, departement, le), le)
    return _Comite(
        le,
        depuis,
        Tableau.dresser(
            "mouvements",
            "",
            faits,
            (Colonne("Le", "date"), lambda un: un[0]),
            ("Organisme", lambda un: un[1]),
            ("Ce qui s'est passé", lambda un: un[2]),
        ).ou_rien,
        len(lues.get(ECHUE, ())),
        len(lues.get(PROCHE, ())),
    )


REGLES = Conventions(PROCEDURE)
