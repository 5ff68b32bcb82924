"""Qualité de l'enregistrement: by type, what moved, what a semester hid, what persists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from infocentre.catalogue import Indicateur
from infocentre.catalogue.familles import famille, rang
from infocentre.lecture import reperes_recus
from infocentre.lecture.radiations import SansPreavis
from infocentre.lecture.reperes import Place, situer
from infocentre.mesures.partage import MASQUE
from infocentre.mesures.probabilites import chances_d_un_ecart, retenir_ensemble
from infocentre.noyau.etats import DEPASSES, MAUVAIS, Etat
from infocentre.noyau.francais import clef_de_tri, entier, enumerer
from infocentre.noyau.imputables import PERSONNE
from infocentre.noyau.organismes import noms_organismes
from infocentre.noyau.temps import mois_avant, nom_mois, noms_mois
from infocentre.noyau.types_guichet import PLURIELS, TYPES_JUGES
from infocentre.restitutions import entetes
from infocentre.restitutions.bilan import doublons, mesures
from infocentre.restitutions.bilan.contexte import UN_AN, Contexte
from infocentre.restitutions.bilan.mouvements import (
    Mouvement,
    Nouveau,
    comparer,
    progres,
    sans_doublons,
)
from infocentre.restitutions.bilan.provenances import Provenance, provenances
from infocentre.restitutions.bilan.releve import Releve, Valeur
from infocentre.restitutions.bilan.semestre import (
    COMPTE,
    SixMois,
    fini,
    juger,
    preavis,
    six_mois,
)
from infocentre.restitutions.document import Bloc, Cellule, Colonne, Origine, Section, Tableau
from infocentre.restitutions.images import Legende, avant_apres, part_et_compte
from infocentre.restitutions.redaction import Contenu

SEMESTRE = 6
DEUX_FOIS = 2  # once is no habit
DOUBLE = 2
CONCERNES = 12  # indicators of a picture


@dataclass(frozen=True, slots=True)
class Persistance:
    """An organisme that is rouge or à traiter at each of the months looked at."""

    organisme: str
    nom: str
    valeurs: tuple[Valeur, ...]

    @property
    def ici(self) -> Valeur:
        """Return its value of the month."""
        return self.valeurs[0]


@dataclass(frozen=True, slots=True)
class Ecart:
    """An organisme far from the others for what is never judged, and the département's value."""

    nom: str
    ici: Valeur
    ensemble: Valeur


@dataclass(frozen=True)
class Qualite(Contenu):
    """What the chapter tells: names, counts and states; the words are in the template.

    `durables` are the organismes that stay in red from a semester to the next.
    """

    modele = "bilan/qualite.md"

    juges: int
    rouges: tuple[Valeur, ...]
    injugeables: Literal["petits", "tables", "les deux"]
    types: Tableau
    types_autres: Tableau
    reperes: Tableau | None
    compare: bool
    mois: str
    mois_avant: str
    mois_semestre: str
    comparaisons: int
    chiffres: bool
    changees: tuple[Indicateur, ...]
    pires: tuple[Mouvement, ...]
    mieux: tuple[Mouvement, ...]
    image_mouvements: Bloc | None
    table_mouvements: Tableau | None
    image_concernes: Bloc | None
    concernes: Tableau | None
    incidents: tuple[SixMois, ...]
    preavis: SansPreavis | None
    durables: frozenset[str]
    manquants: tuple[str, ...]
    retenues: bool
    table_semestre: Tableau | None
    provenances: tuple[Provenance, ...]
    degradations: tuple[Mouvement, ...]
    table_degradations: Tableau | None
    degrades: int
    nouveaux: tuple[Nouveau, ...]
    progres: tuple[Mouvement, ...]
    table_progres: Tableau | None
    retablis: int
    relus: tuple[str, ...]
    persistants: tuple[tuple[str, tuple[Indicateur, ...]], ...]
    table_persistances: Tableau | None
    ecarts: tuple[Ecart, ...]


