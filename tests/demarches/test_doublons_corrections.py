"""Corrections of identity: asked, done, seen by the delivery that follows; no name is kept."""

from __future__ import annotations

import json

import pytest

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import Affaire
from infocentre.analystes.fichier import cle
from infocentre.decisions import doublons as memoire
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.face import passer
from infocentre.entrepot import Dossier
from infocentre.lecture.doublons import corrections as lues
from infocentre.lecture.doublons.bilan import bilan_des_doublons
from infocentre.lecture.doublons.demandes import numeros_de
from infocentre.lecture.mouvements import mouvements
from infocentre.noyau.erreurs import Refus
from infocentre.procedures.corrections_identite import corrections
from infocentre.procedures.corrections_identite.corrections import Correction
from tests.cli.lancer import Commande
from tests.demarches.test_doublons import ICI, MOIS, A, B, Monde, monde
from tests.donnees.atelier import alleger, controler
from tests.identite.atelier import personne
from tests.livraisons.atelier import Ligne

pytestmark = pytest.mark.lent

__all__ = ["monde"]


def _gens(naissance: str, *, prenom: str = "Anne") -> list[Ligne]:
    """Return two persons; the birth name of the first is as told."""
    return [
        personne(A, "Martin", prenom, "1980-03-02") | {"NOM_NAISSANCE": naissance},
        personne(B, "Durand", "Paul", "1960-01-09") | {"NOM_NAISSANCE": "Durand"},
    ]


def _demander(monde: Monde, une: Correction, p: Perimetre = TOUT) -> Affaire:
    with monde.lire(p) as v:
        return corrections.demander(v, ouvrir_magasin(monde.racine), monde.registre(), ICI, une)


def _passer(monde: Monde) -> list[tuple[str, str]]:
    with monde.lire() as v:
        faites = passer(v, monde.registre(), ICI).get(lues.PROCEDURE, ())
        return [(une.id, une.etat) for une in faites]


def _dites(monde: Monde, semestre: str) -> tuple[int, int] | None:
    """Return how many the bilan says were asked, and seen."""
    with monde.lire() as v:
        fait = bilan_des_doublons(v, ICI, semestre, MOIS[0])
    return (fait.corrections, fait.corrigees) if fait else None


def test_a_correction_is_asked_told_done_contradicted_and_seen(
    monde: Monde, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alleger(monkeypatch)
    monde.livrer(MOIS[0], _gens("Dupond"))
    controler(monde.racine)
    monde.horloge.mettre("2026-03-02")
    voulue = Correction(A, "changement_justifie", "decision", ("nom_naissance", "prenom"))
    for fausse, refus in (
        (Correction(A, "changement_justifie", "aucune", ("nom",)), "se justifie par une pièce"),
        (Correction(A, "changement_justifie", "decision"), "il manque ce qui est à corriger"),
        (Correction(A, "changement_justifie", "decision", ("nir",)), "il manque ce qui est"),
        (Correction(A, "", "decision", ("nom",)), "Nature"),
        (Correction("013", "erreur_manifeste", "aucune", ("nom",)), "n'est pas connu"),
        (Correction(A, "erreur_manifeste", "aucune", ("nom",), "2026-02"), "aucun mouvement"),
    ):
        with pytest.raises(Refus, match=refus):
            _demander(monde, fausse)
    ailleurs = Perimetre(departements=None, guichets=frozenset({"G9999"}))
    with pytest.raises(Refus, match="pas ouvert à ce compte"):
        _demander(monde, voulue, ailleurs)
    une = _demander(monde, voulue)
    assert lues.dire(une) == (
        "nom de naissance, prénoms : changement justifié ; "
        "jugement ou décision de changement de nom"
    )
    with pytest.raises(Refus, match="déjà ouverte"):
        _demander(monde, voulue)
    assert _passer(monde) == []  # the delivery is older than what was asked
    assert (_dites(monde, "2025-S2"), _dites(monde, "2026-S1")) == (None, (1, 0))

    monde.registre().agir(une.id, "executer")
    monde.livrer(MOIS[1], _gens("Lefèvre"))  # the birth name changed, the first names did not
    assert _passer(monde) == [(une.id, "demandee")]
    assert _passer(monde) == []
    monde.livrer(MOIS[2], _gens("Lefèvre", prenom="Anna"))
    assert _passer(monde) == [(une.id, "constatee")]
    assert _passer(monde) == []
    assert _dites(monde, "2026-S1") == (1, 1)
    lu = Commande(monde.racine, monkeypatch, capsys)(
        "doublons", "lister", "--liste", "corrections", "--format", "csv"
    ).texte
    assert f"{une.id};{A};" in lu

    ecrit = json.dumps(
        [dict(un.donnees) for un in monde.registre().lire(une.id).situation.evenements]
    )
    assert not [mot for mot in (A, "Dupond", "Lef", "Ann", "Martin") if mot in ecrit]
    magasin = ouvrir_magasin(monde.racine)
    memoire.effacer(magasin, cle(Dossier(monde.racine)), [A])
    with monde.lire() as v:
        assert numeros_de(v, [une]) == {}


def test_what_explains_a_movement_takes_it_off_the_watch(
    monde: Monde, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alleger(monkeypatch)
    monde.livrer(MOIS[0], _gens("Dupond"))
    monde.livrer(MOIS[1], _gens("Zywiec"))
    controler(monde.racine)
    monde.horloge.mettre("2026-04-02")
    with monde.lire() as v:
        (vu,) = mouvements(v, ICI)
        assert (vu.numero, vu.correction) == (A, "")
    infocentre = Commande(monde.racine, monkeypatch, capsys)
    dits = ("--nature", "changement_justifie", "--piece", "acte_mariage", "--mois", MOIS[1])
    fait = infocentre("doublons", "corriger", A, *dits)
    assert "Constatée ; nom de naissance : changement justifié" in fait.texte
    with monde.lire() as v:
        (vu,) = mouvements(v, ICI)
    assert vu.correction.startswith("nom de naissance : changement justifié ; acte de mariage")
    assert not vu.a_verifier
