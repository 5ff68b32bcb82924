"""The fiche of a guichet or organisme, on one or two pages, for itself: its own counts are whole.

What it is compared with are the other organismes of its type, when they are enough and their
counts large enough for none to be known by it.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from infocentre.acces.politique import LECTEURS
from infocentre.catalogue import Indicateur
from infocentre.lecture.commun import par_version, registre
from infocentre.lecture.demarches import Demarche, demarches, reconnues
from infocentre.lecture.fiche import (
    Fiche,
    Niveau,
    Priorite,
    etats_des_guichets,
    lire_fiche,
    priorites,
    rang_lisible,
)
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import nom_commune
from infocentre.lecture.indicateurs import mesure
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lignes import Inscription
from infocentre.lecture.semestres import semestre_des_indicateurs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import DEPASSES, MAUVAIS, Etat
from infocentre.noyau.francais import clef_de_tri
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import fin_de_mois, mois_avant, nom_mois
from infocentre.noyau.types_guichet import SINGULIERS
from infocentre.restitutions import entetes
from infocentre.restitutions.document import (
    Cellule,
    Colonne,
    Document,
    Origine,
    Section,
    Tableau,
)
from infocentre.restitutions.lecture import Edition
from infocentre.restitutions.recit import raconter
from infocentre.restitutions.redaction import Contenu
from infocentre.restitutions.service import lire_service

UN_AN = 12
SANS_HISTOIRE = 3  # rows that paper gathers in a sentence, at least
LIGNES, GUICHETS = 24, 8
SUIVIS: dict[Niveau, int] = {"guichet": 8, "organisme": 4}
A_REPRENDRE = 5
PROCHES = 5
DE = {"guichet": "du guichet", "organisme": "de l'organisme"}
MODES = {"DIRECT": "saisie directe", "PRIVATIF": "logiciel privatif"}
JUGES = (*DEPASSES, Etat.VERT, Etat.EFFECTIF_INSUFFISANT)


@dataclass(frozen=True, slots=True)
class Constat:
    """Past facts of an indicator: how many."""

    libelle: str
    cas: int


@dataclass(frozen=True, slots=True)
class SansTolerance:
    """An indicator where no anomaly is tolerated, over the semester: the months that had some.

    `n` adds them up, None for what is counted at the arrêté, whose worst month is `pire`, unless
    another is its equal (`ex_aequo`).
    """

    libelle: str
    n: int | None
    touches: Sequence[str]
    lus: int
    pire: str | None
    pire_n: int | None
    ex_aequo: bool


@dataclass(frozen=True)
class FicheImprimee(Contenu):
    """What a guichet or organisme is told of itself; tables None when there is nothing in them.

    `autres_guichets` and `autres_indicateurs` are what two tables leave out; `cas`: past facts in
    all; `demarches`: what was asked of the organisme, `contact` who to answer.
    """

    modele = "fiche/fiche.md"

    ferme: dt.date | None
    recit: str
    mois: str
    priorites: Sequence[Priorite]
    indicateurs: Tableau | None
    semestre: Sequence[SansTolerance]
    guichets: Tableau | None
    autres_guichets: int
    a_corriger: Tableau | None
    autres_indicateurs: int
    constats: Sequence[Constat]
    cas: int
    demarches: Sequence[Demarche]
    contact: str


def construire(edition: Edition, nom: str) -> Document:
    """Return the fiche of a guichet or organisme, by code, SIREN or name; raise Refus."""
    niveau, cle = trouver(edition, nom)
    fiche = lire(edition, niveau, cle)
    return Document(
        "courriers",
        fiche.nom,
        edition.territoire,
        f"Fiche {DE[niveau]}, {edition.periode}",
        edition.arrete,
        edition.version,
        sections(edition, fiche, GUICHETS),
        mentions=_mentions(fiche),
        lecteur=LECTEURS["fiche"],
    )


def lire(edition: Edition, niveau: Niveau, cle: str) -> Fiche:
    """Return what is known of a guichet or organisme."""
    return lire_fiche(edition.v, edition.filtres, niveau, cle)


def trouver(edition: Edition, nom: str) -> tuple[Niveau, str]:
    """Return what a code, a SIREN or a name designates; raise Refus with the nearest names."""
    lignes = registre(edition.v, edition.departement, edition.mois)
    noms: dict[str, tuple[Niveau, str]] = {}
    for cle, commun in noms_organismes(lignes).items():
        noms[commun.casefold()] = noms[cle.casefold()] = ("organisme", cle)
    for une in lignes:
        noms[(une["nom"] or une["guichet"]).casefold()] = ("guichet", une["guichet"])
        noms[une["guichet"].casefold()] = ("guichet", une["guichet"])
    voulu = nom.strip().casefold()
    if voulu in noms:
        return noms[voulu]
    if _a_des_valeurs(edition, nom):
        return "guichet", nom
    proches = [un for un in noms if voulu and voulu in un] or difflib.get_close_matches(
        voulu, noms, PROCHES, 0.4
    )
    raise Refus(
        f"« {nom} » n'est ni un guichet ni un organisme", que_faire=_proposer(lignes, noms, proches)
    )


def _a_des_valeurs(edition: Edition, guichet: str) -> bool:
    """Tell whether a guichet that the register does not know answers for something."""
    sql = "SELECT 1 FROM valeurs WHERE departement = $d AND niveau = 'guichet' AND guichet = $g"
    return bool(edition.v.lignes(f"{sql} LIMIT 1", {"d": edition.departement, "g": guichet}))


def _proposer(
    lignes: Iterable[Inscription], noms: Mapping[str, tuple[Niveau, str]], proches: Iterable[str]
) -> str:
    ecrits = {une["guichet"]: f"{une['nom']} ({une['guichet']})" for une in lignes}
    communs = noms_organismes(list(lignes))
    dits = [communs.get(noms[un][1]) or ecrits.get(noms[un][1], noms[un][1]) for un in proches]
    retenus = list(dict.fromkeys(dits))[:PROCHES]
    return f"Choisir parmi : {', '.join(retenus)}." if retenus else "Donner son code ou son nom."


def sections(edition: Edition, fiche: Fiche, guichets: int | None = None) -> tuple[Section, ...]:
    """Return what the fiche says, as sections that a bilan may hold too.

    `guichets`: how many of an organisme are listed at most, the worst first; all by default.
    """
    dites = _demarches(edition, fiche)
    fiche = replace(fiche, justes=frozenset(famille for _, famille in reconnues(tuple(dites))))
    a_corriger, autres_indicateurs = _ouvertes(fiche)
    tableau, autres_guichets = _guichets(edition, fiche, guichets)
    constats = [
        Constat(fiche.catalogue.indicateurs[une["code"]].libelle, une["cas"])
        for une in sorted(fiche.constats, key=lambda une: -une["cas"])
        if une["cas"]
    ]
    return FicheImprimee(
        ferme=fiche.ferme,
        recit=" ".join(raconter(fiche)),
        mois=fiche.filtres.mois,
        priorites=priorites(fiche)[:A_REPRENDRE],
        indicateurs=_indicateurs(edition, fiche),
        semestre=_semestre(edition, fiche),
        guichets=tableau,
        autres_guichets=autres_guichets,
        a_corriger=a_corriger,
        autres_indicateurs=autres_indicateurs,
        constats=constats,
        cas=sum(un.cas for un in constats),
        demarches=dites,
        contact=_contact(edition),
    ).rediger()


def _demarches(edition: Edition, fiche: Fiche) -> list[Demarche]:
    """Return what the organisme was asked, and is still or was until a year ago."""
    cle = fiche.cle if fiche.niveau == "organisme" else (fiche.organisme or ("", ""))[0]
    limite = fin_de_mois(mois_avant(edition.mois, UN_AN))
    toutes = demarches(edition.v, edition.departement, edition.mois, edition.connue_le)
    return [
        une
        for une in toutes
        if une.organisme == cle and (not une.finie or max(une.actes.values()) > limite)
    ]


def _contact(edition: Edition) -> str:
    service = lire_service(edition.v.dossier.racine)
    return service.contact or service.nom


def _mentions(fiche: Fiche) -> dict[str, str]:
    une = fiche.guichets[0] if fiche.guichets else None
    dites = {
        "Code" if fiche.niveau == "guichet" else "SIREN": fiche.cle,
        "Type": SINGULIERS.get(fiche.type_guichet, ""),
    }
    if fiche.niveau == "guichet" and une:
        dites |= {
            "Organisme": fiche.organisme[1] if fiche.organisme else "",
            "Commune": nom_commune(une["commune"]),
            "Enregistrement": MODES.get(une["mode_enregistrement"] or "", ""),
            "Convention": f"{une['date_convention']:%d/%m/%Y}" if une["date_convention"] else "",
        }
    if fiche.ferme:
        dites["Fermé depuis le"] = f"{fiche.ferme:%d/%m/%Y}"
    return {nom: valeur for nom, valeur in dites.items() if valeur and valeur != fiche.nom}


def _indicateurs(edition: Edition, fiche: Fiche) -> Tableau | None:
    montres = [un for un in fiche.indicateurs if _montrable(fiche, un)][:LIGNES]
    if not montres:
        return None
    avant = mois_avant(edition.mois, UN_AN)
    colonnes = entetes.colonnes(
        "fiche-indicateurs",
        "indicateur",
        "anomalies",
        "effectif",
        "taux",
        "avant",
        "autres",
        "rang",
        mois_avant=nom_mois(avant).capitalize(),
    )
    classes = classes_du_type(edition.v, edition.filtres, fiche.niveau, fiche.type_guichet)
    lignes = tuple(_ligne(fiche, un, avant, classes) for un in montres)
    sans = frozenset(rang for rang, un in enumerate(montres) if _sans_histoire(fiche, un, avant))
    repliees = sans if SANS_HISTOIRE <= len(sans) < len(montres) else frozenset[int]()
    return Tableau(f"indicateurs-{fiche.cle}", "", colonnes, lignes, repliees=repliees)


def _sans_histoire(fiche: Fiche, un: Indicateur, avant: str) -> bool:
    """Tell whether an indicator has no anomaly, and was well kept before: its name is enough."""
    ici, ancienne = (
        mesure(fiche.histoire[un.code][fiche.filtres.mois]),
        fiche.valeur(un.code, avant),
    )
    return not ici.numerateur and (ancienne is None or ancienne["etat"] not in DEPASSES)


def _semestre(edition: Edition, fiche: Fiche) -> list[SansTolerance]:
    """Return what the last month alone does not tell, as each month published it."""
    regles = fiche.catalogue.indicateurs
    lus = semestre_des_indicateurs(edition.v, fiche.filtres.departement, fiche.filtres.mois)
    siens = [
        un
        for un in lus
        if (un.niveau, un.cle) == (fiche.niveau, fiche.cle)
        and un.tolerance_zero
        and un.code in regles
    ]
    dits = [
        SansTolerance(
            regles[un.code].libelle,
            un.n,
            [autre.mois for autre in un.mois if autre.etat in MAUVAIS],
            len(un.mois),
            un.pire_mois,
            un.pire_n,
            un.ex_aequo,
        )
        for un in siens
    ]
    return [un for un in dits if un.touches]


def _montrable(fiche: Fiche, un: Indicateur) -> bool:
    ligne = fiche.valeur(un.code)
    if un.imputable != "guichet" or not ligne or ligne["etat"] not in JUGES:
        return False
    return un.suivi or ligne["etat"] in DEPASSES


def _ligne(
    fiche: Fiche, un: Indicateur, avant: str, classes: Mapping[str, int]
) -> tuple[Cellule, ...]:
    ligne = fiche.histoire[un.code][fiche.filtres.mois]
    ici, ancienne = mesure(ligne), fiche.valeur(un.code, avant)
    autres = fiche.semblables.get(un.code)
    suffixe = "_12m" if ici.sur_12_mois else ""

    def de(colonne: str, mois: str = fiche.filtres.mois) -> Origine:
        return Origine(un.code, mois, fiche.cle, colonne)

    passee = mesure(ancienne) if ancienne and mesure(ancienne).taux is not None else None
    return (
        Cellule(un.libelle),
        Cellule(ici.numerateur, de(f"numerateur{suffixe}")),
        Cellule(ici.denominateur, de(f"denominateur{suffixe}")),
        Cellule(ici.taux, de(f"taux{suffixe}"), etat=ligne["etat"]),
        Cellule(
            passee.taux,
            de(f"taux{suffixe}", avant),
            etat=ancienne["etat"] if ancienne else None,
            sur=passee.denominateur,
        )
        if passee
        else Cellule(),
        Cellule(autres.taux, sur=autres.d) if autres else Cellule(),
        Cellule(ligne["rang"], de("rang"), sur=classes.get(un.code))
        if rang_lisible(fiche, un.code)
        else Cellule(),
    )


@par_version
def classes_du_type(
    v: Lecture, filtres: Filtres, niveau: Niveau, type_guichet: str
) -> Mapping[str, int]:
    """Return among how many of its type a guichet or organisme is ranked, by indicator."""
    lignes = v.tuples(
        "SELECT code, count(rang) FROM valeurs WHERE departement = $departement "
        "AND mois = $mois AND niveau = $niveau AND type_guichet = $type GROUP BY code",
        {
            "departement": filtres.departement,
            "mois": filtres.mois,
            "niveau": niveau,
            "type": type_guichet,
        },
    )
    return dict(lignes)


def _guichets(edition: Edition, fiche: Fiche, maximum: int | None) -> tuple[Tableau | None, int]:
    """Return how many indicators each guichet of an organisme has by state, and who is left out."""
    if fiche.niveau == "guichet" or len(fiche.guichets) < 2:  # noqa: PLR2004
        return None, 0
    etats = etats_des_guichets(edition.v, fiche)

    def pire(une: Inscription) -> tuple[int, ...]:
        return tuple(-etats.get(une["guichet"], {}).get(etat, 0) for etat in JUGES)

    tous = sorted(fiche.guichets, key=lambda une: (pire(une), clef_de_tri(une["nom"])))
    corps = [
        (
            Cellule(une["nom"] or une["guichet"]),
            Cellule(une["guichet"]),
            *(Cellule(etats.get(une["guichet"], {}).get(etat, 0)) for etat in JUGES),
        )
        for une in tous[:maximum]
    ]
    colonnes = (
        *entetes.colonnes("fiche-guichets", "guichet", "code"),
        *(Colonne(un.mot.capitalize(), "nombre") for un in JUGES),
    )
    tableau = Tableau(f"guichets-{fiche.cle}", "", colonnes, tuple(corps))
    return tableau, len(tous) - len(corps)


def _ouvertes(fiche: Fiche) -> tuple[Tableau | None, int]:
    """Return what can be corrected, by indicator, those with most cases; how many it leaves out."""
    comptees = fiche.ouvertes
    gardes = {
        une["code"] for une in sorted(comptees, key=lambda une: -une["cas"])[: SUIVIS[fiche.niveau]]
    }
    corps = [
        (
            Cellule(fiche.catalogue.indicateurs[une["code"]].libelle),
            Cellule(une["cas"]),
            Cellule(une["nouvelles"]),
            Cellule(une["closes"] - une["sorties"]),
            Cellule(nom_mois(une["depuis"]) if une["depuis"] else ""),
        )
        for une in comptees
        if une["code"] in gardes
    ]
    if not corps:
        return None, 0
    colonnes = entetes.colonnes(
        "fiche-ouvertes", "indicateur", "cas", "nouvelles", "corrigees", "depuis"
    )
    tableau = Tableau(f"ouvertes-{fiche.cle}", "", colonnes, tuple(corps))
    return tableau, len(comptees) - len(corps)