def chapitre(ctx: Contexte) -> Section:
    """Return the chapter."""
    faits = comparer(ctx)
    pires, mieux = _trier([un for un in faits.de("type", "organisme") if un.marquant])
    degradations, gains = sans_doublons(pires), progres(ctx, sans_doublons(mieux))
    degrades, retablis = _trier([un for un in faits.de("organisme") if not un.marquant])
    siens, tenues, moves = six_mois(ctx), persistances(ctx), faits.de("departement")
    table_mouvements = _table_mouvements(ctx, "qualite-mouvements", moves)
    concernes = _table_concernes(ctx)
    redigee = Qualite(
        juges=len(juges(juger(ctx))),
        rouges=tuple(mauvais(ctx)),
        injugeables=_injugeables(ctx),
        types=_table_types(ctx, "qualite-types", suivis=True),
        types_autres=_table_types(ctx, "qualite-types-autres", suivis=False),
        reperes=_table_reperes(ctx),
        compare=ctx.compare,
        mois=ctx.mois,
        mois_avant=ctx.mois_avant,
        mois_semestre=mois_avant(ctx.mois, SEMESTRE),
        comparaisons=faits.nombre,
        chiffres=ctx.organismes is None,
        changees=faits.changees,
        pires=tuple(faits.pires("departement")),
        mieux=tuple(faits.mieux("departement")),
        image_mouvements=_image_mouvements(ctx, moves, table_mouvements),
        table_mouvements=table_mouvements,
        image_concernes=_image_concernes(concernes),
        concernes=concernes,
        incidents=tuple(un for un in siens if un.touches),
        preavis=preavis(ctx),
        durables=frozenset(une.organisme for une in tenues),
        manquants=siens[0].manquants if siens else (),
        retenues=ctx.partage and not fini(ctx.mois),
        table_semestre=_table_semestre(ctx, siens),
        provenances=provenances(ctx, faits.pires("departement")),
        degradations=tuple(degradations),
        table_degradations=_table_mouvements(ctx, "qualite-degradations", degradations),
        degrades=len(degrades),
        nouveaux=faits.nouveaux,
        progres=tuple(gains),
        table_progres=_table_mouvements(ctx, "qualite-progres", gains),
        retablis=len(retablis),
        relus=tuple(_mois_relus(ctx)),
        persistants=par_organisme(tenues),
        table_persistances=_table_persistances(ctx, tenues),
        ecarts=tuple(ecarts(ctx)),
    ).section()
    suite = (*doublons.sections(ctx), *mesures.sections(ctx))
    return replace(redigee, sections=(*redigee.sections, *suite))


def juges(releve: Releve) -> list[Valeur]:
    """Return the values of the département that are judged."""
    return [une for une in releve.valeurs.values() if une.niveau == "departement" and une.jugee]


def mauvais(ctx: Contexte) -> list[Valeur]:
    """Return the values of the département that are rouge or à traiter, in a month of it or all."""
    return sorted(
        (une for une in juges(juger(ctx)) if une.etat in MAUVAIS), key=lambda une: une.un.ordre
    )


def _injugeables(ctx: Contexte) -> Literal["petits", "tables", "les deux"]:
    """Say why no indicator of the département is judged."""
    etats = {une.etat for une in ctx.relever().valeurs.values() if une.niveau == "departement"}
    if Etat.NON_CALCULABLE not in etats:
        return "petits"
    return "tables" if etats == {Etat.NON_CALCULABLE} else "les deux"


def _trier(faits: Sequence[Mouvement]) -> tuple[list[Mouvement], list[Mouvement]]:
    return [un for un in faits if un.pire], [un for un in faits if not un.pire]


# --- Heat table -----------------------------------------------------------------------------------


