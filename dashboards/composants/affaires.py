"""Pieces of the page of a procedure, from what its folder says: list, form, case, chronology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboards.clics import TOUTES
from dashboards.composants.direct import lien_direct
from dashboards.composants.elements import attributs, exports, faits, lien, repli, typographie
from dashboards.composants.envois import relecture
from dashboards.composants.listes import Cellule, liste
from dashboards.composants.natifs import Bloc
from dashboards.composants.saisie import Champ, Formulaire, Genre, GroupeEcrit, formulaire, groupe
from infocentre.affaires import Affaire
from infocentre.affaires.formulaire import aide, options
from infocentre.affaires.modele import LIRE, Donnee, Procedure, TypeDonnee, TypeObjet
from infocentre.contrat.numeros import est_numero
from infocentre.demarches import a_remplir
from infocentre.demarches.cas import Cas
from infocentre.demarches.face import Face, chemin
from infocentre.demarches.message import Pli
from infocentre.demarches.regles import Attente, Ensemble
from infocentre.exports import lisible
from infocentre.lecture.commun import noms_des_guichets, noms_des_organismes
from infocentre.lecture.filtres import Filtres
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, majuscule
from infocentre.noyau.temps import jour
from infocentre.restitutions.document import Tableau

GENRES: Mapping[TypeDonnee, Genre] = {
    "date": "date",
    "entier": "number",
    "choix": "liste",
    "oui_non": "liste",
    "texte_long": "zone",
    "liste": "zone",
    "lignes": "zone",
}
OBJETS: Mapping[TypeObjet, str] = {
    "organisme": "Organisme",
    "guichet": "Guichet",
    "demande": "Demande",
}
LIGNES = {"texte_long": 4, "liste": 3, "lignes": 4}  # rows of a field
CHOISIR = "Choisir le fichier reçu"
OUVRIR = 10  # candidates that a page shows before they are asked for


def champ(nom: str, donnee: Donnee, *, facultatif: bool = True) -> Champ:
    """Return the field of what an event carries; `facultatif`: one that may be empty says so."""
    genre = GENRES.get(donnee.type, "text")
    choix = [("", "–"), *options(donnee)] if genre == "liste" else []
    titre = f"{donnee.titre} (facultatif)" if facultatif and not donnee.requis else donnee.titre
    dit = donnee.aide or "" if donnee.type == "date" else aide(donnee)
    poses = {"rows": LIGNES[donnee.type]} if donnee.type in LIGNES else {}
    return Champ(
        nom, titre, genre, aide=dit, options=choix, large=genre == "zone", precisions=poses
    )


def nomme(face: Face, departement: str, donnee: Donnee) -> Donnee:
    """Return what names a guichet or an organisme as a choice among those they see, by name."""
    if donnee.type not in {"guichet", "organisme"}:
        return donnee
    lire = noms_des_guichets if donnee.type == "guichet" else noms_des_organismes
    noms = sorted(lire(face.v, departement).items(), key=lambda un: un[1])
    return donnee.model_copy(update={"type": "choix", "choix": dict(noms)})


def objet_dit(procedure: Procedure) -> str:
    """Return what the affaires of a procedure are of, as the head of a column says it."""
    return OBJETS.get(procedure.objet_type) or majuscule(procedure.objet)


def bouton(texte: str, action: str, affaire: str = TOUTES, *, second: bool = False) -> html.Button:
    """Return a button that does something of an affaire, or of all that wait."""
    classe = "fr-btn fr-btn--secondary" if second else "fr-btn"
    return html.Button(
        texte,
        id={"type": "affaire-bouton", "action": action, "affaire": affaire},
        className=f"{classe} fr-btn--sm",
        type="button",
    )


def geste(
    nom: str,
    affaire: str,
    groupes: list[GroupeEcrit],
    valeurs: Mapping[str, str],
    texte: str,
    *,
    second: bool = False,
) -> Formulaire:
    """Return the form of an event, or of what opens an affaire."""
    return formulaire(
        {"type": "affaire-geste", "evenement": nom, "affaire": affaire},
        groupes,
        valeurs,
        bouton=texte,
        second=second,
        classe="formulaire reponse-guichet",
    )


# --- The list -------------------------------------------------------------------------------------


def a_faire(ensembles: Iterable[Ensemble]) -> html.Div | None:
    """Return what waits of all affaires together, with the button that does it."""
    points = [
        html.Li([html.Strong(f"{accorder(un.nombre, *un.dit)}. "), bouton(un.titre, un.nom)])
        for un in ensembles
        if un.nombre
    ]
    return html.Div(html.Ul(points, className="a-faire")) if points else None


def liste_des_affaires(face: Face, unes: Sequence[Affaire], filtres: Filtres) -> Bloc:
    """Return affaires as a table, the nearest deadline first."""
    sujets = {une.id: majuscule(face.sujet(une)) for une in unes}
    dits = any(sujets.values())
    lignes: list[list[Cellule]] = [
        [
            lien_direct(face.nom(une), filtres.lien(chemin(face.procedure.code), affaire=une.id)),
            *([sujets[une.id]] if dits else []),
            une.titre_etat,
            *face.regles.compter(une),
            majuscule(face.suite_dite(une)) or "–",
            typographie(face.prochaine(une)) or "–",
            jour(face.dernier_vu(une).jour),
        ]
        for une in unes
    ]
    nombres = face.regles.nombres
    colonnes = (
        objet_dit(face.procedure),
        *(["Sujet"] if dits else []),
        "État",
        *map(majuscule, nombres.values()),
        "Ce qui vient",
        "Échéance",
        "Dernier événement",
    )
    numeriques = range(2 + dits, 2 + dits + len(nombres))
    legende = "Affaires, l'échéance la plus proche d'abord"
    return liste(colonnes, lignes, legende, numeriques=numeriques)


def comptes(face: Face, par_etat: Mapping[str, int]) -> Bloc:
    """Return how many affaires are in each state, for who is told no more."""
    lignes: list[list[Cellule]] = [
        [etat.titre, par_etat[code]]
        for code, etat in face.procedure.etats.items()
        if par_etat.get(code)
    ]
    return liste(("État", "Affaires"), lignes, "Affaires par état", numeriques=(1,))


def attentes(
    face: Face, trouvees: Sequence[Attente], filtres: Filtres, *, toutes: bool
) -> list[Any]:
    """Return what data give reason to open, each with the link that opens it.

    The most urgent ones, unless `toutes` are asked for.
    """
    if not trouvees:
        return []
    ici = chemin(face.procedure.code)
    plus = list(dict.fromkeys(nom for un in trouvees for nom in un.precisions))
    montrees = trouvees if toutes else trouvees[:OUVRIR]
    lignes: list[list[Cellule]] = [
        [
            lien_direct(un.nom, filtres.lien(ici, ouvrir=un.objet) + "#ouvrir"),
            typographie(un.motif),
            *(typographie(un.precisions.get(nom, "")) for nom in plus),
            *([un.avant or "–"] if any(autre.avant for autre in trouvees) else []),
        ]
        for un in montrees
    ]
    avant = ("Avant le",) if any(un.avant for un in trouvees) else ()
    colonnes = (objet_dit(face.procedure), "Pourquoi", *plus, *avant)
    reste = len(trouvees) - len(montrees)
    suite = lien(f"Les voir toutes ({len(trouvees)})", filtres.lien(ici, etat="a_ouvrir"))
    return [
        html.H2(f"À ouvrir : {len(trouvees)}", className="fr-h5"),
        liste(colonnes, lignes, "Ce que les données donnent à ouvrir, le plus urgent d'abord"),
        html.P(suite) if reste else None,
    ]


def a_part(un: Tableau | None, *, ouvert: bool = False) -> html.Details | None:
    """Return a table of a procedure, folded: it stands beside its affaires."""
    return repli(un.titre, table(un), ouvert=ouvert) if un else None


def ouverture(face: Face, departement: str, objet: str) -> html.Details | html.P | None:
    """Return the form that opens an affaire, to who may; filled in with an object that is asked."""
    if not face.peut_ouvrir():
        return None
    nom = face.ouverture
    if nom in face.regles.ailleurs:
        dit, vers = face.regles.ailleurs[nom]
        return html.P(lien(typographie(dit), f"{vers}&departement={departement}"))
    titre = face.procedure.evenements[nom].titre
    nommes: Mapping[TypeObjet, TypeDonnee] = {"guichet": "guichet", "organisme": "organisme"}
    genre = nommes.get(face.procedure.objet_type, "texte")
    choix = dict(face.regles.objets())
    demandes = {
        "objet": Donnee(
            titre=objet_dit(face.procedure),
            type="choix" if choix else genre,
            requis=True,
            choix=choix,
        )
    }
    dites = {cle: nomme(face, departement, un) for cle, un in (demandes | face.champs(nom)).items()}
    champs = [champ(cle, un) for cle, un in dites.items()]
    valeurs = _seuls(dites) | ({"objet": objet} if objet else {})
    return html.Details(
        [
            html.Summary(titre),
            geste(nom, "", [groupe("ouvrir", champs)], valeurs, titre),
        ],
        open=bool(objet),
        id="ouvrir",
        className="repli",
    )


def table(un: Tableau) -> Bloc:
    """Return a table of a procedure as a page shows it."""
    lignes: list[list[Cellule]] = [
        ["–" if c.valeur is None else lisible(c.valeur) for c in ligne] for ligne in un.lignes
    ]
    numeriques = [rang for rang, c in enumerate(un.colonnes) if c.genre == "nombre"]
    return liste([c.titre for c in un.colonnes], lignes, un.titre, numeriques=numeriques)


# --- One affaire ----------------------------------------------------------------------------------


def suite(face: Face, une: Affaire) -> html.P | None:
    """Return the sentence that says what comes next, by when or since when."""
    phrase = face.phrase(une)
    return html.P(typographie(phrase), className="fr-text--lead a-suivre") if phrase else None


def resume(face: Face, une: Affaire, vers: str = "") -> html.Div:
    """Return what it is of (`vers`: its page), where it stands, by when."""
    etat = une.procedure.etats.get(une.etat) or une.situation.procedure.etats[une.etat]
    nom, depuis = face.nom(une), face.chronologie(une)[-1][0]
    paires: list[tuple[str, Any]] = [
        (objet_dit(face.procedure), lien(nom, vers) if vers else nom),
        ("État", f"{etat.titre}{f', étape {etat.etape}' if etat.etape else ''}"),
        ("Ouverte le", jour(une.ouverte_le)) if face.conduit else ("Depuis le", jour(depuis)),
        *((titre, typographie(dit)) for titre, dit in face.regles.faits(face.v, une)),
    ]
    dues = [e for e in une.echeances if not e.alerte] if face.conduit else une.attendues
    paires += [(e.titre, face.terme(une, e)) for e in dues]
    ici = face.registre.aujourdhui
    alertes = [e for e in une.echeances if e.alerte and e.due <= ici]
    return html.Div(
        [
            faits(paires),
            html.P(typographie(f"{alertes[-1].titre}, depuis le {jour(alertes[-1].due)}."))
            if alertes
            else None,
            html.P(typographie(etat.page)) if face.conduit else None,
        ]
    )


def fiche(face: Face, une: Affaire, filtres: Filtres) -> str:
    """Return the page of what an affaire is of, '' when it has none, or is not theirs to open."""
    genre = face.procedure.objet_type
    if genre == "demande":
        numero = face.nom(une) if face.conduit and face.v.p.nominatif else ""
        return filtres.lien(f"/demande/{numero}") if est_numero(numero) else ""
    if genre not in {"guichet", "organisme"} or not face.v.voit(genre, une.objet):
        return ""
    return filtres.lien(f"/{genre}/{une.objet}")


def suspens(face: Face, une: Affaire) -> html.Div | None:
    """Ask whether a message in doubt arrived."""
    doute = face.suspens(une)
    if doute is None or not face.conduit:
        return None
    return html.Div(
        [
            html.P(
                f"Un envoi à {doute.dit('destinataire')} est peut-être parti : son Message-ID est "
                f"{doute.dit('message_id')}. Est-il arrivé ?"
            ),
            bouton("Il est arrivé", "arrive", une.id, second=True),
            bouton("Il n'est pas arrivé", "non_arrive", une.id, second=True),
        ],
        className="avertissement",
    )


def gestes(face: Face, une: Affaire, filtres: Filtres, *, replies: bool = False) -> list[Any]:
    """Return the next action as a form, then the others behind « Autre chose ».

    `replies`: one is asked for an answer first.
    """
    a_part = {face.regles.redige, face.procedure.classeur and face.regles.reponse()}
    if not face.conduit:
        a_part |= {*face.regles.fondus, face.regles.reponse()}
    seuls = [nom for nom in face.possibles(une) if nom not in a_part]
    voulue = face.suite(une)
    rendus: list[Any] = []
    if voulue in seuls and (face.a_faire(une) or not face.conduit):
        rendus += _un_geste(face, une, voulue, filtres)
        seuls.remove(voulue)
    recoit = reception(face, une, second=bool(rendus))
    if recoit is not None and face.conduit:
        rendus.append(recoit)
    autres = [
        repli(
            une.situation.procedure.regle(nom).titre,
            html.Div(_un_geste(face, une, nom, filtres, second=True)),
        )
        for nom in seuls
    ]
    if rendus:
        rendus = [html.H2("Ce qui vient", className="fr-h5"), *rendus]
    if autres:
        rendus.append(repli("Autre chose", html.Div(autres), ouvert=not (rendus or replies)))
    return [*rendus, None if face.conduit else recoit]


def _un_geste(
    face: Face, une: Affaire, nom: str, filtres: Filtres, *, second: bool = False
) -> list[Any]:
    """Return what does an event: its form, or its message and its form; or why it may not be."""
    if nom in face.regles.ailleurs:
        dit, vers = face.regles.ailleurs[nom]
        return [html.P(lien(dit, f"{vers}&departement={une.departement}"))]
    if contre := face.contre(une, nom):
        return [html.P(typographie(f"{majuscule(contre)}."))]
    dites = {cle: nomme(face, une.departement, un) for cle, un in face.champs(nom, une).items()}
    champs = [champ(cle, un) for cle, un in dites.items()]
    quand = Champ("jour", "Jour où cela s'est passé", "date", aide="Sans date : aujourd'hui.")
    champs += [quand] if face.conduit and nom != LIRE else []
    groupes = [groupe(f"g-{nom}", champs)]
    vus = {"vus": str(len(une.situation.evenements))} | _seuls(dites) | face.geste(une, nom)
    if not (face.conduit and face.envoi(une) == nom):
        return [geste(nom, une.id, groupes, vus, face.bouton(une, nom), second=second)]
    autrement = geste(nom, une.id, groupes, vus, "Noter que c’est fait", second=True)
    if not face.par_courriel:
        return [*_a_relire(face, une, nom), autrement]
    return [
        relire_et_envoyer([une], filtres, second=second),
        repli("Dit ou remis autrement", autrement),
    ]


def _seuls(dites: Mapping[str, Donnee]) -> dict[str, str]:
    """Return what must be chosen and has one choice: whoever has one guichet need not name it."""
    obliges = {cle: [*un.choix] for cle, un in dites.items() if un.requis and un.choix}
    return {cle: choix[0] for cle, choix in obliges.items() if len(choix) == 1}


def relire_et_envoyer(unes: Sequence[Affaire], filtres: Filtres, *, second: bool = False) -> html.P:
    """Return what leads to the messages of affaires: they are read again and sent in one place."""
    texte, vers = relecture([une.id for une in unes], filtres, unes[0].departement)
    classe = "fr-btn fr-btn--secondary" if second else "fr-btn"
    return html.P(dcc.Link(texte, href=vers, className=f"{classe} fr-btn--sm"))


def _a_relire(face: Face, une: Affaire, nom: str) -> list[Any]:
    """Return the message of an event as it would leave."""
    try:
        objet, corps = face.texte(Pli(nom, (une,)))
    except Refus as refus:
        return [html.P(typographie(refus.phrase))]
    return [repli("Le message", _message(objet, corps))]


def _message(objet: str, corps: str) -> html.Div:
    return html.Div([html.P(html.Strong(objet)), html.Pre(corps, className="lettre")])


def message_dit(face: Face, une: Affaire) -> html.Details | None:
    """Return the last message that left, to be read again; open before who is to answer it."""
    dit = face.message_dit(une)
    if dit is None:
        return None
    texte = _message(str(dit.dit("objet") or ""), str(dit.dit("corps")))
    return repli(f"Le message du {jour(dit.jour)}", texte, ouvert=not face.conduit)


def _adresse(face: Face, une: Affaire, fichier: str) -> str:
    code = face.procedure.code
    # A page of its own is of who conducts: who answers takes theirs where those of any are.
    return f"{chemin(code) if face.conduit else f'/affaires/{code}'}/{une.id}/{fichier}"


def papiers(face: Face, une: Affaire) -> html.P | None:
    """Return the papers and the workbook of an affaire."""
    liens = {
        f"{titre} ({'PDF' if forme == 'pdf' else f'.{forme}'})": _adresse(
            face, une, f"{nom}.{forme}"
        )
        for nom, (titre, formes) in face.documents(une).items()
        for forme in formes
    }
    if face.procedure.classeur and une.constats:
        titre = f"{face.procedure.classeur.titre} (.xlsx)"
        liens[titre] = _adresse(face, une, "classeur.xlsx")
    return exports(liens) if liens else None


def reception(face: Face, une: Affaire, *, second: bool) -> html.Div | None:
    """Return where a returned workbook or mail is put, while one is awaited."""
    if face.regles.reponse() not in face.possibles(une):
        return None
    if not face.conduit and face.procedure.classeur is None:
        return None
    dit, fins = face.regles.rendu
    return html.Div(
        [
            html.Label(
                [
                    dit,
                    dcc.Upload(
                        html.Button(
                            CHOISIR,
                            **attributs(aria_label=CHOISIR),
                            className=f"fr-btn fr-btn--sm{' fr-btn--secondary' if second else ''}",
                            type="button",
                        ),
                        id={"type": "affaire-fichier", "affaire": une.id},
                        accept=fins,
                        max_size=30 << 20,
                    ),
                ]
            )
        ],
        **attributs(data_reception=une.id),
    )


def reponse(face: Face, une: Affaire, montres: Sequence[Cas], total: int) -> list[Any]:
    """Return the form of those of whom it is asked: of all at once, then case by case.

    What was answered of a case before is in its fields: what is not changed stays.
    """
    nom = face.regles.reponse()
    if face.conduit or nom not in face.possibles(une):
        return []
    questions, deja = face.champs(nom, une), face.regles.dites(une)
    valeurs = {"vus": str(len(une.situation.evenements))}
    champs = [champ(cle, un, facultatif=False) for cle, un in questions.items()]
    champs.sort(key=lambda un: un.large)
    groupes = [groupe("reponse", champs)] if questions else []
    combien = f"{len(montres)} sur {total} ici" if len(montres) < total else f"{total}"
    plie = f"Répondre cas par cas ({combien})" if questions else ""
    nommer = len({un.constat.guichet for un in montres}) > 1
    for un in montres:
        demandes = face.regles.champs_d_un_cas(un)
        siens = [
            champ(f"{un.reference}.{cle}", donnee, facultatif=not questions)
            for cle, donnee in demandes.items()
        ]
        groupes.append(groupe("cas", siens, _cas(un, nommer=nommer), plie))
        valeurs |= {
            f"{un.reference}.{cle}": str(dit)
            for cle, dit in _encore_dites(demandes, deja.get(un.reference, {})).items()
        }
    texte = f"Envoyer les réponses ({accorder(len(montres), 'ligne')} sur {total} ici)"
    envoyer = "Envoyer la réponse" if questions else texte
    return [
        html.H2("Répondre", className="fr-h5"),
        geste(nom, une.id, groupes, valeurs, envoyer),
    ]


def _encore_dites(demandes: Mapping[str, Donnee], dites: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was answered of a case, as far as it may still be: nothing of another choice."""
    siennes = {cle: dit for cle, dit in dites.items() if cle in demandes and dit}
    connues = all(not demandes[c].choix or dit in demandes[c].choix for c, dit in siennes.items())
    return siennes if connues else {}


