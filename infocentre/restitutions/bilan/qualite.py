"""Qualité de l'enregistrement: heat table by type, what moved, progress, what persists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infocentre.catalogue import Indicateur
from infocentre.catalogue.familles import famille, rang
from infocentre.lecture.indicateurs import parmi
from infocentre.noyau.etats import MAUVAIS, Etat
from infocentre.noyau.francais import (
    accord,
    clef_de_tri,
    compter,
    denombrer,
    enumerer,
    majuscule,
    minuscule,
    phrase,
    pourcentage,
)
from infocentre.noyau.temps import de_mois, mois_avant, nom_mois
from infocentre.noyau.types_guichet import PLURIELS, TYPES_JUGES
from infocentre.restitutions.bilan.commun import paragraphes
from infocentre.restitutions.bilan.contexte import UN_AN, Contexte
from infocentre.restitutions.bilan.mouvements import Mouvement, comparer
from infocentre.restitutions.bilan.releve import Releve, Valeur
from infocentre.restitutions.document import (
    Bloc,
    Cellule,
    Colonne,
    Paragraphe,
    Section,
    Tableau,
)

SEMESTRE = 6
DEUX_FOIS = 2  # once is no habit
LIGNES = 20


@dataclass(frozen=True, slots=True)
class Persistance:
    """An organisme that is rouge or à traiter at each of the months looked at."""

    organisme: str
    valeurs: tuple[Valeur, ...]

    @property
    def ici(self) -> Valeur:
        """Return its value of the month."""
        return self.valeurs[0]


def chapitre(ctx: Contexte) -> Section:
    """Return the chapter."""
    return Section(
        "La qualité de l'enregistrement",
        tuple(_chapeau(ctx)),
        (
            Section("Par type de guichet", _thermique(ctx)),
            Section("Ce qui a bougé dans le département", _mouvements(ctx)),
            Section("Les progrès", _progres(ctx)),
            Section("Les difficultés persistantes", _persistances(ctx)),
        ),
        page=True,
    )


def juges(releve: Releve) -> list[Valeur]:
    """Return the values of the département that are judged."""
    return [une for une in releve.valeurs.values() if une.niveau == "departement" and une.jugee]


def _chapeau(ctx: Contexte) -> Iterable[Bloc]:
    juges_ = juges(ctx.relever())
    if not juges_:
        return paragraphes(
            f"Aucun indicateur ne peut être jugé pour le département : {_pourquoi(ctx)}.",
            genre="alerte",
        )
    rouges = [une for une in juges_ if une.etat in MAUVAIS]
    suite = (
        f" : {enumerer([minuscule(une.un.libelle) for une in rouges])}"
        if 0 < len(rouges) <= 4  # noqa: PLR2004 - what a sentence holds
        else ""
    )
    texte = phrase(
        f"sur {compter(len(juges_), 'indicateur jugé', 'indicateurs jugés')} pour le département, "
        f"{_sont(len(rouges))} en rouge ou à traiter{suite}"
    )
    return (
        Paragraphe(texte, "chapeau"),
        Paragraphe(
            "Un indicateur est un taux d'anomalie : le nombre d'anomalies rapporté à l'effectif "
            "concerné, sur 12 mois, ou à l'arrêté pour les demandes actives et les accès. Sous "
            "chaque taux, son effectif. Un taux est en rouge quand autant d'anomalies auraient "
            "moins d'une chance sur cent au seuil ; les définitions sont en annexe."
        ),
    )


def _pourquoi(ctx: Contexte) -> str:
    """Say why no indicator of the département is judged."""
    etats = {une.etat for une in ctx.relever().valeurs.values() if une.niveau == "departement"}
    if Etat.NON_CALCULABLE not in etats:
        return "les effectifs sont trop petits"
    if etats == {Etat.NON_CALCULABLE}:
        return "les tables nécessaires n'ont pas été livrées"
    return "les effectifs sont trop petits, ou les tables nécessaires n'ont pas été livrées"


def _sont(nombre: int) -> str:
    return "aucun n'est" if not nombre else f"{nombre} {accord(nombre, 'est', 'sont')}"


# --- Heat table -----------------------------------------------------------------------------------


def _thermique(ctx: Contexte) -> tuple[Bloc, ...]:
    releve = ctx.relever()
    types = [un for un in TYPES_JUGES if un in releve.cles("type")]
    regles = [un for un in ctx.catalogue.indicateurs.values() if un.imputable == "guichet"]
    suivis = [un for un in regles if un.suivi]
    autres = [un for un in regles if not un.suivi]
    return (
        _table_types(
            ctx,
            releve,
            types,
            suivis,
            ("qualite-types", "Les indicateurs suivis d'abord, par type de guichet"),
        ),
        _table_types(
            ctx,
            releve,
            types,
            autres,
            ("qualite-types-autres", "Les autres indicateurs, par type de guichet"),
        ),
    )


def _table_types(
    ctx: Contexte,
    releve: Releve,
    types: Sequence[str],
    regles: Sequence[Indicateur],
    nom: tuple[str, str],
) -> Tableau:
    corps = [
        (
            Cellule(un.libelle),
            _case(releve(un.code)),
            *(_case(releve(un.code, "type", type_)) for type_ in types),
        )
        for un in regles
        if releve(un.code) is not None
    ]
    return Tableau(
        nom[0],
        nom[1],
        (
            Colonne("Taux d'anomalie"),
            Colonne("Ensemble", "taux"),
            *(Colonne(PLURIELS[un], "taux") for un in types),
        ),
        tuple(corps),
        "« Ensemble » comprend le portail et les guichets sans type. s.o. : aucune unité "
        "concernée ; n.c. : non calculable.",
        ctx.source("indicateurs"),
    )


def _case(une: Valeur | None) -> Cellule:
    return Cellule(etat=Etat.SANS_OBJET) if une is None or une.d == 0 else une.cellule()


# --- What moved -----------------------------------------------------------------------------------


def _mouvements(ctx: Contexte) -> tuple[Bloc, ...]:
    if not ctx.compare:
        return _sans_comparaison(ctx)
    faites = comparer(ctx)
    trouves = faites.de("departement")
    if not trouves:
        return paragraphes(
            f"Aucun mouvement d'un indicateur du département ne tient depuis "
            f"{nom_mois(ctx.mois_avant)}, {parmi(faites.nombre)}."
        )
    return (
        *paragraphes(_dire_mouvements(trouves)),
        _table_mouvements(
            ctx,
            trouves,
            ("qualite-mouvements", "Indicateurs du département qui ont bougé en un an"),
            {},
        ),
    )


def _sans_comparaison(ctx: Contexte) -> tuple[Bloc, ...]:
    return paragraphes(
        f"Le mois {de_mois(ctx.mois_avant)} n'est pas publié : il n'y a pas encore de "
        "comparaison possible sur un an."
    )


def _dire_mouvements(trouves: Sequence[Mouvement]) -> str:
    mieux = [_dire(un) for un in trouves if un.ecart < 0]
    moins_bien = [_dire(un) for un in trouves if un.ecart > 0]
    return " ".join(
        phrase(f"{verbe} : {enumerer(dits[:4])}")
        for verbe, dits in (("En amélioration", mieux), ("En dégradation", moins_bien))
        if dits
    )


def _dire(un: Mouvement) -> str:
    return (
        f"{minuscule(un.ici.un.libelle)} (de {pourcentage(un.avant.taux or 0)} "
        f"à {pourcentage(un.ici.taux or 0)})"
    )


def _table_mouvements(
    ctx: Contexte,
    trouves: Sequence[Mouvement],
    nom: tuple[str, str],
    noms: dict[str, str],
) -> Tableau:
    """Return the movements, with the organisme's name when `noms` is given."""
    corps = [
        (
            *([Cellule(noms.get(un.ici.cle, un.ici.cle))] if noms else []),
            Cellule(un.ici.un.libelle),
            un.avant.cellule(),
            un.ici.cellule(),
            Cellule("amélioration" if un.ecart < 0 else "dégradation"),
        )
        for un in trouves
    ]
    return Tableau(
        nom[0],
        nom[1],
        (
            *([Colonne("Organisme")] if noms else []),
            Colonne("Indicateur"),
            Colonne(f"{nom_mois(ctx.mois_avant)}", "taux"),
            Colonne(f"{nom_mois(ctx.mois)}", "taux"),
            Colonne("Sens"),
        ),
        tuple(corps),
        majuscule(
            f"{parmi(comparer(ctx).nombre)} : s'il n'y avait aucun mouvement nulle part, il y "
            "aurait moins de cinq chances sur cent d'en voir un."
        ),
        ctx.source("indicateurs"),
        entetes=2 if noms else 1,
    )