def _table_types(ctx: Contexte, cle: str, *, suivis: bool) -> Tableau:
    releve = juger(ctx)
    types = [un for un in TYPES_JUGES if un in releve.cles("type")]
    corps = [
        (
            Cellule(un.libelle),
            _case(releve(un.code)),
            *(_case(releve(un.code, "type", type_)) for type_ in types),
        )
        for un in ctx.catalogue.indicateurs.values()
        if un.imputable == "guichet" and un.suivi == suivis and releve(un.code) is not None
    ]
    colonnes = (
        *entetes.colonnes("qualite-types", "indicateur", "ensemble"),
        *(Colonne(PLURIELS[un], "taux", nom=un) for un in types),
    )
    return Tableau(cle, cle, colonnes, tuple(corps), source=ctx.source("indicateurs"))


def _table_reperes(ctx: Contexte) -> Tableau | None:
    """Return the decile of each type among those of other départements, as far as it is told.

    Only where its rate is: a decile would bound the counts of one that is masked.
    """
    e, releve = ctx.edition, ctx.relever()
    if ctx.organismes is not None:  # a partner's own: nothing of types
        return None
    lus = reperes_recus.lus(e.v.dossier.racine, ctx.mois, e.departement)

    def taux(code: str, type_: str) -> float | None:
        valeur = releve(code, "type", type_)
        return valeur.taux if valeur else None

    places = {
        (une.indicateur, une.type_guichet): une
        for une in situer(ctx.catalogue, taux, lus, ctx.seuil)
        if une.decile is not None
    }
    types = [un for un in TYPES_JUGES if any(un == type_ for _, type_ in places)]
    corps = tuple(
        (Cellule(un.libelle), *(_decile(places.get((un.code, type_))) for type_ in types))
        for un in ctx.catalogue.indicateurs.values()
        if any(code == un.code for code, _ in places)
    )
    colonnes = (
        *entetes.colonnes("qualite-reperes", "indicateur"),
        *(Colonne(PLURIELS[un], nom=un) for un in types),
    )
    source = ctx.source("indicateurs, repères d'autres départements")
    return Tableau("qualite-reperes", "", colonnes, corps, source=source) if corps else None


def _decile(une: Place | None) -> Cellule:
    if une is None or une.decile is None:
        return Cellule("")
    return Cellule(f"{une.rang} ({une.departements} dép.)")


def _case(une: Valeur | None) -> Cellule:
    return Cellule(etat=Etat.SANS_OBJET) if une is None or une.d == 0 else une.cellule()


# --- What moved -----------------------------------------------------------------------------------


def _table_mouvements(ctx: Contexte, cle: str, faits: Sequence[Mouvement]) -> Tableau | None:
    """Return movements with who it is, unless they are all the département's; None for none."""
    if not faits:
        return None
    qui = any(un.nom for un in faits)
    corps = [
        (
            *([Cellule(un.nom)] if qui else []),
            Cellule(un.ici.un.libelle),
            un.avant.cellule(),
            un.ici.cellule(),
            Cellule("dégradation" if un.pire else "amélioration"),
            Cellule(un.nature),
        )
        for un in faits
    ]
    return Tableau(
        cle,
        cle,
        entetes.colonnes(
            "qualite-mouvements",
            *(["qui"] if qui else []),
            *("indicateur", "avant", "ici", "sens", "mouvement"),
            **_mois(ctx),
        ),
        tuple(corps),
        source=ctx.source("indicateurs"),
        entetes=2 if qui else 1,
    )


def _image_mouvements(
    ctx: Contexte, faits: Sequence[Mouvement], table: Tableau | None
) -> Bloc | None:
    """Draw the rates that moved, a year before and now; nothing where none may be told.

    Not of what partners have in common, whose readers may subtract their own counts.
    """
    if table is None or ctx.organismes is not None:
        return None
    lignes = [
        (rang, un.ici.un.libelle, un.avant.taux, un.ici.taux)
        for rang, un in enumerate(faits)
        if not un.masque and un.avant.taux is not None and un.ici.taux is not None
    ]
    noms = (nom_mois(ctx.mois_avant), nom_mois(ctx.mois))
    legende = Legende("image-qualite-mouvements", "Taux d'anomalie, un an avant et maintenant", "")
    return avant_apres(lignes, legende, table, noms) if lignes else None


