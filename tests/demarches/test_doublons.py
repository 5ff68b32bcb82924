"""Duplicates on small deliveries: decided, never proposed again, followed to what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import Acteur, Affaires
from infocentre.affaires.registre import maintenant
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.doublons import Memoire, Verdict
from infocentre.demarches.doublons import cas as dossiers
from infocentre.demarches.doublons import suite
from infocentre.demarches.doublons.cas import Cas
from infocentre.demarches.doublons.decider import Geste, Revue, Suite
from infocentre.entrepot import Dossier
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.lieux import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from infocentre.operations.doublons import chercher
from tests.donnees.atelier import charger
from tests.identite.atelier import livraison, personne
from tests.livraisons.atelier import Ligne, numero

ICI = "013"
A, B, C, D, E, F = (numero(rang) for rang in range(1, 7))
MOIS = tuple(f"2026-{rang:02}" for rang in range(2, 11))


def gens(*, postal_de_d: str = "13001") -> list[Ligne]:
    """Return three demandes of an Anne Martin, two of a Jean Petit, one of somebody else."""
    anne = [personne(n, "Martin", "Anne", "1980-03-02") for n in (A, B, C)]
    jean = [personne(n, "Petit", "Jean", "1975-06-01") for n in (D, E)]
    tous = [*anne, *jean, personne(F, "Durand", "Paul", "1960-01-09")]
    return [
        un | {"CODE_POSTAL": postal_de_d if un["NUMERO_UNIQUE"] == D else "13001"} for un in tous
    ]


class Horloge:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.instant = maintenant()

    def __call__(self) -> dt.datetime:
        return self.instant

    def mettre(self, jour: str) -> None:
        self.instant = dt.datetime.fromisoformat(f"{jour}T10:00:00+00:00")


class Monde:
    """A data directory whose deliveries come one by one, and who decides there."""

    def __init__(self, racine: Path) -> None:
        self.racine = racine / "donnees"
        self.livraisons = racine / "livraisons"
        self.horloge = Horloge()
        self.horloge.mettre("2026-02-04")
        self.personnes = 1

    def livrer(self, mois: str, siens: Sequence[Ligne], *radiees: tuple[str, str]) -> None:
        """Load a delivery and search its pairs."""
        charger(self.racine, livraison(self.livraisons / mois, siens, radiees))
        chercher(Dossier(self.racine))

    @contextmanager
    def lire(self, p: Perimetre = TOUT) -> Iterator[Lecture]:
        """Open what is published."""
        with ouvrir_pour(Dossier(self.racine), p) as v:
            yield v

    def registre(self, qui: str = "Léa") -> Affaires:
        return Affaires(ouvrir_magasin(self.racine), Acteur(qui), self.horloge)

    def memoire(self, qui: str = "Léa") -> Memoire:
        return Memoire(ouvrir_magasin(self.racine), qui, self.personnes)

    def file(self, qui: str = "Léa", *, desaccords: bool = False) -> list[Cas]:
        with self.lire() as v:
            return dossiers.file(v, self.memoire(qui), ICI, desaccords=desaccords)

    def numeros(self, qui: str = "Léa") -> list[tuple[str, ...]]:
        """Return the demandes of each case of the queue."""
        return sorted(un.numeros for un in self.file(qui))

    def decider(self, un: Cas, verdict: Verdict, qui: str = "Léa", **dits: object) -> Suite:
        with self.lire() as v:
            return self.revue(v, qui).decider(un, Geste(verdict, **dits))  # type: ignore[arg-type]

    def revue(self, v: Lecture, qui: str = "Léa") -> Revue:
        return Revue(v, ouvrir_magasin(self.racine), self.registre(qui), self.memoire(qui))

    def passer(self) -> list[tuple[str, str]]:
        """Return (affaire, state) of what the newest delivery changes."""
        registre = Affaires(
            ouvrir_magasin(self.racine), Acteur("minuteur", "minuteur"), self.horloge
        )
        with self.lire() as v:
            return [(une.id, une.etat) for une in suite.passer(v, registre, ICI)]


@pytest.fixture
def monde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Monde:
    un = Monde(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(un.racine))
    return un


def test_a_decision_is_remembered_followed_and_never_asked_twice(monde: Monde) -> None:
    monde.livrer(MOIS[0], gens())
    assert monde.numeros() == [(A, B, C), (D, E)]
    anne, jean = sorted(monde.file(), key=lambda un: un.numeros)
    monde.decider(anne, Verdict.DISTINCTES)
    monde.decider(jean, Verdict.CONJOINTS)
    for mois in MOIS[1:6]:  # six deliveries, the first included
        monde.livrer(mois, gens())
        assert monde.numeros() == []

    monde.livrer(MOIS[6], gens(postal_de_d="13002"))
    assert monde.numeros() == [(D, E)]
    (jean,) = monde.file()
    assert jean.changee
    monde.horloge.mettre("2026-09-02")
    fait = monde.decider(jean, Verdict.MEME, garder=D)
    assert fait.affaire
    assert (fait.affaire.etat, fait.affaire.objet) == ("decidee", "G1301")
    _rien_en_clair(monde)
    assert monde.passer() == []  # nothing was delivered since

    monde.livrer(MOIS[7], [un for un in gens() if un["NUMERO_UNIQUE"] != E], (E, "2026-09-10"))
    assert monde.passer() == [(fait.affaire.id, "constatee")]
    assert monde.passer() == []
    dit = monde.registre().lire(fait.affaire.id).situation.evenements[-1]
    assert sorted(un["sort"] for un in dit.donnees["sorts"]) == ["active", "radiee"]
    with (
        monde.lire() as v,
        pytest.raises(Refus, match="n'est pas possible dans l'état « Constatée"),
    ):
        monde.revue(v).annuler(fait.geste)
    monde.livrer(MOIS[8], gens())
    assert monde.passer() == [(fait.affaire.id, "reapparue")]


def _rien_en_clair(monde: Monde) -> None:
    """No name in the store, no numéro but where an affaire needs it."""
    with ouvrir_magasin(monde.racine).lire() as con:
        for table in sa.inspect(con).get_table_names():
            lignes = str(con.execute(sa.text(f"SELECT * FROM {table}")).all())
            assert not any(nom in lignes for nom in ("Martin", "Petit", "Anne", "1980-03-02"))
            if table != "doublons_numeros":
                assert not any(n in lignes for n in (A, B, C, D, E, F))