def _cas(un: Cas, *, nommer: bool) -> str:
    """Return a case as people read it; `nommer`: its guichet too."""
    quand, nom = jour(un.jour) if un.jour else "", un.constat.nom if nommer else ""
    return " – ".join(filter(None, (un.numero or un.unite, quand, nom, un.explication)))


def liste_figee(face: Face, une: Affaire, montres: Sequence[Cas]) -> Bloc | None:
    """Return the frozen list, and what was last answered of each case."""
    declare = face.procedure.classeur
    if declare is None or not montres:
        return None
    champs, deja = a_remplir.champs(face.procedure), face.regles.dites(une)
    vus = face.regles.vus(une)
    lignes: list[list[Cellule]] = []
    for un in montres:
        dite = deja.get(un.reference, {})
        lignes.append(
            [
                *(_colonne(un, nom) for nom in declare.colonnes),
                *(typographie(str(dite.get(nom, ""))) for nom in champs),
                *([vus.get(un.reference, "")] if vus else []),
            ]
        )
    colonnes = (
        *declare.colonnes.values(),
        *(un.titre for un in champs.values()),
        *(["Dernière livraison"] if vus else []),
    )
    return liste(colonnes, lignes, f"{declare.feuille} de la liste, figée ce jour-là")


def _colonne(un: Cas, nom: str) -> str:
    valeur = str(getattr(un, nom, "") or "")
    return jour(valeur) if nom == "jour" and valeur else typographie(valeur)


def chronologie(face: Face, une: Affaire) -> Bloc:
    """Return the events of an affaire that they may read, the last first."""
    lignes: list[list[Cellule]] = [
        [jour(quand), quoi, typographie(dit), qui]
        for quand, quoi, dit, qui in face.chronologie(une)
    ]
    return liste(("Jour", "Événement", "Précision", "Par"), lignes, "Chronologie, la fin d'abord")