def _table_concernes(ctx: Contexte) -> Tableau | None:
    """Return how many organismes are over a threshold of each indicator; states tell no count."""
    if ctx.organismes is not None:
        return None
    siens: dict[Indicateur, list[Etat]] = defaultdict(list)
    for une in juger(ctx).valeurs.values():
        if une.niveau == "organisme" and une.jugee:
            siens[une.un].append(Etat(une.etat))
    corps = []
    for un, etats in siens.items():
        dessus, mauvaises = (sum(e in quels for e in etats) for quels in (DEPASSES, MAUVAIS))
        if dessus:
            part = dessus / len(etats)
            corps.append((un.libelle, dessus, mauvaises, len(etats), part))
    corps.sort(key=lambda une: (-une[1], une[0]))
    colonnes = entetes.colonnes(
        "qualite-concernes", "indicateur", "dessus", "mauvais", "juges", "part"
    )
    lignes = tuple(tuple(Cellule(un) for un in une) for une in corps[:CONCERNES])
    source = ctx.source("indicateurs")
    cle = "qualite-concernes"
    return Tableau(cle, cle, colonnes, lignes, source=source).ou_rien


def _image_concernes(table: Tableau | None) -> Bloc | None:
    if table is None:
        return None
    lignes: list[Any] = [
        dict(zip(("libelle", "n", "mauvais", "d", "part"), (c.valeur for c in une), strict=True))
        for une in table.lignes
    ]
    legende = Legende("image-qualite-concernes", "Organismes au-dessus d'un seuil", "")
    return part_et_compte(
        [une | {"code": une["libelle"]} for une in lignes], legende, table, ("part", "n", "d")
    )


def _mois(ctx: Contexte) -> dict[str, str]:
    return {"mois": nom_mois(ctx.mois), "mois_avant": nom_mois(ctx.mois_avant)}


def _table_passages(ctx: Contexte, cle: str, faits: Sequence[Mouvement]) -> Tableau | None:
    """Return, by indicator, the organismes whose state changed, none of them being left out."""
    if not faits:
        return None
    noms: dict[Indicateur, tuple[list[str], list[str]]] = {}
    for un in sorted(faits, key=lambda un: (un.ici.un.ordre, clef_de_tri(un.nom))):
        noms.setdefault(un.ici.un, ([], []))[not un.pire].append(un.nom)
    corps = [
        (Cellule(un.libelle), *(Cellule(enumerer(siens) if siens else "") for siens in deux))
        for un, deux in noms.items()
    ]
    colonnes = entetes.colonnes("organismes-passages", "indicateur", "moins_bon", "meilleur")
    return Tableau(cle, cle, colonnes, tuple(corps), source=ctx.source("indicateurs"))


def _table_semestre(ctx: Contexte, siens: Sequence[SixMois]) -> Tableau | None:
    if not siens:
        return None
    avant = ctx.relever(ctx.mois_avant) if ctx.compare else None
    corps = [
        (
            Cellule(un.un.libelle),
            *((_case(avant(un.un.code)),) if avant else ()),
            un.ici.cellule(),
            _somme(ctx, un),
            _pire(un),
            Cellule(noms_mois(un.touches) or "aucun", etat=un.etat),
        )
        for un in siens
    ]
    colonnes = entetes.colonnes(
        "qualite-semestre",
        "indicateur",
        *(["avant"] if avant else []),
        *("ici", "semestre", "pire", "touches"),
        **_mois(ctx),
    )
    cle, source = "qualite-semestre", ctx.source("indicateurs")
    return Tableau(cle, entetes.titre(cle), colonnes, tuple(corps), source=source)


def _somme(ctx: Contexte, un: SixMois) -> Cellule:
    origine = Origine(un.un.code, ctx.mois, "*", COMPTE)
    if un.stock:
        return Cellule()
    return Cellule(origine=origine, masquee=True) if un.n is None else Cellule(un.n, origine)


