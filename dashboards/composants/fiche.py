"""Parts of the page of a guichet or organisme: who, what first, 24 months, its place, its lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from dash import html

from dashboards.composants.balises import Balise
from dashboards.composants.direct import (
    etat_direct,
    lien_direct,
    mois_direct,
    part,
)
from dashboards.composants.elements import (
    attributs,
    etat,
    exports,
    faits,
    lien,
    repli,
    taux,
    typographie,
)
from dashboards.composants.fiche_indicateurs import dire_le_mois_seul
from dashboards.composants.listes import liste
from dashboards.composants.natifs import Bloc
from dashboards.page import Contexte
from infocentre.affaires import Affaire
from infocentre.catalogue import MOTS, Mots
from infocentre.catalogue.familles import famille
from infocentre.contrat.intitules import libelle
from infocentre.exports import lisible
from infocentre.lecture.affaires import mesures_suivies
from infocentre.lecture.conventions import du_guichet
from infocentre.lecture.echantillons import verdicts
from infocentre.lecture.fiche import (
    PRIORITES,
    Cas,
    Fiche,
    Priorite,
    Suite,
    etats_des_guichets,
    priorites,
)
from infocentre.lecture.guichets import lacunes, nom_commune
from infocentre.lecture.histoire_guichet import dire_certificat, histoire
from infocentre.lecture.lignes import Revision
from infocentre.lecture.tenue import tenue_du_guichet
from infocentre.mesures import CAUSES
from infocentre.noyau.etats import MAUVAIS, Etat
from infocentre.noyau.francais import accorder, enumerer, majuscule, minuscule, pourcent
from infocentre.noyau.horaires import dire as dire_horaires
from infocentre.noyau.temps import fin_de_mois, jour, nom_mois
from infocentre.noyau.types_guichet import EN_LIGNE, SINGULIERS
from infocentre.restitutions.recit import raconter

MODES = {"DIRECT": "Saisie directe dans le SNE", "PRIVATIF": "Système privatif"}

Coordonnee = Literal[
    "code_postal",
    "commune",
    "mode_enregistrement",
    "adresse",
    "horaires",
    "telephone",
    "courriel",
]


def identite(c: Contexte, fiche: Fiche) -> html.Section:
    """Return who the guichet is, and what the register lacks."""
    une = fiche.guichets[0] if fiche.guichets else None

    def dit(champ: Coordonnee) -> str:
        return lisible(une[champ]) if une and une[champ] else ""

    lieu = " ".join(filter(None, [dit("code_postal"), nom_commune(dit("commune"))]))
    paires: list[tuple[str, Any]] = [
        ("Type", SINGULIERS.get(fiche.type_guichet, fiche.type_guichet or "Non renseigné")),
        ("Organisme", _organisme(c, fiche)),
        ("SIREN", une["siren"] if une and une["siren"] else "Non renseigné"),
        ("Enregistrement", MODES.get(dit("mode_enregistrement"), "Non renseigné")),
        ("Adresse", ", ".join(filter(None, [dit("adresse"), lieu])) or "Non renseignée"),
        ("Horaires", dire_horaires(dit("horaires")) or "Non renseignés"),
        ("Téléphone", dit("telephone") or "Non renseigné"),
        ("Courriel", dit("courriel") or "Non renseigné"),
        ("Convention", _convention(c, fiche) or "Date non renseignée"),
    ]
    if une and (dite := dire_certificat(c.v, fiche.filtres.departement, une["guichet"])):
        paires.append(("Certificat", dite))
    if une:
        paires += tenue_du_guichet(c.v, fiche.filtres, une["guichet"])
    manques = lacunes(une or {})
    alerte = (
        html.P(f"Manque au registre : {', '.join(manques)}.", className="avertissement")
        if manques and fiche.type_guichet != EN_LIGNE
        else None
    )
    if une and une["mois"] != fiche.filtres.mois:
        ici, alors = nom_mois(fiche.filtres.mois), nom_mois(une["mois"])
        phrase = f"Absent du registre en {ici} : ses coordonnées sont celles de {alors}."
        alerte = html.P(typographie(phrase), className="avertissement")
    return html.Section(
        [html.H2("Coordonnées", className="fr-h5"), faits(paires), alerte], className="coordonnees"
    )


def passe(c: Contexte, fiche: Fiche) -> html.Section:
    """Return what deliveries changed of a guichet, since the first one that shows it."""
    etapes = histoire(c.v, fiche.filtres, fiche.cle)
    lignes = [(nom_mois(un.mois), un.quoi, un.avant or "–", un.apres or "–") for un in etapes]
    colonnes = ("Livraison", "Ce qui change", "Avant", "Après")
    titre = f"{accorder(len(lignes), 'étape')} au registre"
    return html.Section(
        [html.H2("Histoire", className="fr-h5"), repli(titre, liste(colonnes, lignes, titre))]
    )


def _convention(c: Contexte, fiche: Fiche) -> str:
    """Return until when its convention runs, at the arrêté that is shown."""
    if not fiche.guichets:
        return ""
    une, arrete = fiche.guichets[0], fin_de_mois(fiche.filtres.mois)
    return majuscule(
        du_guichet(c.v, fiche.filtres.departement, une["mois"], une["guichet"], arrete)
    )


def _organisme(c: Contexte, fiche: Fiche) -> Any:  # noqa: ANN401 - text or link
    if fiche.organisme is None:
        return "Non renseigné"
    cle, nom = fiche.organisme
    return lien(nom, c.filtres.lien(f"/organisme/{cle}")) if c.v.voit("organisme", cle) else nom


def resume(fiche: Fiche) -> html.Section:
    """Return the paragraph of plain French."""
    return html.Section(
        [html.H2("En bref", className="fr-h5"), html.P(typographie(" ".join(raconter(fiche))))],
        className="en-bref",
    )


def a_faire(c: Contexte, fiche: Fiche) -> html.Section:
    """Return the three priorities, then the others in one line."""
    toutes = priorites(fiche)
    contenu: Any = (
        html.Div([_priorite(c, fiche, une) for une in toutes[:PRIORITES]], className="priorites")
        if toutes
        else html.P("Rien n'est en rouge, à traiter ou en orange ce mois-ci.")
    )
    reste = [une.un.libelle for une in toutes[PRIORITES:]]
    suite = (
        html.P(typographie(f"Ensuite : {' ; '.join(reste)}."), className="suite") if reste else None
    )
    corriger, constater = MOTS.values()
    liens = {f"Numéros {corriger.reste} et {constater.des} (xlsx)": _export(c, fiche)}
    return html.Section(
        [
            html.H2(_titre_priorites(len(toutes)), className="fr-h5"),
            _mesures(c, fiche),
            contenu,
            suite,
            exports(liens),
        ]
    )


def _mesures(c: Contexte, fiche: Fiche) -> html.Ul | None:
    """Return the corrective measures under way: step, last contact, what is due."""
    siennes = mesures_suivies(c.v, c.filtres.departement).get(fiche.cle, [])
    if not siennes:
        return None
    return html.Ul([html.Li(_mesure(c, une)) for une in siennes], className="a-faire")


def _mesure(c: Contexte, une: Affaire) -> list[Any]:
    contact = une.echange
    # To whom it is asked, what is expected of them; when to remind them is no business of theirs.
    suite = next(iter(une.attendues), None) if c.v.p.partiel else une.echeance
    dits = [
        f"{famille(une.sujet).titre}, étape {une.etape} : {minuscule(une.titre_etat)}",
        f"dernier contact le {jour(contact.jour)}" if contact else "",
        f"{minuscule(suite.titre)} le {jour(suite.due)}" if suite else "",
    ]
    vers = c.filtres.lien("/mesures", affaire=une.id)
    return [lien(f"Mesure corrective {une.id}", vers), f" – {', '.join(filter(None, dits))}."]


def _titre_priorites(nombre: int) -> str:
    nombres = {0: "Priorités", 1: "La priorité", 2: "Les deux priorités"}
    return nombres.get(nombre, "Les trois priorités")


def _export(c: Contexte, fiche: Fiche, code: str = "") -> str:
    return c.filtres.lien("/export/a-corriger.xlsx", **{fiche.niveau: fiche.cle, "code": code})


def _priorite(c: Contexte, fiche: Fiche, une: Priorite) -> html.Article:
    adresse = c.filtres.lien("/demandes", code=une.un.code, guichet=fiche.cle)
    nombre, suite = une.compte.split(" ", 1)
    return html.Article(
        [
            html.H3(
                lien(une.un.libelle, c.filtres.lien(f"/indicateurs/{une.un.code}")),
                className="fr-h6",
            ),
            html.P(
                [
                    html.Span(nombre, className="valeur"),
                    f" {suite}",
                ],
                className="nombre-a-corriger",
            ),
            html.P(
                [
                    lien("Voir la liste", adresse),
                    html.A("Exporter (xlsx)", href=_export(c, fiche, une.un.code), download=""),
                ],
                className="liens",
            ),
            html.P([etat(une.ligne["etat"]), f" – {_juge(une)}{_autres_organismes(fiche, une)}."]),
            _le_mois_seul(fiche, une),
            _consequences(une),
            html.P(typographie(une.un.correction), className="correction"),
            html.P(typographie(une.un.encore), className="correction") if une.un.encore else None,
        ],
        className=f"priorite priorite-{une.ligne['etat']}",
    )


def _juge(une: Priorite) -> str:
    """Say by what a state was decided: the rate, its counts, the threshold that it passed."""
    m = une.mesure
    if une.un.tolerance_zero:
        return f"{accorder(m.numerateur, une.nature)} ce mois-ci, tolérance zéro"
    seuils = une.un.seuils
    passe = (seuils.rouge if une.ligne["etat"] == Etat.ROUGE else seuils.orange) if seuils else 0
    periode = "sur 12 mois" if m.sur_12_mois else "à l'arrêté"
    comptes = f"{lisible(m.numerateur)} sur {lisible(m.denominateur)}"
    return f"{taux(m.taux)} {periode} ({comptes}), pour un seuil de {pourcent(passe)}"


def _autres_organismes(fiche: Fiche, une: Priorite) -> str:
    """Compare with the other organismes of the type, itself left out, where they may be told."""
    autres = fiche.semblables.get(une.un.code)
    if autres is None or une.un.tolerance_zero:
        return ""
    return f" ; {taux(autres.taux)} chez les autres organismes de son type"


def _le_mois_seul(fiche: Fiche, une: Priorite) -> html.P | None:
    """Say the month alone: a guichet that mends itself sees it there first."""
    dit = dire_le_mois_seul(fiche, une.ligne)
    return html.P(html.Strong(typographie(f"{dit}."))) if dit else None


def _consequences(une: Priorite) -> html.P | None:
    """Name what follows from it: not as many faults more."""
    if not une.suites:
        return None
    suites = [_suite(une, suite) for suite in une.suites]
    return html.P(f"Entraîne aussi {enumerer(suites)}.", className="consequences")


def _suite(une: Priorite, suite: Suite) -> str:
    """Return « 63 des 71 demandes sans situation QPV », « les 3 demandes sans adresse »."""
    dite = suite.un.suite_de.dite if suite.un.suite_de else suite.un.libelle
    toutes = f"{accorder(suite.total, une.nature)} {dite}"
    if suite.nombre < suite.total:
        return f"{lisible(suite.nombre)} des {toutes}"
    return f"les {toutes}" if suite.total > 1 else toutes


def suivies(c: Contexte, fiche: Fiche) -> html.Section:
    """Return the anomalies: one number, its parts, then what the guichet does not answer for."""
    parties = [_ouvertes(c, fiche), _constats(c, fiche), _autres(c, fiche)]
    return html.Section(
        [
            html.H2(f"Les anomalies, en {nom_mois(fiche.filtres.mois)}", className="fr-h5"),
            html.P(typographie(dire_les_cas(fiche))),
            html.P(
                "Une demande compte pour chaque indicateur où elle est en anomalie ; le classeur à "
                "remettre en fait une seule ligne.",
                className="comptes",
            )
            if len(fiche.ouvertes) + len(fiche.constats) > 1
            else None,
            *parties,
        ]
    )


def dire_les_cas(fiche: Fiche) -> str:
    """Return how many cases there are, of which how many can be put right, and the most common."""
    corriger = sum(une["cas"] for une in fiche.ouvertes)
    constats = sum(une["cas"] for une in fiche.constats)
    total, mots = corriger + constats, MOTS["constater"]
    if not total:
        return f"Aucune anomalie dont {fiche.repond} réponde."
    parts = [f"{lisible(corriger)} à corriger"] if corriger else []
    parts += [accorder(constats, mots.un, mots.des)] if constats else []
    premiere = max((*fiche.ouvertes, *fiche.constats), key=lambda une: une["cas"])
    quoi = f"« {minuscule(_libelle(fiche, premiere['code']))} »"
    dont = f"dont {lisible(premiere['cas'])} pour {quoi}"
    dit = dont if premiere["cas"] < total else f"pour {quoi}"
    return f"{accorder(total, 'cas')}, {dit} : {enumerer(parts)}."


def _ouvertes(c: Contexte, fiche: Fiche) -> html.Details | None:
    lignes = [
        (
            _vers_liste(c, fiche, une["code"]),
            une["cas"],
            mois_direct(une["depuis"]) if une["depuis"] else "–",
            une["nouvelles"],
            une["closes"] - une["sorties"],
            une["sorties"],
        )
        for une in fiche.ouvertes
    ]
    colonnes = (
        "Indicateur",
        "À corriger",
        "Le plus ancien",
        "Nouveaux dans le mois",
        "Corrigés dans le mois",
        "Sortis dans le mois",
    )
    return _partie(fiche, MOTS["corriger"], fiche.ouvertes, colonnes, lignes, (1, 3, 4, 5))


def _constats(c: Contexte, fiche: Fiche) -> html.Details | None:
    regles = fiche.catalogue.indicateurs
    lignes = [
        (
            _vers_liste(c, fiche, une["code"]),
            une["cas"],
            une["nouvelles"],
            une["closes"],
            typographie(regles[une["code"]].encore_possible or "–"),
        )
        for une in fiche.constats
    ]
    colonnes = (
        "Indicateur",
        "Constats",
        "dont dans le mois",
        "Retirés par une livraison corrigée",
        libelle("encore_possible"),
    )
    return _partie(fiche, MOTS["constater"], fiche.constats, colonnes, lignes, (1, 2, 3))


def _autres(c: Contexte, fiche: Fiche) -> html.Details | None:
    """What the guichet does not answer for: of context, or the gestionnaire's."""
    lignes = [(_vers_liste(c, fiche, une["code"]), une["cas"]) for une in fiche.autres]
    if not lignes:
        return None
    total = accorder(sum(une["cas"] for une in fiche.autres), "autre cas", "autres cas")
    titre_ = f"{total}, dont {fiche.repond} ne répond pas"
    return repli(titre_, liste(("Indicateur", "Cas"), lignes, titre_, numeriques=(1,)))