# --- Progress and what persists -------------------------------------------------------------------


def progres(ctx: Contexte) -> list[Mouvement]:
    """Return the organismes whose anomalies fell, the surest first."""
    return [un for un in comparer(ctx).de("organisme") if un.ecart < 0]


def _retenu(ctx: Contexte, une: Valeur) -> bool:
    return ctx.organismes is None or une.cle in ctx.organismes


def _progres(ctx: Contexte) -> tuple[Bloc, ...]:
    if not ctx.compare:
        return _sans_comparaison(ctx)
    trouves = progres(ctx)
    if not trouves:
        return paragraphes(
            "Aucun progrès d'un organisme ne tient, pour un indicateur dont les effectifs peuvent "
            f"être diffusés, {parmi(comparer(ctx).nombre)}."
        )
    montres = trouves[:LIGNES]
    concernes = len({un.ici.cle for un in trouves})
    dite = phrase(
        f"{denombrer(concernes, 'organisme a', 'organismes ont')} progressé sur au moins un "
        "indicateur"
    )
    titre = "Organismes qui ont progressé en un an"
    if len(trouves) > LIGNES:
        titre += f" ({LIGNES} premiers mouvements sur {len(trouves)})"
    table = _table_mouvements(ctx, montres, ("qualite-progres", titre), ctx.noms_organismes)
    return (*paragraphes(dite), table)