def _pire(un: SixMois) -> Cellule:
    if un.pire is None or un.pire_n is None:
        return Cellule(masquee=un.pire == MASQUE)
    quand = "plusieurs" if un.ex_aequo else nom_mois(un.pire)
    sur = f" sur {entier(un.pire_d)}" if un.pire_d and not un.ex_aequo else ""
    return Cellule(f"{quand} ({entier(un.pire_n)}{sur})")


# --- What persists --------------------------------------------------------------------------------


def _retenu(ctx: Contexte, une: Valeur) -> bool:
    return ctx.organismes is None or une.cle in ctx.organismes


def _mois_relus(ctx: Contexte) -> list[str]:
    """Return the month, six months and a year before, those that are published."""
    mois = [ctx.mois, *(mois_avant(ctx.mois, n) for n in (SEMESTRE, UN_AN))]
    return [un for un in mois if un in ctx.edition.mois_connus]


def persistances(ctx: Contexte) -> list[Persistance]:
    """Return who is rouge or à traiter in the month, six months and a year before."""
    connus = _mois_relus(ctx)
    if len(connus) < DEUX_FOIS:
        return []
    releves, noms = [juger(ctx, un) for un in connus], ctx.noms_organismes
    trouvees = []
    for cle, une in releves[0].valeurs.items():
        valeurs = [releve.valeurs.get(cle) for releve in releves]
        tenues = tuple(v for v in valeurs if v is not None and v.etat in MAUVAIS)
        if une.niveau == "organisme" and len(tenues) == len(connus) and _retenu(ctx, une):
            trouvees.append(Persistance(une.cle, noms.get(une.cle, une.cle), tenues))
    return sorted(trouvees, key=lambda p: (clef_de_tri(p.nom), p.organisme, p.ici.un.ordre))


def par_organisme(
    tenues: Sequence[Persistance],
) -> tuple[tuple[str, tuple[Indicateur, ...]], ...]:
    """Return the organismes by name, each with what it is bad at."""
    par_nom: dict[tuple[str, str], list[Indicateur]] = {}
    for une in tenues:
        par_nom.setdefault((une.nom, une.organisme), []).append(une.ici.un)
    return tuple((nom, tuple(siens)) for (nom, _), siens in par_nom.items())


def _table_persistances(ctx: Contexte, tenues: Sequence[Persistance]) -> Tableau | None:
    if not tenues:
        return None
    mois = _mois_relus(ctx)
    corps = [
        (
            Cellule(une.nom),
            Cellule(une.ici.un.libelle),
            *(v.cellule() for v in reversed(une.valeurs)),
        )
        for une in tenues
    ]
    colonnes = (
        *entetes.colonnes("qualite-persistances", "organisme", "indicateur"),
        *(Colonne(nom_mois(un), "taux") for un in reversed(mois)),
    )
    cle = "qualite-persistances"
    source = ctx.source("indicateurs")
    return Tableau(cle, cle, colonnes, tuple(corps), source=source, entetes=2)


# --- What is never judged -------------------------------------------------------------------------


def ecarts(ctx: Contexte) -> list[Ecart]:
    """Return the organismes whose part is above twice the others', for indicators of context.

    None of them stands by chance among all that are looked at (see `retenir_ensemble`).
    """
    releve = ctx.relever()
    noms = noms_organismes(un for un in ctx.guichets if un["type_guichet"] in TYPES_JUGES)
    lues = [
        une
        for une in releve.valeurs.values()
        if une.niveau == "organisme" and une.un.imputable == PERSONNE and une.d and une.cle in noms
    ]
    tous: dict[str, Counter[str]] = defaultdict(Counter)
    for une in lues:
        tous[une.un.code].update(n=une.n or 0, d=une.d or 0)
    restes = [
        (tous[un.un.code]["n"] - (un.n or 0), tous[un.un.code]["d"] - (un.d or 0)) for un in lues
    ]
    chances = chances_d_un_ecart(
        ([n for n, _ in restes], [d for _, d in restes]),
        ([un.n or 0 for un in lues], [un.d or 0 for un in lues]),
    )
    trouves = [
        Ecart(noms[un.cle], un, ensemble)
        for un, (n, d), tient in zip(lues, restes, retenir_ensemble(chances), strict=True)
        if tient
        and _retenu(ctx, un)
        and (un.n or 0) * d > DOUBLE * n * (un.d or 0)
        and (ensemble := releve(un.un.code)) is not None
    ]
    return sorted(trouves, key=lambda un: (un.ici.un.ordre, clef_de_tri(un.nom)))


