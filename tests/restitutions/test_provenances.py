"""Where a degradation of the département comes from, in a bilan; masked as everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from infocentre.restitutions.bilan import CHAPITRES
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.lecture import Edition
from tests.restitutions.changes import entrepot_change, sur
from tests.restitutions.test_mouvements import AVANT, MOIS, dits

pytestmark = pytest.mark.lent

CODE, GUICHET, NOM = "ENR_DELAI", "G1308", "Mairie de Valdoule-les-Pins"


def planter(edition: Edition, avant: int, ici: int) -> str:
    """Return what gives one guichet all the anomalies of a département of 4 000 units.

    Its organisme, its type and the département have the same; another guichet has 3 000 units.
    """
    ((organisme,),) = edition.v.tuples(
        f"SELECT DISTINCT organisme FROM registre WHERE guichet = '{GUICHET}'"
    )
    vider = ", ".join(
        f"{nom}{fenetre} = 0" for nom in ("numerateur", "denominateur") for fenetre in ("", "_12m")
    )
    ordres = [f"UPDATE valeurs SET {vider}, etat = 'vert' WHERE code = '{CODE}'"]
    for mois, n in ((AVANT, avant), (MOIS, ici)):
        for niveau, cle, compte, effectif in (
            ("guichet", GUICHET, n, 1000),
            ("guichet", "G1301", 0, 3000),
            ("organisme", organisme, n, 1000),
            ("type", "COMMUNE", n, 1000),
            ("type", "BAILLEUR", 0, 3000),
            ("departement", "*", n, 4000),
        ):
            etat = "rouge" if n == ici and compte else "vert"
            ordres.append(
                f"UPDATE valeurs SET numerateur_12m = {compte}, denominateur_12m = {effectif}, "
                f"numerateur = {compte}, denominateur = {effectif}, etat = '{etat}' WHERE "
                f"code = '{CODE}' AND niveau = '{niveau}' AND guichet = '{cle}' AND mois = '{mois}'"
            )
    return ";".join(ordres)


@pytest.mark.parametrize(
    ("ici", "partage", "attendu"),
    [
        (400, True, f"Presque tout tient à un organisme, {NOM} (+9,5 points)."),
        (
            8,
            True,
            f"{NOM} s'y dégrade ; le secret statistique ne permet pas de dire la part des autres.",
        ),
        (8, False, f"Presque tout tient à un organisme, {NOM} (+0,20 point)."),
    ],
)
def test_une_degradation_dit_d_ou_elle_vient(
    edition_demo: Edition, tmp_path: Path, ici: int, *, partage: bool, attendu: str
) -> None:
    avant = 20 if ici > 100 else 0
    ordres = planter(edition_demo, avant, ici)
    with entrepot_change(edition_demo, tmp_path / "d", ordres) as v:
        section = CHAPITRES["qualite"](Contexte(sur(v, edition_demo), partage=partage))
        partenaire = CHAPITRES["qualite"](
            Contexte(sur(v, edition_demo), partage=partage, organismes=frozenset())
        )
    assert section
    assert partenaire
    libelle = "Demandes saisies plus d'un mois après le dépôt"
    assert f"**{libelle}.** {attendu}" in dits(section)
    assert "tient à un organisme" not in dits(partenaire), "a partner reads no other organisme"
