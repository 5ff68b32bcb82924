"""Région: départements side by side, what they have together, the EPCI that lie in several."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import dash
from dash import html

from dashboards.composants.balises import Balise, Noeud, balise
from dashboards.composants.carte import carte_des_epcis
from dashboards.composants.direct import lien_direct
from dashboards.composants.direct import part as dire_part
from dashboards.composants.elements import (
    Filtre,
    ariane,
    choix,
    exports,
    lien,
    taux,
    titre,
    types_a_choisir,
    typographie,
    vide,
)
from dashboards.composants.graphique import graphique
from dashboards.composants.indicateur import dire_limites, entonnoir_de
from dashboards.composants.listes import Cellule, liste, region
from dashboards.composants.multiples import nom_des_pairs
from dashboards.composants.natifs import Bloc
from dashboards.courant import acces
from dashboards.exports import export
from dashboards.page import Contexte, Vue, page
from dashboards.preparations import Suivis, avancer, forme_a_preparer, suivi, zone
from infocentre.acces import politique
from infocentre.acces.modele import Action
from infocentre.contrat.territoires import nom_departement
from infocentre.exports import Donnees
from infocentre.graphiques.entonnoir import Bulle
from infocentre.lecture.commun import catalogue
from infocentre.lecture.ensembles import DEUX_FOIS
from infocentre.lecture.livraisons import provenance
from infocentre.lecture.partage import seuil_secret
from infocentre.lecture.region import (
    ENSEMBLE,
    GRANDEURS,
    Chiffre,
    EpciPartage,
    Region,
    lire_region,
    mois_de,
)
from infocentre.lecture.region import choix as choix_de_regions
from infocentre.lecture.sommes import (
    EMPORTEES,
    Comparee,
    Part,
    a_emporter,
    calculable,
    du_type,
    rapport,
)
from infocentre.lecture.tableaux import dire_secret
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.etats import Etat
from infocentre.noyau.francais import entier, enumerer, majuscule, nombre
from infocentre.noyau.temps import nom_mois
from infocentre.noyau.types_guichet import TypeGuichet
from infocentre.restitutions.prepares import moment
from infocentre.restitutions.registre import DOCUMENTS

SEUL = "Il faut voir deux départements pour voir une région"
UN_SEUL = "Un seul se lit sur les autres pages."
LECTURE = (
    "Chaque taux, et sa couleur, est celui dont dépend l'état du département : du mois, ou des 12 "
    "mois qui y finissent. L'ensemble rapporte la somme des anomalies à celle des effectifs ; il "
    f"n'a pas d'état. {DEUX_FOIS}"
)


@page
def layout(c: Contexte) -> Vue:
    """Return a region, or all départements; to who sees one alone, that there is none."""
    vues = choix_de_regions(c.v)
    if not vues:
        tableaux = lien("Demande et attributions", c.filtres.lien("/tableaux"))
        ou = ["Un seul se lit dans ", tableaux, "."]
        return Vue(vide(SEUL, ou), tete=_tete(c, "Région", None))
    code = _voulue(c)
    lue = lire_region(c.v, code, c.adresse.get("arrete") or None)
    mois = [(un, nom_mois(un)) for un in reversed(mois_de(c.v, code))]
    return Vue(
        html.Div(
            [
                _a_savoir(lue),
                html.H2("Demandes et attributions", className="fr-h5"),
                _grandeurs(lue),
                html.H2("Indicateurs", className="fr-h5"),
                _indicateurs(lue),
                html.P(typographie(_lecture(c, lue)), className="fr-text--sm"),
                _entonnoir(c, lue),
                *_epcis(lue),
                *_carte(lue),
                _telecharger(c, lue, code),
            ]
        ),
        tete=_tete(c, lue.reunion.ensemble.nom, majuscule(nom_mois(lue.reunion.mois))),
        filtres=[
            choix("region", "Région", vues.items(), code),
            choix("arrete", "Mois", mois, lue.reunion.mois),
            *_choix_de_l_entonnoir(c, lue),
        ],
    )


def _tete(c: Contexte, nom: str, sous_titre: str | None) -> html.Div:
    fil = ariane([("Demande et attributions", c.filtres.lien("/tableaux")), ("Région", None)])
    return html.Div([fil, titre(nom, sous_titre)])


def _voulue(c: Contexte) -> str:
    """Return the region of the address, the first that may be seen by default; raise Refus."""
    vues = choix_de_regions(c.v)
    if not vues:
        raise Refus(SEUL, que_faire=UN_SEUL)
    return c.adresse.get("region") or next(iter(vues))


def _a_savoir(lue: Region) -> html.Div | None:
    """Say what is not compared, and why."""
    dits = [lue.reunion.dire_absents(), *(une.dire_versions() for une in lue.comparees)]
    phrases = [html.P(typographie(un)) for un in dits if un]
    return html.Div(phrases, className="avertissement", role="status") if phrases else None


def _entete(lue: Region, quoi: str) -> Balise:
    """Return the head of a table: a column a département, greyed when its month is another."""
    colonnes = [
        balise("th", _departement(d, m), *_decale(lue, m), scope="col", class_=_gris(lue, m))
        for d, m in lue.lieux
    ]
    tete = [balise("th", nom, scope="col") for nom in (quoi, "Ensemble")]
    return balise("thead", balise("tr", tete, colonnes))


def _departement(departement: str, mois: str) -> Cellule:
    nom = nom_departement(departement)
    if not acces().peut(Action.STATISTIQUES):
        return nom
    return lien_direct(nom, f"/tableaux?departement={departement}&mois={mois}")


def _decale(lue: Region, mois: str) -> list[Any]:
    return [balise("br"), balise("small", nom_mois(mois))] if lue.decale(mois) else []


def _gris(lue: Region, mois: str) -> str | None:
    return "autre-arrete" if lue.decale(mois) else None


def _table(lue: Region, quoi: str, lignes: Iterable[Balise], legende: str) -> Bloc:
    corps = balise("tbody", list(lignes))
    return region(
        balise("table", balise("caption", legende), _entete(lue, quoi), corps),
        legende,
        "matrice cote-a-cote",
    )


def _grandeurs(lue: Region) -> Bloc:
    lignes = []
    for une in GRANDEURS:
        chiffres = lue.grandeurs[une.titre]
        cellules = [
            balise(
                "td", _ecrire(chiffres[d]), class_=" ".join(filter(None, ["nombre", _gris(lue, m)]))
            )
            for d, m in lue.lieux
        ]
        total = balise("td", balise("b", _ecrire(chiffres[ENSEMBLE])), class_="nombre")
        lignes.append(balise("tr", balise("th", une.titre, scope="row"), total, cellules))
    return _table(lue, "Grandeur", lignes, "Demandes et attributions par département")


def _ecrire(chiffre: Chiffre) -> str:
    if isinstance(chiffre, float):
        return nombre(chiffre, 1)
    return entier(chiffre) if isinstance(chiffre, int) else MASQUE if chiffre == MASQUE else "–"


def _indicateurs(lue: Region) -> Bloc:
    connus = catalogue().indicateurs
    suivis = [une for une in lue.comparees if une.code in connus]
    lignes: list[Balise] = []
    for famille, siennes in itertools.groupby(suivis, lambda u: connus[u.code].titre_famille):
        groupe = balise("th", famille, scope="colgroup", colspan=len(lue.lieux) + 2)
        lignes.append(balise("tr", groupe, class_="groupe"))
        lignes += [_indicateur(lue, une) for une in siennes]
    return _table(lue, "Indicateur", lignes, "Indicateurs par département")


def _indicateur(lue: Region, une: Comparee) -> Balise:
    vers = f"/indicateurs/{une.code}" if acces().peut(Action.INDICATEURS) else ""
    cellules = [
        _case(une.parts.get(d), _gris(lue, m), vers and f"{vers}?departement={d}&mois={m}")
        for d, m in lue.lieux
    ]
    n, d = une.comptes.get("n_etat"), une.comptes.get("d_etat")
    ensemble = balise("td", _rapport(n, d) if une.sommes else "–", class_="nombre")
    nom = balise("th", catalogue().indicateurs[une.code].libelle, scope="row")
    return balise("tr", nom, ensemble, cellules)


def _case(part: Part | None, gris: str | None, vers: str) -> Balise:
    """Return the cell of a département: the rate that its state rests on, and the counts."""
    if part is None or not calculable(part):
        return balise("td", Etat.NON_CALCULABLE.abrege, class_=gris)
    etat = Etat.lire(part["etat"])
    signe = (
        [balise("span", etat.signe, role="img", aria_label=etat.mot), " "]
        if etat and etat.gravite
        else []
    )
    dit = _rapport(part["n_etat"], part["d_etat"], signe=signe, vers=vers)
    return balise("td", dit, class_=f"nombre {gris or 'case-' + part['etat']}")


def _rapport(
    n: int | None, d: int | None, *, signe: Sequence[Noeud] = (), vers: str = ""
) -> list[Noeud]:
    """Return a rate, its counts under it; MASQUE where one of them is hidden."""
    if n is None or d is None:
        return [*signe, MASQUE]
    if not d:
        return [Etat.SANS_OBJET.abrege]
    dit = taux(n / d)
    return [
        balise("b", signe, lien_direct(dit, vers) if vers else dit),
        balise("small", f"{entier(n)} sur {entier(d)}"),
    ]


def _lecture(c: Contexte, lue: Region) -> str:
    """Say how the figures are read."""
    dits = [LECTURE]
    if any(lue.decale(mois) for _, mois in lue.lieux):
        dits.append("En gris, un autre mois : il n'entre pas dans l'ensemble.")
    if c.v.p.petits_masques:
        dits.append(f"« {MASQUE} » : {dire_secret(seuil_secret(c.v))}.")
    return " ".join(dits)


def _choix_de_l_entonnoir(c: Contexte, lue: Region) -> list[Filtre]:
    """Return what a funnel is of, to who sees small counts: types, less others, would tell some."""
    if c.v.p.petits_masques:
        return []
    connus = catalogue().indicateurs
    siens = [(une.code, connus[une.code].libelle) for une in lue.comparees if une.code in connus]
    choisi = c.adresse.get("indicateur", "")
    choisis = [choix("indicateur", "Entonnoir", [("", "Aucun"), *siens], choisi)]
    if choisi:
        courant = _type(c)
        choisis.append(choix("type", "Type de guichet", types_a_choisir(courant), courant))
    return choisis


def _type(c: Contexte) -> str:
    return c.filtres.type_guichet or TypeGuichet.BAILLEUR


def _entonnoir(c: Contexte, lue: Region) -> html.Section | None:
    """Return the funnel of départements within a type, of an indicator that one rule judged."""
    code, pairs = c.adresse.get("indicateur", "").upper(), nom_des_pairs(_type(c))
    une = next((une for une in lue.comparees if une.code == code), None)
    un = catalogue().indicateurs.get(code)
    if une is None or un is None or c.v.p.petits_masques:
        return None
    tete = html.H2(typographie(f"Entonnoir : {un.libelle}, {pairs}"), className="fr-h5")
    parts = du_type(c.v, lue.lieux, code, _type(c)) if une.une_regle else {}
    points = [_bulle(lue, parts[d], m) for d, m in lue.lieux if d in parts and parts[d]["d_etat"]]
    sommees = [un for d, un in parts.items() if not lue.decale(un["mois"]) and un["d_etat"]]
    ensemble = rapport(
        sum(un["n_etat"] or 0 for un in sommees), sum(un["d_etat"] or 0 for un in sommees)
    )
    if ensemble is None:
        dit = une.dire_versions() or "Aucun guichet de ce type n'a d'effectif ce mois-ci."
        return html.Section([tete, html.P(typographie(dit))])
    titre_ = f"{un.libelle} : taux et effectif par département, {pairs}"
    dessin = entonnoir_de(un, titre_, points, ensemble, "Département")
    limites = dire_limites(dessin, "un département", "l'indicateur")
    return html.Section([tete, limites, graphique(dessin, nom="entonnoir")])


def _bulle(lue: Region, part: Part, mois: str) -> Bulle:
    """Return a département in a funnel; of another month, it has no state and names it."""
    n, d, departement = part["n_etat"] or 0, part["d_etat"] or 0, part["departement"]
    ailleurs = lue.decale(mois)
    nom = nom_departement(departement) + (f" ({nom_mois(mois)})" if ailleurs else "")
    return Bulle(
        nom,
        d,
        n / d,
        None if ailleurs else part["etat"],
        f"{nom} : {dire_part(n, d)}",
        f"/indicateurs/{part['code']}?departement={departement}&mois={mois}"
        if acces().peut(Action.INDICATEURS)
        else None,
    )


def _epcis(lue: Region) -> list[Any]:
    if not lue.epcis:
        return []
    colonnes = (
        "EPCI",
        "Départements",
        "Demandes actives",
        "Attributions en 12 mois",
        "Demandes pour une attribution",
    )
    lignes: list[list[Cellule]] = [
        [
            un.nom,
            _dans(un),
            _ecrire(un.ligne["demandes_actives"]),
            _ecrire(un.ligne["attributions"]),
            _ecrire(un.ligne["demandes_pour_une_attribution"]),
        ]
        for un in lue.epcis
    ]
    return [
        html.H2("EPCI de plusieurs départements", className="fr-h5"),
        liste(colonnes, lignes, "EPCI de plusieurs départements", numeriques=(2, 3, 4)),
    ]


def _carte(lue: Region) -> list[Any]:
    dessin = carte_des_epcis(lue.par_epci, lue.reunion.presents)
    titre_ = "Demandes pour une attribution par EPCI"
    return [html.H2(titre_, className="fr-h5"), *dessin] if dessin else []


def _dans(un: EpciPartage) -> str:
    """Say where an EPCI is, and what of it is not in the figures."""
    dit = enumerer([nom_departement(d) for d in un.presents])
    sans = enumerer([nom_departement(d) for d in un.absents])
    return f"{dit} ; sans {sans}" if sans else dit


def _telecharger(c: Contexte, lue: Region, code: str) -> html.Div:
    """Return the ways to the rates, and to the papers that the reader may have."""
    adresse = c.filtres.lien("/export/region.{}", **_ici(lue, code))
    return html.Div(
        [
            exports({"Excel": adresse.format("xlsx"), "CSV": adresse.format("csv")}),
            zone("papiers", _papiers(c)),
        ]
    )


def _ici(lue: Region, code: str) -> dict[str, str]:
    return {"mois": "", "region": code, "arrete": lue.reunion.mois}


def _papiers(c: Contexte) -> list[html.Section]:
    """Return where each paper of what is shown is, of those that the reader may have."""
    code, de = _voulue(c), moment(c.v.dossier)
    ici = _ici(lire_region(c.v, code, c.adresse.get("arrete") or None), code)
    siens = [
        un
        for un in DOCUMENTS.values()
        if un.d_un_ensemble and acces().peut(politique.DOCUMENTS[un.nom])
    ]
    return [
        html.Section(
            [
                html.H2(un.libelle, className="fr-h6"),
                html.P(typographie(un.description)),
                html.Div(
                    [forme_a_preparer(c, un.nom, une, un.libelle, ici, de) for une in un.formes],
                    className="exports",
                ),
            ],
            className="document",
        )
        for un in siens
    ]


@suivi("papiers")
def suivre(_clics: object, _battements: object, recherche: str | None, suivis: object) -> Suivis:
    """Start the paper that was clicked, and show where each is."""
    return avancer(recherche, suivis, _papiers)


@export("region")
def _exporter(c: Contexte) -> Donnees:
    lue = lire_region(c.v, _voulue(c), c.adresse.get("arrete") or None)
    dits = [lue.reunion.dire_absents(), *(une.dire_versions() for une in lue.comparees)]
    return Donnees(
        f"Indicateurs, {lue.reunion.ensemble.nom}, {nom_mois(lue.reunion.mois)}",
        tuple(EMPORTEES),
        a_emporter(lue.comparees, lue.reunion),
        note="\n".join(filter(None, dits)),
        source="\n".join(
            provenance(c.v, replace(c.filtres, departement=d, mois=m)) for d, m in lue.lieux
        ),
        de="valeurs",
    )


dash.register_page(
    __name__,
    path="/region",
    sous="/tableaux",
    name="Région",
    title="Région – Infocentre",
    layout=layout,
)