def _mois_relus(ctx: Contexte) -> list[str]:
    """Return the month, six months and a year before, those that are published."""
    mois = [ctx.mois, *(mois_avant(ctx.mois, n) for n in (SEMESTRE, UN_AN))]
    return [un for un in mois if un in ctx.edition.mois_connus]


def persistances(ctx: Contexte) -> list[Persistance]:
    """Return who is rouge or à traiter in the month, six months and a year before."""
    connus = _mois_relus(ctx)
    if len(connus) < DEUX_FOIS:
        return []
    releves = [ctx.relever(un) for un in connus]
    trouvees = []
    for cle, une in releves[0].valeurs.items():
        valeurs = [releve.valeurs.get(cle) for releve in releves]
        tenues = tuple(v for v in valeurs if v is not None and v.etat in MAUVAIS)
        if une.niveau == "organisme" and len(tenues) == len(connus) and _retenu(ctx, une):
            trouvees.append(Persistance(une.cle, tenues))
    return sorted(trouvees, key=lambda p: (p.ici.un.ordre, -(p.ici.taux or 0), p.organisme))


def _persistances(ctx: Contexte) -> tuple[Bloc, ...]:
    if len(_mois_relus(ctx)) < DEUX_FOIS:
        return paragraphes(
            f"Ni {nom_mois(mois_avant(ctx.mois, SEMESTRE))} ni {nom_mois(ctx.mois_avant)} ne sont "
            "publiés : on ne peut pas encore dire qui reste en difficulté d'un semestre à l'autre."
        )
    trouvees = persistances(ctx)
    if not trouvees:
        return paragraphes(
            "Aucun organisme n'est resté en rouge ou à traiter sur le même indicateur d'un "
            "semestre à l'autre."
        )
    noms = ctx.noms_organismes
    montrees = trouvees[: 2 * LIGNES]
    mois = [une.mois for une in trouvees[0].valeurs]
    corps = [
        (
            Cellule(noms.get(une.organisme, une.organisme)),
            Cellule(une.ici.un.libelle),
            *(v.cellule() for v in reversed(une.valeurs)),
        )
        for une in montrees
    ]
    concernes = len({une.organisme for une in trouvees})
    titre = "Organismes en rouge ou à traiter d'un semestre à l'autre"
    if len(trouvees) > len(montrees):
        titre += f" ({len(montrees)} situations sur {len(trouvees)})"
    table = Tableau(
        "qualite-persistances",
        titre,
        (
            Colonne("Organisme"),
            Colonne("Indicateur"),
            *(Colonne(nom_mois(un), "taux") for un in reversed(mois)),
        ),
        tuple(corps),
        "Chaque colonne porte sur les 12 mois qui finissent avec ce mois, ou sur l'arrêté pour les "
        "demandes actives, les accès et la tolérance zéro.",
        ctx.source("indicateurs"),
        entetes=2,
    )
    dite = phrase(
        f"{denombrer(concernes, 'organisme reste', 'organismes restent')} en rouge ou à traiter "
        "sur au moins un indicateur"
    )
    return (*paragraphes(dite), table)


# --- Annex ----------------------------------------------------------------------------------------


def annexe(ctx: Contexte) -> Section:
    """Return the values of each organisme, for the indicators shown first."""
    tables = [
        _table_organismes(ctx, numero, titre, suivis)
        for numero, (titre, suivis) in enumerate(_groupes(ctx).items(), start=1)
    ]
    return Section(
        "Les indicateurs par organisme",
        (
            *paragraphes(
                "Les organismes qui ont au moins un indicateur jugé parmi ceux du tableau, et les "
                "indicateurs suivis d'abord. À côté de chaque taux, son effectif."
            ),
            *tables,
        ),
        page=True,
        annexe=True,
    )


def _groupes(ctx: Contexte) -> dict[str, list[Indicateur]]:
    """Return the tables of the annex, by title, and the indicators of each."""
    groupes: dict[str, list[Indicateur]] = {}
    suivis = (un for un in ctx.catalogue.indicateurs.values() if un.suivi)
    for un in sorted(suivis, key=lambda un: rang(un.famille)):
        groupes.setdefault(famille(un.famille).annexe, []).append(un)
    return groupes


def _table_organismes(
    ctx: Contexte, rang: int, titre: str, suivis: Sequence[Indicateur]
) -> Tableau:
    releve, noms = ctx.relever(), ctx.noms_organismes
    cles = [
        cle
        for cle in releve.cles("organisme")
        if (ctx.organismes is None or cle in ctx.organismes)
        and any((v := releve(un.code, "organisme", cle)) and v.jugee for un in suivis)
    ]
    cles.sort(key=lambda cle: (clef_de_tri(noms.get(cle, cle)), cle))
    corps = [
        (Cellule(noms.get(cle, cle)), *(_case(releve(un.code, "organisme", cle)) for un in suivis))
        for cle in cles
    ]
    return Tableau(
        f"organismes-{rang}",
        f"{titre} : taux d'anomalie par organisme",
        (Colonne("Organisme"), *(Colonne(un.libelle, "taux") for un in suivis)),
        tuple(corps),
        source=ctx.source("indicateurs --par organisme"),
    )