# --- Annex ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Organismes(Contenu):
    """The tables of the annex by title, and who does too little to be judged."""

    modele = "bilan/organismes.md"

    tables: tuple[tuple[str, Tableau], ...]
    petits: tuple[str, ...]
    table_passages: Tableau | None


def annexe(ctx: Contexte) -> Section:
    """Return the values of each organisme, for the indicators shown first."""
    tables = tuple(
        (titre, _table_organismes(ctx, f"organismes-{numero}", suivis))
        for numero, (titre, suivis) in enumerate(_groupes(ctx).items(), start=1)
    )
    passages = [un for un in comparer(ctx).de("organisme") if not un.marquant]
    table_passages = _table_passages(ctx, "organismes-passages", passages)
    return Organismes(tables, _petits(ctx), table_passages).section()


def _petits(ctx: Contexte) -> tuple[str, ...]:
    """Return the organismes that have units, of which nothing can be said."""
    siennes: dict[str, list[Valeur]] = defaultdict(list)
    for une in ctx.relever().valeurs.values():
        if une.niveau == "organisme" and une.d and _retenu(ctx, une):
            siennes[une.cle].append(une)
    noms = ctx.noms_organismes
    petits = [
        noms[cle]
        for cle, valeurs in siennes.items()
        if cle in noms
        and not any(
            une.jugee and (not une.un.tolerance_zero or une.etat in MAUVAIS) for une in valeurs
        )
        and any(une.etat == Etat.EFFECTIF_INSUFFISANT for une in valeurs)
    ]
    return tuple(sorted(petits, key=clef_de_tri))


def _groupes(ctx: Contexte) -> dict[str, list[Indicateur]]:
    """Return the tables of the annex, by title, and the indicators of each."""
    groupes: dict[str, list[Indicateur]] = {}
    suivis = (un for un in ctx.catalogue.indicateurs.values() if un.suivi)
    for un in sorted(suivis, key=lambda un: rang(un.famille)):
        groupes.setdefault(famille(un.famille).annexe, []).append(un)
    return groupes


def _table_organismes(ctx: Contexte, cle: str, suivis: Sequence[Indicateur]) -> Tableau:
    releve, noms = juger(ctx), ctx.noms_organismes
    cles = [
        un
        for un in releve.cles("organisme")
        if (ctx.organismes is None or un in ctx.organismes)
        and any((v := releve(suivi.code, "organisme", un)) and v.jugee for suivi in suivis)
    ]
    cles.sort(key=lambda un: (clef_de_tri(noms.get(un, un)), un))
    depassent = {
        un
        for un in cles
        if any((v := releve(s.code, "organisme", un)) and v.etat in DEPASSES for s in suivis)
    }
    corps = [
        (
            Cellule(noms.get(un, un)),
            *(_case(releve(suivi.code, "organisme", un)) for suivi in suivis),
        )
        for un in cles
    ]
    return Tableau(
        cle,
        cle,
        (
            *entetes.colonnes("organismes", "organisme"),
            *(Colonne(un.libelle, "taux") for un in suivis),
        ),
        tuple(corps),
        source=ctx.source("indicateurs"),
        repliees=frozenset(rang for rang, un in enumerate(cles) if un not in depassent),
    )
