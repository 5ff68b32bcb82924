"""What moved in a bilan and in a synthèse: it stands among all that the document compares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from infocentre.catalogue import lire_catalogue
from infocentre.lecture.accueil import mouvements as hausses
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import catalogue_du_mois
from infocentre.mesures.partage import MASQUE
from infocentre.noyau.etats import SIGNIFICATIFS, Etat, en_sql
from infocentre.restitutions import synthese
from infocentre.restitutions.bilan import CHAPITRES, PROJETES, mouvements, semestre
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.bilan.mouvements import Mouvement, Mouvements, comparer
from infocentre.restitutions.bilan.releve import Valeur
from infocentre.restitutions.bilan.semestre import SixMois, juger, six_mois
from infocentre.restitutions.diaporama.copil import du_bilan
from infocentre.restitutions.document import Document, Liste, Paragraphe, Section, Tableau
from infocentre.restitutions.ecriture import ecrire
from infocentre.restitutions.lecture import Edition
from tests.restitutions.changes import entrepot_change, sur
from tests.restitutions.exemples import document

pytestmark = pytest.mark.lent

MOIS, AVANT = "2026-10", "2025-10"
# Each place: code, niveau, cle, then (n, d, state) a year before and in the month, over 12 months.
PHS, SALINS, CANAL, NOUVEAU = "903900018", "903900026", "903900042", "903900034"


def _mouvement(avant: Etat, ici: Etat, *, net: bool) -> Mouvement:
    un = next(iter(lire_catalogue().indicateurs.values()))
    lues = [
        Valeur(un, "organisme", PHS, mois, etat, 10, 100, 0.05, 0.17, annee=True)
        for mois, etat in ((MOIS, ici), (AVANT, avant))
    ]
    return Mouvement("PHS", lues[0], lues[1], net=net)


@pytest.mark.parametrize(
    ("avant", "ici", "net", "marquant"),
    [
        (Etat.VERT, Etat.VERT, True, True),
        (Etat.VERT, Etat.VERT, False, False),
        (Etat.VERT, Etat.ORANGE, True, True),
        (Etat.VERT, Etat.ORANGE, False, False),
        (Etat.ORANGE, Etat.VERT, False, False),
        (Etat.ROUGE, Etat.ROUGE, False, False),
        (Etat.ROUGE, Etat.ROUGE, True, True),
        (Etat.ORANGE, Etat.ROUGE, False, True),
        (Etat.ROUGE, Etat.VERT, False, True),
        (Etat.SANS_OBJET, Etat.A_TRAITER, False, True),
    ],
)
def test_what_stands_or_makes_or_unmakes_a_bad_state_is_marquant(
    avant: Etat, ici: Etat, *, net: bool, marquant: bool
) -> None:
    assert _mouvement(avant, ici, net=net).marquant is marquant


def dits(section: Section) -> str:
    """Return the words of a chapter, spaces made plain, the names of its tables too."""
    textes = [section.titre]
    for bloc in section.blocs:
        if isinstance(bloc, Paragraphe):
            textes.append(bloc.texte)
        elif isinstance(bloc, Liste):
            textes += bloc.points
        elif isinstance(bloc, Tableau):
            textes += [bloc.titre, bloc.lecture]
    textes += map(dits, section.sections)
    return "\n".join(textes).replace("\u202f", " ").replace("\u00a0", " ")


def chapitre(nom: str, ctx: Contexte) -> Section:
    """Return a chapter that the bilan has."""
    section = {**CHAPITRES, **PROJETES}[nom](ctx)
    assert section
    return section


def sous(section: Section, titre: str) -> str:
    """Return the words of a section of a chapter."""
    return dits(next(une for une in section.sections if une.titre == titre))


def paragraphes(document: Document, titre: str) -> str:
    return "\n".join(dits(une) for _, une in document.toutes_sections() if titre in une.titre)


def test_a_bilan_compares_the_departement_types_and_organismes_it_may_show(
    edition_demo: Edition,
) -> None:
    """Against a count in SQL, but of what is judged over months that the year before lacks.

    And of states that are not told: of so few units that « vert » would be one anomaly.
    """
    ctx = Contexte(edition_demo)
    lues = edition_demo.v.tuples(
        "SELECT ici.mois, avant.mois, code, ici.niveau, ici.guichet, "
        "ici.n_etat <= 10 AND floor(ici.d_etat * seuil_orange) = 1, "
        "avant.n_etat <= 10 AND floor(avant.d_etat * seuil_orange) = 1 FROM valeurs AS ici "
        "JOIN valeurs AS avant USING (departement, code, niveau, guichet) JOIN regles USING (code) "
        f"WHERE ici.mois = '{ctx.mois}' AND avant.mois = '{ctx.mois_avant}' "
        "AND niveau IN ('departement', 'type', 'organisme') AND guichet <> 'PORTAIL' "
        f"AND ici.etat IN {en_sql(SIGNIFICATIFS)} AND avant.etat IN {en_sql(SIGNIFICATIFS)} "
        "AND ici.d_etat > 0 AND avant.d_etat > 0 AND NOT (tolerance_zero AND nature = 'flux')"
    )
    masquees = {
        (mois, *cle)
        for mois in (ctx.mois, ctx.mois_avant)
        for cle, une in ctx.relever(mois).valeurs.items()
        if une.masquee
    }
    niveaux = [
        cle[1]
        for ici, avant, *cle, peu_ici, peu_avant in lues
        if not (peu_ici and (ici, *cle) in masquees)
        and not (peu_avant and (avant, *cle) in masquees)
    ]
    assert len(niveaux) < len(lues)
    assert comparer(ctx).nombre == len(niveaux)
    toutes, organismes = len(niveaux), niveaux.count("organisme")
    seuls = Contexte(edition_demo, organismes=frozenset())
    assert comparer(seuls).nombre == toutes - organismes > 20


def test_a_bilan_without_movement_says_among_how_many(
    edition_demo: Edition, tmp_path: Path
) -> None:
    pareil = (
        "UPDATE valeurs SET numerateur = 0, numerateur_12m = 0, etat = 'vert', etat_mois = 'vert' "
        f"WHERE etat IN {en_sql(SIGNIFICATIFS)}"
    )
    with entrepot_change(edition_demo, tmp_path / "d", pareil) as v:
        section = chapitre("qualite", Contexte(sur(v, edition_demo)))
    dit = sous(section, "Ce qui a bougé dans le département")
    assert "Aucun mouvement d'un indicateur du département ne tient depuis octobre 2025" in dit
    assert "comparaisons, corrigées de leur nombre" in dit
    assert "ne s'est dégradé en un an" in sous(section, "Les dégradations")
    assert "Aucun mois du semestre n'a été à traiter ni en rouge" in dits(section)


def test_a_synthese_says_among_how_many_its_rises_stand(
    edition_demo: Edition, tmp_path: Path
) -> None:
    bouge = planter("ENR_DELAI", "departement", "*", (40, 4000, "vert"), (400, 4000, "rouge"))
    with entrepot_change(edition_demo, tmp_path / "d", bouge) as v:
        edition = sur(v, edition_demo)
        nombre = hausses(v, edition.filtres).comparaisons
        dit = paragraphes(synthese.construire(edition), "on ne peut pas dire")
    assert f"retenues parmi {nombre} comparaisons, corrigées de leur nombre." in dit


# --- Stories, planted in the demonstration --------------------------------------------------------

Bout = tuple[int, int, str]


def planter(code: str, niveau: str, cle: str, avant: Bout, ici: Bout) -> str:
    """Return what gives a place these anomalies and states, a year before and in the month."""
    return ";".join(
        f"UPDATE valeurs SET numerateur = {n}, numerateur_12m = {n}, denominateur = {d}, "
        f"denominateur_12m = {d}, etat = '{etat}', etat_mois = '{etat}' WHERE code = '{code}' "
        f"AND niveau = '{niveau}' AND guichet = '{cle}' AND mois = '{mois}'"
        for mois, (n, d, etat) in ((AVANT, avant), (MOIS, ici))
    )


def un_mois(code: str, mois: str, n: int, d: int, etat: str) -> str:
    """Return what gives the département these anomalies in one month."""
    return (
        f"UPDATE valeurs SET numerateur = {n}, denominateur = {d}, etat = '{etat}', "
        f"etat_mois = '{etat}' WHERE code = '{code}' AND niveau = 'departement' AND mois = '{mois}'"
    )


CALME = (
    "UPDATE valeurs SET etat = 'vert', etat_mois = 'vert', numerateur = 0, numerateur_12m = 0 "
    f"WHERE etat IN {en_sql(SIGNIFICATIFS)} AND niveau <> 'guichet'"
)
HISTOIRES = (
    # A fall that the secret masks: 3 of 400, then 9 of 400.
    planter("ENR_DELAI", "departement", "*", (3, 400, "vert"), (9, 400, "orange")),
    # One hidden to the unit, as its types do not add up to it: 40 of 4 000, then 400.
    planter("CPL_CHAMPS", "departement", "*", (40, 4000, "vert"), (400, 4000, "rouge")),
    # Nothing is tolerated: 0 of 395, then 15 of 412; in July already.
    planter("ACC_DEPART_OUVERT", "departement", "*", (0, 395, "vert"), (15, 412, "a_traiter")),
    # Twice as good, but too small to be net: 30 of 500 to 21 of 500.
    planter("DBL_FORCE", "departement", "*", (30, 500, "orange"), (21, 500, "vert")),
    # A rate that hardly moved, in the same state: not told.
    planter("REN_SAISIE_TARDIVE", "departement", "*", (180, 4000, "rouge"), (190, 4000, "rouge")),
    # Organismes: one falls, one rises, one is bad at each semester, one is new.
    planter("CPL_RESSOURCES", "departement", "*", (300, 9000, "vert"), (326, 9000, "vert")),
    planter("CPL_RESSOURCES", "organisme", PHS, (4, 353, "vert"), (126, 393, "rouge")),
    planter("CPL_RESSOURCES", "organisme", SALINS, (96, 246, "rouge"), (0, 241, "vert")),
    planter("DBL_ACTIF", "organisme", CANAL, (40, 400, "rouge"), (41, 400, "rouge")),
    f"UPDATE valeurs SET etat = 'rouge' WHERE code = 'DBL_ACTIF' AND guichet = '{CANAL}'",
    planter("DBL_ACTIF", "organisme", NOUVEAU, (1, 5, "effectif_insuffisant"), (30, 60, "rouge")),
    # An incident of one month, in a semester whose last month shows nothing.
    un_mois("RAD_SANS_PREAVIS", "2026-08", 14, 200, "a_traiter"),
    # A month that was never delivered.
    "DELETE FROM valeurs WHERE mois = '2026-09'",
)


@pytest.fixture(scope="module")
def histoires(
    edition_demo: Edition, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Contexte]:
    """A world where only these things happened; one rule was not the same a year before."""
    avec = pytest.MonkeyPatch()
    avec.setattr(mouvements, "catalogue_du_mois", autre_regle_avant)
    racine = tmp_path_factory.mktemp("histoires") / "d"
    with entrepot_change(edition_demo, racine, CALME, *HISTOIRES, protege=True) as v:
        yield Contexte(sur(v, edition_demo))
    avec.undo()


def autre_regle_avant(v: object, filtres: Filtres) -> object:
    regles = catalogue_du_mois(v, filtres)  # type: ignore[arg-type]
    un = regles.indicateurs["ENR_PJ_IDENTITE"].model_copy(update={"version": 99})
    return regles.model_copy(update={"indicateurs": {**regles.indicateurs, un.code: un}})


@pytest.fixture(scope="module")
def qualite(histoires: Contexte) -> Section:
    return chapitre("qualite", histoires)


@pytest.fixture(scope="module")
def faits(histoires: Contexte) -> Mouvements:
    return comparer(histoires)


def test_the_list_has_what_moved_the_worst_first(faits: Mouvements) -> None:
    """A state that changed is told whether or not it is net; a rate that hardly moved is not."""
    assert [(un.ici.un.code, un.net) for un in faits.pires("departement")] == [
        ("ACC_DEPART_OUVERT", True),
        ("CPL_CHAMPS", True),
        ("ENR_DELAI", False),
    ]
    assert [(un.ici.un.code, un.net) for un in faits.mieux("departement")] == [("DBL_FORCE", False)]


def test_every_chapter_tells_the_same_falls(histoires: Contexte, qualite: Section) -> None:
    chutes = (
        "accès encore ouverts après le départ de l'utilisateur "
        "(de 0 sur 395 [0,0 %] à 15 sur 412 [3,6 %]) ; "
        "demandes créées avec plus de trois champs suivis non renseignés "
        "(● vert en octobre 2025, ■ rouge [environ 10 %] en octobre 2026) ; "
        "demandes saisies plus d'un mois après le dépôt "
        "(● vert en octobre 2025, ▲ orange en octobre 2026)"
    )
    assert chutes in sous(qualite, "Les dégradations")
    for nom in ("essentiel", "enjeux"):
        assert chutes in dits(chapitre(nom, histoires)), nom
    noms = ", ".join(un.split(" (")[0] for un in chutes.split(" ; "))
    assert noms in sous(qualite, "Ce qui a bougé dans le département")
    assert noms in dits(chapitre("difficultes", histoires))


def test_a_title_counts_what_worsens_before_what_improves(qualite: Section) -> None:
    dit = "En un an, trois indicateurs du département se dégradent, un s'améliore"
    assert dit in sous(qualite, "Ce qui a bougé dans le département")
    assert dit in dits(qualite).split("Par type de guichet")[0]


def test_the_secret_hides_the_figures_of_a_fall_and_not_the_fall(qualite: Section) -> None:
    (table,) = (
        bloc
        for une in qualite.sections
        for bloc in une.blocs
        if isinstance(bloc, Tableau) and bloc.cle == "qualite-mouvements"
    )
    masquee = table.lignes[2]
    assert [(un.valeur, un.masquee, un.etat) for un in masquee[1:3]] == [
        (None, True, "vert"),
        (None, True, "orange"),
    ]
    assert [un.valeur for un in masquee[3:]] == ["dégradation", "changement d'état"]


def test_organismes_are_named_with_their_figures(histoires: Contexte, qualite: Section) -> None:
    """A small count (4 of 353), and what it would follow from beside one's own: states stand there.

    No anomaly hides none.
    """
    nom = histoires.noms_organismes[PHS]
    assert (
        f"{nom} : demandes actives sans ressources exploitables "
        "(● vert en octobre 2025, ■ rouge en octobre 2026)"
    ) in sous(qualite, "Les dégradations")
    nom = histoires.noms_organismes[SALINS]
    assert (
        f"{nom} : demandes actives sans ressources exploitables "
        "(■ rouge en octobre 2025, 0 sur 241 [0,0 %] en octobre 2026)"
    ) in sous(qualite, "Les progrès")
    assert nom in dits(chapitre("essentiel", histoires))


def test_what_was_not_judged_a_year_before_is_told_apart(
    histoires: Contexte, qualite: Section
) -> None:
    nom = histoires.noms_organismes[NOUVEAU]
    dit = sous(qualite, "Les dégradations")
    assert "En rouge ou à traiter, sans avoir été jugé un an avant" in dit
    assert f"{nom} (demandes actives en double)" in dit


def test_who_is_bad_at_each_semester_is_named(histoires: Contexte, qualite: Section) -> None:
    dit = sous(qualite, "Les difficultés persistantes")
    assert "Un organisme reste en rouge ou à traiter d'un semestre à l'autre" in dit
    assert f"d'un semestre à l'autre : {histoires.noms_organismes[CANAL]}." in dit


def test_an_incident_of_one_month_is_told_though_the_last_month_is_green(
    histoires: Contexte, qualite: Section
) -> None:
    libelle = "Radiations pour non-renouvellement sans préavis dans les délais, hors portail"
    somme = "14 dans le semestre, à traiter en août 2026"
    dit = sous(qualite, "Ce qui s'est passé dans le semestre")
    assert f"{libelle} : {somme} ; octobre 2026 n'en montre plus." in dit
    assert f"**{libelle}** : {somme}" in dits(chapitre("essentiel", histoires))
    assert f"**{libelle}** : {somme}" in dits(chapitre("difficultes", histoires))
    rouges = dits(qualite).split("Par type de guichet")[0]
    assert "radiations pour non-renouvellement sans préavis dans les délais, hors portail" in rouges


def test_whom_an_incident_names_was_so_in_a_month_not_in_each(
    histoires: Contexte, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(semestre, "_organismes", lambda *_: ("Alpha", "Bêta"))
    dit = sous(chapitre("qualite", histoires), "Ce qui s'est passé dans le semestre")
    assert "à traiter en août 2026 ; un mois au moins, chez Alpha et Bêta ; octobre" in dit


def test_a_month_that_was_not_delivered_is_said(histoires: Contexte, qualite: Section) -> None:
    dit = sous(qualite, "Ce qui s'est passé dans le semestre")
    assert "Septembre 2026 n'est pas publié : ses anomalies manquent au compte du semestre." in dit
    assert "le secret statistique n'en laisse dire que les sommes du département" in dit
    assert "**Mois sans livraison** : septembre 2026." in dits(chapitre("difficultes", histoires))


def test_a_rule_that_changed_is_said_and_not_compared(qualite: Section, faits: Mouvements) -> None:
    assert (
        "La règle a changé depuis octobre 2025, et rien n'est comparé, pour "
        "demandes sans pièce d'identité 15 jours après le dépôt."
    ) in sous(qualite, "Ce qui a bougé dans le département")
    assert [un.code for un in faits.changees] == ["ENR_PJ_IDENTITE"]


def test_the_three_indicators_of_the_departement_alone_have_a_row(qualite: Section) -> None:
    (table,) = (
        bloc
        for une in qualite.sections
        for bloc in une.blocs
        if isinstance(bloc, Tableau) and bloc.cle == "qualite-semestre"
    )
    noms = [ligne[0].valeur for ligne in table.lignes]
    assert {
        "Préavis revenus non distribués",
        "Demandes échues encore actives",
        "Radiations pour non-renouvellement sans préavis dans les délais, hors portail",
    } <= set(noms)


def points(blocs: Sequence[object]) -> list[str]:
    """Return the points of lists, spaces made plain."""
    listes = [bloc.points for bloc in blocs if isinstance(bloc, Liste)]
    return [un.replace("\u202f", " ").replace("\u00a0", " ") for une in listes for un in une]


def test_slides_tell_the_same_falls_the_worst_first(histoires: Contexte, qualite: Section) -> None:
    chapitres = (chapitre(nom, histoires) for nom in ("enjeux", "difficultes", "plan"))
    sections = (chapitre("essentiel", histoires), qualite, *chapitres)
    diapositives = {une.rubrique: une for une in du_bilan(document(sections=sections))}
    bouge = diapositives["La qualité de l'enregistrement : ce qui a bougé"]
    assert bouge.titre == ("En un an, trois indicateurs du département se dégradent, un s'améliore")
    (gauche,), droite = bouge.colonnes
    assert isinstance(gauche, Tableau)
    assert [ligne[-1].valeur for ligne in gauche.lignes] == [*["dégradation"] * 3, "amélioration"]
    assert any("14 dans le semestre" in un for un in points(droite))
    dit = "\n".join(points(diapositives["L'essentiel"].blocs))
    assert diapositives["L'essentiel"].titre == (
        "D'un semestre à l'autre, un organisme reste en rouge ou à traiter."
    )
    assert f"**{histoires.noms_organismes[CANAL]}** : demandes actives en double" in dit
    libelle = "Radiations pour non-renouvellement sans préavis dans les délais, hors portail"
    assert f"**{libelle}** : 14 dans le semestre" in dit


def test_two_sums_of_a_semester_never_tell_a_few_of_its_months(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """14 in July are told; 19 in August would tell 5 more, 26 in October tells 12 more."""
    comptes = {"2026-07": 14, "2026-08": 5, "2026-09": 0, MOIS: 7}
    plantes = [un_mois("RAD_SANS_PREAVIS", m, n, 200, "a_traiter") for m, n in comptes.items()]
    with entrepot_change(edition_demo, tmp_path / "d", *plantes) as v:
        ctx = Contexte(sur(v, edition_demo))
        lus = {mois: _sans_preavis(ctx, mois) for mois in comptes}
        assert {mois: un.n for mois, un in lus.items()} == {
            "2026-07": 14,
            "2026-08": None,
            "2026-09": None,
            MOIS: 26,
        }
        assert lus["2026-07"].pire_n == 14, "all the sum"
        assert (lus[MOIS].pire, lus[MOIS].pire_n) == (MASQUE, None), "the semester is not over"
        masquees = [juger(ctx, mois)("RAD_SANS_PREAVIS") for mois in comptes]
        assert [une and une.masquee for une in masquees] == [False, True, True, False]
        (seul,) = (
            un
            for un in six_mois(Contexte(ctx.edition, partage=False))
            if un.un.code == "RAD_SANS_PREAVIS"
        )
        assert (seul.n, seul.pire, seul.pire_n) == (26, "2026-07", 14)


def test_a_month_where_nothing_is_tolerated_tells_its_state_alone(
    edition_demo: Edition, tmp_path: Path
) -> None:
    """14 of 200 in the month would tell a month, less those that sums told; none is told."""
    un = un_mois("RAD_SANS_PREAVIS", MOIS, 14, 200, "a_traiter")
    with entrepot_change(edition_demo, tmp_path / "d", un) as v:
        ici, avant = (Contexte(sur(v, edition_demo)).relever(m) for m in (MOIS, AVANT))
    lue, ancienne = ici("RAD_SANS_PREAVIS"), avant("RAD_SANS_PREAVIS")
    assert lue is not None
    assert ancienne is not None
    assert (lue.cellule().masquee, lue.cellule().etat) == (True, "a_traiter")
    assert (ancienne.cellule().valeur, ancienne.cellule().sur) == ("0", None)


def _sans_preavis(ctx: Contexte, mois: str) -> SixMois:
    """Return what a bilan of a month tells of the six months."""
    (un,) = (
        un
        for un in six_mois(replace(ctx, edition=replace(ctx.edition, mois=mois)))
        if un.un.code == "RAD_SANS_PREAVIS"
    )
    return un


def test_a_last_month_without_an_act_is_no_progress(edition_demo: Edition, tmp_path: Path) -> None:
    incident = un_mois("RAD_SANS_PREAVIS", "2026-08", 14, 200, "a_traiter")
    rien = un_mois("RAD_SANS_PREAVIS", MOIS, 0, 0, "sans_objet")
    with entrepot_change(edition_demo, tmp_path / "d", CALME, incident, rien) as v:
        dit = sous(
            chapitre("qualite", Contexte(sur(v, edition_demo))),
            "Ce qui s'est passé dans le semestre",
        )
    assert "à traiter en août 2026 ; aucun cas n'était à juger en octobre 2026." in dit
    assert "n'en montre plus" not in dit


def test_organismes_are_in_french_order(histoires: Contexte) -> None:
    """É with E, the 9th before the 10th, whatever the case."""
    annexe = chapitre("organismes", histoires)
    table = next(
        bloc for bloc in annexe.blocs if isinstance(bloc, Tableau) and bloc.cle == "organismes-2"
    )
    noms = [str(ligne[0].valeur) for ligne in table.lignes]
    ranges = ["CA Terre de Provence", "Crau Solidaire Habitat", "Étang Bleu Habitat",
              "Garlaban Résidences", "Marseille 2e Arrondissement", "Marseille 10e Arrondissement",
              "Provence Habitat Solidaire"]  # fmt: skip
    assert [nom for nom in noms if nom in ranges] == ranges


def test_what_is_counted_is_never_written_as_a_rate(qualite: Section) -> None:
    """14 radiations, none a year before, in columns of rates."""
    (table,) = (
        bloc
        for une in qualite.sections
        for bloc in une.blocs
        if isinstance(bloc, Tableau) and bloc.cle == "qualite-types-autres"
    )
    ecrites = [
        ecrire(ligne[1], table.colonnes[1])
        for ligne in table.lignes
        if str(ligne[0].valeur).startswith("Radiations pour irrecevabilité")
    ]
    assert ecrites == ["0", "0"]


def test_what_partners_have_in_common_tells_states_and_names_nobody(histoires: Contexte) -> None:
    """A partner would find, less its own counts, a few of others."""
    commun = Contexte(histoires.edition, organismes=frozenset())
    dit = dits(chapitre("essentiel", commun))
    assert "(● vert en octobre 2025, ■ rouge en octobre 2026)" in dit
    assert "15 sur 412" not in dit
    assert not [nom for nom in histoires.noms_organismes.values() if nom in dit]


@pytest.mark.parametrize("mot", ["hasard", "marge d'incertitude des deux taux"])
def test_a_bilan_never_says_that_chance_is_ruled_out(qualite: Section, mot: str) -> None:
    assert mot not in dits(qualite)