def _partie(
    fiche: Fiche,
    mots: Mots,
    comptees: Sequence[Cas],
    colonnes: Sequence[str],
    lignes: Sequence[Any],
    numeriques: tuple[int, ...],
) -> html.Details | None:
    if not lignes:
        return None
    total = accorder(sum(une["cas"] for une in comptees), mots.un, mots.des)
    ici = nom_mois(fiche.filtres.mois)
    return repli(
        f"{total}, par indicateur",
        html.Div(
            [
                html.P(typographie(mots.dit)),
                html.Div(
                    liste(
                        colonnes,
                        lignes,
                        f"{mots.titre} en {ici}, par indicateur",
                        numeriques=numeriques,
                    ),
                    className="une-ligne",
                ),
            ]
        ),
        ouvert=True,
    )


def _vers_liste(c: Contexte, fiche: Fiche, code: str) -> Balise:
    adresse = c.filtres.lien("/demandes", code=code, guichet=fiche.cle, fenetre="12m")
    return lien_direct(_libelle(fiche, code), adresse)


def _libelle(fiche: Fiche, code: str) -> str:
    un = fiche.catalogue.indicateurs.get(code)
    return un.libelle if un else code


def verifications(c: Contexte, fiche: Fiche) -> html.Section | None:
    """Return what samples checked by hand said of its guichets, None when none was."""
    noms = {une["guichet"]: une["nom"] or une["guichet"] for une in fiche.guichets}
    siens = noms.keys() | {fiche.cle}
    dits = []
    for un in verdicts(c.v, fiche.filtres.departement):
        if un.guichet in siens:
            qui = f"{noms.get(un.guichet, un.guichet)}, " if fiche.niveau == "organisme" else ""
            parmi = minuscule(_libelle(fiche, un.indicateur)) if un.indicateur else "tous actes"
            jugees = accorder(un.jugees, "demande jugée", "demandes jugées")
            fausses = accorder(un.fausses, "non conforme", "non conformes")
            dits.append(
                f"{qui}{nom_mois(un.mois)}, {parmi} : {fausses} sur "
                f"{jugees}, soit {taux(un.taux)} d'erreur (marge de {taux(un.borne_basse)} à "
                f"{taux(un.borne_haute)}), lu le {jour(un.le.date())}."
            )
    if not dits:
        return None
    points = html.Ul([html.Li(typographie(majuscule(dit))) for dit in dits])
    return html.Section([html.H2("Vérifié sur pièces", className="fr-h5"), points])


