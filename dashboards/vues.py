"""The filters of a page that each keeps under a name, and those that they open it with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import dash
from dash import ALL, Input, Output, State, html, no_update

from dashboards.clics import appele, bouton
from dashboards.composants.apostrophes import courber
from dashboards.composants.elements import attributs, lien, repli, typographie
from dashboards.composants.saisie import Champ, Formulaire, groupe
from dashboards.courant import lecteur, qui
from infocentre.decisions import magasin_present, ouvrir_magasin
from infocentre.decisions.vues import NOM_MAX, VueGardee, Vues
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import apostropher

PAGES = ("/suivi", "/demandes")
AUCUNE = "vue=aucune"  # of the address of a page that opens on no filters kept
LIEUX = frozenset({"departement", "mois", "epci"})  # what the menu adds to any address
# What is of a moment: never kept.
PASSAGERS = frozenset({"mois", "page", "vue", "vus", "affichage"})


@dataclass(frozen=True, slots=True)
class ParDefaut:
    """The filters that a page opens with, unless its address has its own."""

    filtres: str

    def appliquer(self, recherche: str) -> str:
        """Return what follows « ? », with these filters when it has none."""
        dits = dict(parse_qsl(recherche.removeprefix("?"), keep_blank_values=True))
        if set(dits) - LIEUX:
            return recherche
        return f"?{urlencode(dict(parse_qsl(self.filtres)) | dits)}"


def vue_par_defaut(chemin: str) -> ParDefaut | None:
    """Return what a page opens with for whoever asks, None when nothing was chosen."""
    siennes = _siennes(chemin) if chemin in PAGES else None
    filtres = siennes.par_defaut(chemin) if siennes else ""
    return ParDefaut(filtres) if filtres else None


def _siennes(chemin: str) -> Vues | None:
    if chemin not in PAGES:
        return None
    magasin = magasin_present(lecteur().dossier.racine)
    return Vues(magasin, qui()) if magasin else None


def barre(chemin: str) -> html.Div:
    """Return the views that the reader keeps of a page, and what keeps one more."""
    champs = [
        Champ("nom", "Nom", aide="« Mes communes en rouge »", precisions={"maxLength": NOM_MAX}),
        Champ("par_defaut", "Ouvrir cette page avec ces filtres", "case"),
    ]
    siennes = _siennes(chemin)
    return html.Div(
        [
            html.Div(_liens(chemin, siennes.lister(chemin) if siennes else []), id="vues"),
            repli(
                "Vues gardées",
                html.Div(
                    [
                        html.Div(
                            _lister(chemin, siennes.lister(chemin) if siennes else []),
                            id="vues-liste",
                        ),
                        html.Div(id="vues-dit", **attributs(aria_live="polite")),
                        html.P("Garder les filtres de cette page", className="fr-text--bold"),
                        Formulaire(
                            id="vues-garder",
                            groupes=[groupe("vues", champs)],
                            valeurs={},
                            bouton=apostropher("Garder"),
                        ),
                    ]
                ),
            ),
        ],
        className="vues ecran",
    )


def _lister(chemin: str, vues: Sequence[VueGardee]) -> list[Any]:
    if not vues:
        return []
    lignes = [
        html.Li(
            [
                lien(une.nom, f"{chemin}?{une.filtres}"),
                " (par défaut)" if une.par_defaut else "",
                _bouton(
                    "Ne plus ouvrir par défaut" if une.par_defaut else "Ouvrir par défaut",
                    "defaut",
                    une,
                ),
                _bouton("Supprimer", "supprimer", une),
            ]
        )
        for une in vues
    ]
    return [html.Ul(lignes)]


def _liens(chemin: str, vues: Sequence[VueGardee]) -> list[Any]:
    if not vues:
        return []
    tout = html.Li(lien("Sans filtre", f"{chemin}?{AUCUNE}"))
    return [
        html.Ul(
            [
                *(html.Li(lien(une.nom, f"{chemin}?{une.filtres}")) for une in vues),
                tout if any(une.par_defaut for une in vues) else None,
            ],
            className="vues-gardees",
            **attributs(aria_label="Vues gardées"),
        )
    ]


def _bouton(texte: str, action: str, une: VueGardee) -> html.Button:
    return html.Button(
        [texte, html.Span(f" : {une.nom}", className="fr-sr-only")],
        id={"type": "vues-bouton", "action": action, "vue": une.id},
        type="button",
        className="fr-btn fr-btn--sm fr-btn--tertiary-no-outline",
    )


def rappels(app: dash.Dash) -> None:
    """Register what keeps a view, and what changes those kept."""
    app.callback(
        Output("vues", "children"),
        Output("vues-liste", "children"),
        Output("vues-dit", "children"),
        Output("vues-garder", "valeurs"),
        Input("vues-garder", "envois"),
        Input({"type": "vues-bouton", "action": ALL, "vue": ALL}, "n_clicks"),
        State("vues-garder", "valeurs"),
        State("adresse", "pathname"),
        State("adresse", "search"),
        prevent_initial_call=True,
    )(agir)


def agir(
    _envois: int | None,
    _clics: Sequence[int | None],
    valeurs: Mapping[str, object] | None,
    chemin: str | None,
    recherche: str | None,
) -> tuple[Any, Any, Any, Any]:
    """Keep the filters of the address, or change those kept; a refusal is said."""
    clic, ici = bouton(), chemin or ""
    if ici not in PAGES or not (clic or appele("vues-garder")):
        return no_update, no_update, no_update, no_update
    siennes = Vues(ouvrir_magasin(lecteur().dossier.racine), qui())
    reste: Any = no_update
    try:
        if clic is not None:
            faire = siennes.supprimer if clic.get("action") == "supprimer" else siennes.choisir
            faire(ici, str(clic.get("vue", "")))
            dit = "Fait."
        else:
            dits, par_defaut = valeurs or {}, vue_par_defaut(ici)
            voulue = par_defaut.appliquer(recherche or "") if par_defaut else recherche or ""
            nom, defaut = str(dits.get("nom") or ""), dits.get("par_defaut") == "oui"
            siennes.garder(ici, nom, filtres_de(voulue), par_defaut=defaut)
            dit, reste = "Vue gardée.", {}
    except Refus as refus:
        dite = html.P(typographie(refus.phrase), className="fr-error-text", role="alert")
        return no_update, no_update, courber(dite), no_update
    vues = siennes.lister(ici)
    return (
        courber(_liens(ici, vues)),
        courber(_lister(ici, vues)),
        courber(html.P(dit, role="status")),
        reste,
    )


def filtres_de(recherche: str) -> str:
    """Return what is kept of an address: its filters, not its month nor its page."""
    dits = parse_qsl(recherche.removeprefix("?"))
    return urlencode([(nom, un) for nom, un in dits if nom not in PASSAGERS])
