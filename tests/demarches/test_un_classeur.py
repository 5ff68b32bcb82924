"""One workbook for an organisme, wherever it was taken: a row a demande, read back by affaire."""

from __future__ import annotations

import datetime as dt
import functools
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from infocentre.affaires import Affaire, Affaires
from infocentre.demarches.message import Pli
from infocentre.lecture.commun import noms_guichets
from infocentre.lecture.extraits import anomalies_du_mois
from infocentre.lecture.fiche import lire_fiche
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.indicateurs import mesure
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.mesures_correctives import classeur, message, proposer, reponses
from infocentre.procedures.mesures_correctives.message import plis
from infocentre.procedures.mesures_correctives.propositions import (
    Proposition,
    propositions,
)
from tests.cli.lancer import Commande
from tests.demarches.test_messages import (
    FONT_CLAIRE,
    LUNDI,
    MOIS,
    VIEUX_BASSIN,
    _face,
    _proposer,
    _sans_fiche,
    racine,
    registre,
    v,
)

__all__ = ["racine", "registre", "v"]  # the world of test_messages
pytestmark = pytest.mark.lent


def _deux(v: Lecture, registre: Affaires) -> list[Affaire]:
    """Open two affaires of one organisme that tell of the same demandes, and accept them."""
    une = next(un for un in propositions(v, "013", MOIS) if un.faits[0].guichet == FONT_CLAIRE)
    autre = Proposition("013", MOIS, une.organisme, une.nom, "attributions", une.faits)
    unes = [proposer.ouvrir(v, registre, un) for un in (une, autre)]
    return [registre.agir(un.id, "accepter") for un in unes]


def _lire_xlsx(octets: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(octets))


def _joint(v: Lecture, pli: Pli) -> Any:
    (_, xlsx) = message.joindre(v, pli, LUNDI, _sans_fiche)
    return _lire_xlsx(xlsx.octets)


def _rendre(livre: Any, tmp_path: Path) -> Path:
    chemin = tmp_path / "rendu.xlsx"
    livre.save(chemin)
    return chemin


def _lignes(livre: Any) -> list[tuple[Any, ...]]:
    return list(livre["Cas"].iter_rows(min_row=2, values_only=True))


def test_two_families_of_an_organisme_are_one_message_with_chapters_and_one_workbook(
    v: Lecture, registre: Affaires
) -> None:
    unes = _deux(v, registre)
    (pli,) = plis(unes, "signaler")
    pret = _face(v, registre, _sans_fiche).message(pli)
    dits = registre.constats([un for une in unes for un in une.constats])
    numeros = {numero for un in dits for _, numero, *_ in un.unites}
    assert f"{len(numeros)} radiations à examiner" in pret.objet
    assert "1. Radiations\xa0: " in pret.corps
    assert "2. Attributions\xa0: " in pret.corps
    assert pret.corps.count("d’ici au 28 septembre 2026") == 1
    assert f"Références à rappeler\xa0: {', '.join(pli.ids)}" in pret.corps
    lignes = _lignes(_joint(v, pli))
    assert sorted(une[2] for une in lignes) == sorted(numeros)
    assert {une[5] for une in lignes} == {"28/09/2026"}  # the day that the message says
    assert all(une[4] for une in lignes)


def test_all_that_a_month_tells_is_a_message_an_organisme(v: Lecture, registre: Affaires) -> None:
    """F6: an organisme of several families got as many mails in the same minute."""
    unes = _deux(v, registre)
    for une in proposer.proposer(v, registre, "013", MOIS):
        unes.append(registre.agir(une.id, "accepter"))
    face = _face(v, registre, _sans_fiche)
    prets = [face.message(pli) for pli in plis(unes, "signaler")]
    organismes = {un.objet for un in unes}
    assert (len(unes), len(organismes)) == (3, 2)
    assert len(prets) == len(organismes)
    assert len({vers for un in prets for vers in un.destinataires}) == len(organismes)