def revisees(fiche: Fiche) -> html.Section | None:
    """Return what was published otherwise, None when nothing was."""
    if not fiche.revisions:
        return None
    return html.Section(
        [
            html.H2("Valeurs révisées", className="fr-h5"),
            table_revisions(fiche.revisions, lambda code: _libelle(fiche, code)),
        ]
    )


def table_revisions(revisions: Iterable[Revision], libelle: Callable[[str], str]) -> Bloc:
    """Return the published values that changed since: old, new, when and why."""
    lignes = [
        (
            libelle(une["code"]),
            mois_direct(une["mois"]),
            part(une["numerateur_avant"], une["denominateur_avant"]),
            part(une["numerateur_apres"], une["denominateur_apres"]),
            etat_direct(une["etat_avant"]),
            etat_direct(une["etat_apres"]),
            lisible(une["le"].date()),
            CAUSES[une["cause"]],
        )
        for une in revisions
    ]
    return liste(
        (
            "Indicateur",
            "Mois",
            "Publié d'abord",
            "Aujourd'hui",
            "État d'abord",
            "État aujourd'hui",
            "Révisé le",
            "Cause",
        ),
        lignes,
        "Valeurs publiées qui ont changé depuis",
        numeriques=(2, 3),
    )


def imprimer(c: Contexte, fiche: Fiche) -> html.Div:
    """Return what prints the page, and what downloads the fiche to hand over or to send."""
    return html.Div(
        [
            html.Button(
                "Imprimer la fiche",
                type="button",
                className="fr-btn fr-btn--secondary fr-btn--sm",
                **attributs(data_imprimer="oui"),
            ),
            html.A(
                "Fiche à transmettre (PDF)",
                href=c.filtres.lien("/documents/fiche.pdf", **{fiche.niveau: fiche.cle}),
                className="fr-btn fr-btn--tertiary fr-btn--sm",
            ),
        ],
        className="exports ecran",
    )


def membres(c: Contexte, fiche: Fiche) -> html.Section:
    """Return the guichets of an organisme, each with what it has to correct."""
    etats = etats_des_guichets(c.v, fiche)
    lignes = [
        (
            lien_direct(une["nom"] or une["guichet"], c.filtres.lien(f"/guichet/{une['guichet']}")),
            une["guichet"],
            MODES.get(une["mode_enregistrement"] or "", "–"),
            nom_commune(une["commune"]) or "–",
            sum(etats.get(une["guichet"], {}).get(un, 0) for un in MAUVAIS),
            etats.get(une["guichet"], {}).get(Etat.ORANGE, 0),
        )
        for une in fiche.guichets
    ]
    return html.Section(
        [
            html.H2("Ses guichets", className="fr-h5"),
            liste(
                (
                    "Guichet",
                    "Code",
                    "Enregistrement",
                    "Commune",
                    "■ Rouge ou ✖ à traiter",
                    "▲ Orange",
                ),
                lignes,
                "Guichets de l'organisme",
                numeriques=(4, 5),
            ),
        ]
    )
