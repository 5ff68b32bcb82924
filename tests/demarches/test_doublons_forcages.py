"""Forced creations drawn by lot: reviewed, then what share of forcing was unjustified."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from pathlib import Path

import pytest

from infocentre.acces.perimetre import Perimetre
from infocentre.affaires import Affaire
from infocentre.analystes.fichier import cle
from infocentre.decisions.doublons import Verdict
from infocentre.entrepot import Dossier
from infocentre.lecture.doublons.bilan import bilan_des_doublons
from infocentre.lecture.doublons.forcages import (
    PAR_TYPE,
    Estimation,
    Forcage,
    Juges,
    _ensemble,
    estimer_les,
    tirer,
)
from infocentre.lecture.doublons.qualite import Part
from infocentre.lecture.lecteur import Lecture
from infocentre.noyau.erreurs import Refus
from infocentre.operations.doublons import chercher
from infocentre.procedures.doublons import forcages, mesure
from tests.cli.lancer import Commande
from tests.demarches.test_doublons import ICI, A, B, C, D, E, F, Monde, gens
from tests.donnees.atelier import alleger, charger, controler
from tests.identite.atelier import livraison, personne
from tests.livraisons.atelier import numero

pytestmark = pytest.mark.lent


def test_the_sample_is_drawn_by_type_the_same_for_everybody() -> None:
    tous = [
        Forcage(
            numero_unique=f"013012600{rang:04}G1301",
            autre_numero=A,
            guichet="G1301",
            type_guichet="COMMUNE" if rang < 100 else "BAILLEUR",
        )
        for rang in range(120)
    ]
    tires = tirer(tous, "k" * 64)
    assert [un["type_guichet"] for un in tires].count("COMMUNE") == PAR_TYPE
    assert [un["type_guichet"] for un in tires].count("BAILLEUR") == 20
    assert tirer(reversed(tous), "k" * 64) == tires
    assert tirer(tous, "z" * 64) != tires


def test_each_type_weighs_as_many_forcings_as_it_has() -> None:
    def strate(forcees: int, oui: int, sur: int) -> Estimation:
        part = Part(oui, sur)
        return Estimation("t", forcees, part, part.taux, part.marge)

    tous = _ensemble([strate(300, 15, 30), strate(100, 30, 30)])
    assert (tous.forcees, tous.revues) == (400, Part(45, 60))
    assert tous.taux == pytest.approx(0.75 * 0.5 + 0.25 * 1.0)
    assert tous.marge is not None
    bas, haut = tous.marge
    # variance by hand: 0.75² × ½ × ½ / 34 × 0.9 + 0.25² × (32/34)(2/34) / 34 × 0.7
    demi = 1.96 * (0.5625 * 0.25 / 34 * 0.9 + 0.0625 * (32 / 34) * (2 / 34) / 34 * 0.7) ** 0.5
    assert (bas, haut) == pytest.approx((0.625 - demi, 0.625 + demi))
    whole = _ensemble([strate(2, 1, 2)])
    assert whole.marge == pytest.approx((0.5, 0.5))  # all were reviewed: nothing is estimated
    assert _ensemble([strate(300, 15, 30), strate(5, 0, 0)]).taux is None


def test_nothing_is_told_of_a_type_before_enough_is_reviewed() -> None:
    def dit(forcees: int, revues: int) -> float | None:
        tous = tuple(
            Forcage(
                numero_unique=f"013012600{rang:04}G1301",
                autre_numero=A,
                guichet="G1301",
                type_guichet="COMMUNE",
            )
            for rang in range(forcees)
        )
        vus = {un["numero_unique"]: rang % 2 == 0 for rang, un in enumerate(tous[:revues])}
        _, commune = estimer_les(Juges(tous, vus, {}))
        return commune.taux

    assert [dit(120, revues) for revues in (1, 9, 10)] == [None, None, 0.5]
    assert [dit(2, revues) for revues in (1, 2)] == [None, 0.5]


def _dans_l_ordre_du_tirage(
    v: Lecture, par_forcee: Mapping[str, tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return pairs in the order of the HMAC of the forced demande: no numéro says where it is."""

    def sceau(forcee: str) -> str:
        return hmac.new(
            cle(v.dossier).encode(), f"7:forcage18:{forcee}".encode(), "sha256"
        ).hexdigest()

    return [par_forcee[une] for une in sorted(par_forcee, key=sceau)]