def test_what_a_row_answers_goes_to_each_affaire_that_tells_of_the_demande(
    v: Lecture, registre: Affaires, tmp_path: Path
) -> None:
    unes = _deux(v, registre)
    (pli,) = plis(unes, "signaler")
    livre = _joint(v, pli)
    registre.agir_ensemble(pli.ids, "signaler", {"canal": "courriel"})
    livre["Cas"]["G2"], livre["Cas"]["I2"] = "contesté", "pas à nous"
    lue = reponses.lire(registre, _rendre(livre, tmp_path), LUNDI)
    assert [une.affaire for une in lue.reponses] == list(pli.ids)
    prises, contre = reponses.enregistrer_tout(registre, lue)
    assert contre == []
    for dite, suite in prises:
        (cas,) = dite.unites
        assert (suite.etat, cas["sort"], cas["texte"]) == ("en_cours", "conteste", "pas à nous")
        assert cas["constat"] in suite.constats
    with pytest.raises(Refus, match="ce fichier a déjà été lu"):
        reponses.enregistrer_tout(registre, lue)


def test_the_command_keeps_what_it_reads_and_fails_when_a_row_is_refused(
    v: Lecture,
    registre: Affaires,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    unes = _deux(v, registre)
    (pli,) = plis(unes, "signaler")
    livre = _joint(v, pli)
    registre.agir_ensemble(pli.ids, "signaler", {"canal": "courriel"})
    livre["Cas"]["G2"], livre["Cas"]["I2"] = "contesté", "pas à nous"
    livre["Cas"]["G3"] = "peut-être"
    monkeypatch.setattr("infocentre.cli.affaires.registre_de", lambda *_: registre)
    lue = Commande(v.dossier.racine, monkeypatch, capsys)(
        "mesures", "lire", _rendre(livre, tmp_path)
    )
    assert lue.texte.count("1 cas, ") == 2  # of each affaire that tells of the demande
    assert "refusé : feuille « Cas », ligne 3 : « peut-être »" in lue.texte
    assert (lue.code, "1 ligne refusée" in lue.erreur) == (1, True)
    assert {registre.lire(id_).etat for id_ in pli.ids} == {"en_cours"}


def test_one_affaire_that_no_longer_awaits_an_answer_is_said_the_other_takes_it(
    v: Lecture, registre: Affaires, tmp_path: Path
) -> None:
    unes = _deux(v, registre)
    (pli,) = plis(unes, "signaler")
    livre = _joint(v, pli)
    registre.agir_ensemble(pli.ids, "signaler", {"canal": "courriel"})
    registre.agir(pli.ids[0], "clore", {"issue": "devenu_sans_objet", "raison": "fusion"})
    livre["Réponse"]["B1"] = "d'accord"
    lue = reponses.lire(registre, _rendre(livre, tmp_path), LUNDI)
    prises, contre = reponses.enregistrer_tout(registre, lue)
    assert [suite.id for _, suite in prises] == [pli.ids[1]]
    assert len(contre) == 1
    assert pli.ids[0] in contre[0]


def _fiche(v: Lecture, guichet: str, le: dt.date) -> classeur.ARemplir:
    fiche = lire_fiche(v, Filtres("013", MOIS), "guichet", guichet)
    return classeur.de_la_fiche(v, fiche, None, le)


def test_the_workbook_of_a_fiche_reads_back_as_that_of_the_message(
    v: Lecture, registre: Affaires, tmp_path: Path
) -> None:
    octets = classeur.en_octets(_fiche(v, FONT_CLAIRE, LUNDI))
    livre = _lire_xlsx(octets)
    livre["Réponse"]["B1"] = "d'accord"
    with pytest.raises(Refus, match="aucune réponse n'est attendue de cet organisme"):
        reponses.lire(registre, _rendre(livre, tmp_path), LUNDI)
    unes = _deux(v, registre)
    registre.agir_ensemble([un.id for un in unes], "signaler", {"canal": "courriel"})
    (dit,) = registre.constats(unes[0].constats)
    dites = {numero for _, numero, *_ in dit.unites}
    lignes = _lignes(livre)
    connue = next(rang for rang, une in enumerate(lignes, start=2) if une[2] in dites)
    autre = next(rang for rang, une in enumerate(lignes, start=2) if une[2] not in dites)
    for rang in (connue, autre):
        livre["Cas"][f"G{rang}"], livre["Cas"][f"I{rang}"] = "justifié", "courrier joint"
    lue = reponses.lire(registre, _rendre(livre, tmp_path), LUNDI)
    assert [len(une.unites) for une in lue.reponses] == [1, 1]
    (refusee,) = lue.refusees
    assert f"ligne {autre}" in refusee
    assert "n'est dans aucune mesure en cours" in refusee


def test_that_of_another_month_is_refused_by_its_name(
    v: Lecture, registre: Affaires, tmp_path: Path
) -> None:
    fiche = lire_fiche(v, Filtres("013", "2026-07"), "guichet", FONT_CLAIRE)
    livre = _lire_xlsx(classeur.en_octets(classeur.de_la_fiche(v, fiche, None, LUNDI)))
    livre["Réponse"]["B1"] = "d'accord"
    unes = _deux(v, registre)
    registre.agir_ensemble([un.id for un in unes], "signaler", {"canal": "courriel"})
    with pytest.raises(Refus, match="pour juillet 2026 : celles qui le sont portent sur août 2026"):
        reponses.lire(registre, _rendre(livre, tmp_path), LUNDI)


def test_handed_out_late_it_asks_for_a_day_to_come(v: Lecture, registre: Affaires) -> None:
    assert _fiche(v, FONT_CLAIRE, dt.date(2026, 11, 28)).avant == dt.date(2026, 11, 30)
    assert _fiche(v, FONT_CLAIRE, dt.date(2027, 2, 3)).avant == dt.date(2027, 2, 28)
    unes = _deux(v, registre)
    registre.agir_ensemble([un.id for un in unes], "signaler", {"canal": "courriel"})
    assert _fiche(v, FONT_CLAIRE, LUNDI).avant == dt.date(2026, 9, 28)  # that of the message


def test_the_rows_of_all_guichets_are_their_distinct_demandes(v: Lecture) -> None:
    """Counted by SQL over the lists of the month, indicator by indicator."""
    livraison = v.version.publiee("013", MOIS)
    assert livraison

    @functools.cache
    def listees(code: str, *, sur_12: bool) -> dict[str, set[str]]:
        with anomalies_du_mois(v, [livraison], code, guichet=None, douze_mois=sur_12) as a:
            lues = a.query(
                "a",
                "SELECT guichet, list(coalesce(nullif(numero_unique, ''), unite::VARCHAR)) FROM a "
                "GROUP BY guichet",
            ).fetchall()
        return {guichet: set(cles) for guichet, cles in lues}

    attendues: dict[str, set[str]] = {}
    ecrites: dict[str, list[str]] = {}
    for guichet in noms_guichets(v, "013", MOIS):
        fiche = lire_fiche(v, Filtres("013", MOIS), "guichet", guichet)
        rangees = classeur.de_la_fiche(v, fiche, None, LUNDI).rangees
        ecrites[guichet] = [une.numero.rpartition(" ")[2] for une in rangees]
        attendues[guichet] = set()
        for un in fiche.indicateurs:
            ligne = fiche.valeur(un.code)
            if un.imputable != "guichet" or ligne is None or not mesure(ligne).numerateur:
                continue
            sur_12 = mesure(ligne).sur_12_mois
            attendues[guichet] |= listees(un.code, sur_12=sur_12).get(guichet, set())
    assert {g: sorted(siennes) for g, siennes in ecrites.items()} == {
        g: sorted(siennes) for g, siennes in attendues.items()
    }
    assert sum(map(len, ecrites.values())) > 50


def test_a_row_without_a_numero_says_what_is_looked_for(
    v: Lecture, registre: Affaires, tmp_path: Path
) -> None:
    """A message that was refused, an access: their row is found, and read back as before too."""
    une = _proposer(v, registre)[VIEUX_BASSIN]
    registre.agir(une.id, "accepter")
    registre.agir(une.id, "signaler", {"canal": "courriel"})
    livre = _joint(v, Pli("signaler", (registre.lire(une.id),)))
    numeros = [ligne[2] for ligne in _lignes(livre)]
    (dit,) = registre.constats(une.constats)
    assert numeros == [f"sans numéro : accès {unite}" for unite, *_ in dit.unites]
    livre["Réponse"]["B1"] = "d'accord"
    for rang in (2, 3):
        livre["Cas"][f"G{rang}"], livre["Cas"][f"I{rang}"] = "justifié", "Départ lundi."
    livre["Cas"]["C3"] = dit.unites[1][0]  # as a workbook of before has it
    lue = reponses.lire(registre, _rendre(livre, tmp_path), LUNDI)
    assert [un["unite"] for rendue in lue.reponses for un in rendue.unites] == [
        unite for unite, *_ in dit.unites[:2]
    ]
    assert lue.refusees == ()