def test_a_forcing_is_unjustified_once_it_is_said_to_be_one_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alleger(monkeypatch)
    monde = Monde(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(monde.racine))
    depot = livraison(monde.livraisons / "2026-10", gens(), forcees=(C, E, F))
    charger(monde.racine, depot)
    chercher(Dossier(monde.racine))
    with monde.lire() as v:
        tous = {un["numero_unique"]: un for un in forcages.forcages(v, ICI)}
        assert {n: un["autre_numero"] for n, un in tous.items()} == {C: A, E: D, F: None}
        assert {un["type_guichet"] for un in tous.values()} == {"COMMUNE"}
        cas = forcages.a_revoir(v, monde.memoire(), ICI)
        assert [un.numeros for un in cas] == _dans_l_ordre_du_tirage(v, {C: (A, C), E: (D, E)})
        juges = forcages.juger(v, monde.memoire(), ICI)
        assert (len(juges.tous), juges.perdus) == (2, 1)
        assert not [un for un in estimer_les(juges) if un.taux]
    controler(monde.racine)
    infocentre = Commande(monde.racine, monkeypatch, capsys)
    dit = infocentre("doublons", "lister", "--liste", "forcages", "--format", "csv")
    assert dit.code == 0
    listes = [ligne.split(";")[0] for ligne in dit.texte.splitlines()[1:]]
    assert sorted(listes) == [f"{A} {C}", f"{D} {E}"]
    monde.decider(cas[0], Verdict.MEME)
    monde.decider(cas[1], Verdict.SEPARATION)
    with monde.lire() as v:
        assert forcages.a_revoir(v, monde.memoire(), ICI) == []
        ensemble, commune = estimer_les(forcages.juger(v, monde.memoire(), ICI))
        fait = bilan_des_doublons(v, ICI, "2026-S1", "2026-10")  # the semester of the clock
        ancien = bilan_des_doublons(v, ICI, "2026-S1", "2026-01")
        assert bilan_des_doublons(v, ICI, "2025-S1", "2025-06") is None
    assert (ensemble.nom, ensemble.revues, ensemble.taux) == ("*", Part(1, 2), 0.5)
    assert (commune.nom, commune.forcees, commune.taux) == ("COMMUNE", 2, 0.5)
    assert fait is not None
    assert fait.forcages == ensemble
    assert ancien is not None
    assert ancien.forcages == Estimation("*", 2, Part(1, 2), None, None)
    assert B not in tous
    sien = Perimetre(guichets=frozenset({"G1301"}))
    with monde.lire(sien) as v, pytest.raises(Refus, match="tout le département"):
        forcages.forcages(v, ICI)


def test_a_measure_rests_on_what_was_reviewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monde = Monde(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(monde.racine))
    couples = [(numero(2 * rang), numero(2 * rang + 1)) for rang in range(10, 22)]
    siens = [
        personne(n, f"Nom{chr(97 + rang)}{chr(97 + rang)}", "Anne", "1980-03-02")
        for rang, deux in enumerate(couples)
        for n in deux
    ]
    forcees = [b for _, b in couples]
    charger(monde.racine, livraison(monde.livraisons / "2026-10", siens, forcees=forcees))
    chercher(Dossier(monde.racine))
    controler(monde.racine)
    monde.horloge.mettre("2026-11-05")

    def proposees() -> list[Affaire]:
        with monde.lire() as v:
            return mesure.forcages_injustifies(v, monde.registre(), ICI, "2026-10")

    with monde.lire() as v:
        cas = forcages.a_revoir(v, monde.memoire(), ICI, "G1301")
        assert forcages.a_revoir(v, monde.memoire(), ICI, "G1302") == []
    assert len(cas) == 12
    for un in cas[:9]:
        monde.decider(un, Verdict.MEME)
    assert proposees() == []  # nine are not enough to say something of a guichet
    monde.decider(cas[9], Verdict.SEPARATION)
    # 9 of 10: Wilson's lower bound, by hand, is 0.596.
    (une,) = proposees()
    assert une.titre_etat == "À proposer"
    motif = une.situation.evenements[0].donnees["motif"]
    assert "G1301 : 9 sur 10 revus, de 60" in motif.replace("\u202f", " ").replace("\u00a0", " ")
    (dit,) = monde.registre().constats(une.constats)
    assert (dit.libelle, dit.numerateur, dit.denominateur) == (mesure.LIBELLE, 9, 10)
    assert dit.borne_basse == pytest.approx(0.596, abs=0.001)
    injustifies = {n for un in cas[:9] for n in un.numeros} & set(forcees)
    assert {un[1] for un in dit.unites} == injustifies
    assert proposees() == []

    monde.registre().agir(une.id, "ecarter", {"raison": "agents formés depuis"})
    assert proposees() == []  # set aside: not told again for three months
    monde.horloge.mettre("2027-03-05")
    (encore,) = proposees()
    monde.registre().agir(encore.id, "ecarter", {"raison": "agents formés depuis"})
    (monde.racine / "affaires.yml").write_text("doublons: {forcages_injustifies: 60}\n")
    monde.horloge.mettre("2027-07-05")
    assert proposees() == []
