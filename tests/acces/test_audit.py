"""The audit: append-only, chained, without a name; old entries go, and the rest still proves."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from infocentre.acces import audit
from infocentre.acces.audit import (
    CHAINE,
    Recherche,
    Scelles,
    Trace,
    chercher,
    oublier,
    tracer,
    verifier,
)
from infocentre.acces.conservation import mois_avant
from infocentre.acces.modele import SEUL, Acces, Role
from infocentre.acces.perimetre import TOUT
from infocentre.cli import main
from infocentre.decisions.chaine import Tete
from infocentre.decisions.magasin import Magasin, ouvrir_magasin
from infocentre.decisions.schema import audit as table
from infocentre.decisions.schema import audit_numeros
from infocentre.noyau.erreurs import Refus
from tests.decisions.gardes import sans_gardes

LEA = Acces("lea@exemple.fr", "Léa", Role.GESTIONNAIRE, TOUT)
NUMERO = "0130126003573GDPUB"


@pytest.fixture
def magasin(tmp_path: Path) -> Magasin:
    return ouvrir_magasin(tmp_path)


def _le(magasin: Magasin, rang: int, jour: str) -> None:
    """Write an entry as of that day: its own seal is that of what it holds."""
    with sans_gardes(magasin) as con:
        ligne = dict(con.execute(table.select().where(table.c.rang == rang)).mappings().one())
        ligne["le"] = f"{jour}T08:00:00+01:00"
        con.execute(
            table.update()
            .where(table.c.rang == rang)
            .values(le=ligne["le"], empreinte=CHAINE.sceller(con, ligne))
        )


def _trois_mois(magasin: Magasin, annee: int = 2026) -> None:
    """Write three entries, of August, September and October."""
    for rang, jour in enumerate(("08-31", "09-30", "10-31"), start=1):
        tracer(magasin, LEA, Trace.EXPORT, f"/export/{rang}.csv", rang)
        _le(magasin, rang, f"{annee}-{jour}")


def test_an_entry_says_who_when_what_and_how_many(magasin: Magasin) -> None:
    avant = dt.datetime.now().astimezone().replace(microsecond=0)
    tracer(magasin, LEA, Trace.LISTE, "/indicateurs/ATT_TARDIVE", 18, guichet="GDPUB", page=2)
    tracer(magasin, SEUL, Trace.DEMANDE, f"/demande/{NUMERO}", numero=NUMERO)
    total, (seconde, premiere) = chercher(magasin, Recherche())
    assert total == 2
    assert (premiere.qui, premiere.role) == ("lea@exemple.fr", "gestionnaire")
    assert (premiere.libelle, premiere.nombre) == ("liste de demandes consultée", 18)
    assert premiere.precisions == {"guichet": "GDPUB", "page": 2}
    assert avant <= dt.datetime.fromisoformat(premiere.le) <= dt.datetime.now().astimezone()
    assert (seconde.role, seconde.numero, seconde.nombre) == ("seul", NUMERO, None)
    assert seconde.qui  # the session's


def test_entries_are_searched_by_person_action_numero_and_period(magasin: Magasin) -> None:
    _trois_mois(magasin)
    tracer(magasin, SEUL, Trace.DEMANDE, "/demande", numero=NUMERO)
    for voulu, rangs in (
        (Recherche(qui="LEA@"), [3, 2, 1]),
        (Recherche(qui="%"), []),
        (Recherche(action=Trace.DEMANDE), [4]),
        (Recherche(numero=f" {NUMERO.lower()} "), [4]),
        (Recherche(numero=NUMERO[:10]), []),
        (Recherche(du=dt.date(2026, 9, 30), au=dt.date(2026, 10, 30)), [2]),
        (Recherche(qui="lea", au=dt.date(2026, 8, 31)), [1]),
    ):
        assert [une.rang for une in chercher(magasin, voulu)[1]] == rangs, voulu


def test_a_query_is_kept_without_what_it_compares_with() -> None:
    garde = audit.requete_sans_valeurs(
        "select * from demandes -- de M. DURAND\nwhere nom = 'DUR''AND' and x = $q$Paul$q$ "
        "and numero = 013012600357 /* Zoé */ and taille > 3 and y = 'sans fin"
    )
    assert garde["sql"] == (
        "select * from demandes where nom = '…' and x = '…' and numero = '…' and taille > 3 "
        "and y = '…'"
    )
    assert len(garde["empreinte"]) == 64


@pytest.mark.parametrize(
    ("change", "dit"),
    [
        ({"qui": "bruno@exemple.fr"}, r"l'enregistrement 2 \(.*\) a été modifié"),
        ({"nombre": 3}, r"l'enregistrement 2 \(.*\) a été modifié"),
        ({"precisions": '{"guichet":"X"}'}, r"l'enregistrement 2 \(.*\) a été modifié"),
        ({"empreinte": "f" * 64}, r"l'enregistrement 2 \(.*\) a été modifié"),
        ({"precedent": "f" * 64}, r"l'enregistrement 2 \(.*\) ne suit pas l'enregistrement 1"),
        ({"rang": 7}, r"l'enregistrement 2 manque \(le suivant est l'enregistrement 3 "),
        (None, r"l'enregistrement 2 manque"),
    ],
)
def test_the_first_altered_entry_is_named(
    magasin: Magasin, change: dict[str, Any] | None, dit: str
) -> None:
    _quatre(magasin)
    assert verifier(magasin)[0].rang == 4
    ici = table.c.rang == 2
    with sans_gardes(magasin) as con:
        con.execute(
            table.delete().where(ici)
            if change is None
            else table.update().where(ici).values(change)
        )
    with pytest.raises(Refus, match=dit) as refus:
        verifier(magasin)
    assert refus.value.que_faire


def _quatre(magasin: Magasin) -> None:
    for rang in range(4):
        tracer(magasin, LEA, Trace.REQUETE, "/requetes", rang)


def test_what_is_old_goes_and_the_rest_still_proves(magasin: Magasin) -> None:
    _trois_mois(magasin, 2020)
    tracer(magasin, LEA, Trace.REQUETE, "/requetes")
    _rechainer(magasin)
    assert oublier(magasin, SEUL, dt.date(2020, 8, 1), 12) == 0
    assert oublier(magasin, SEUL, dt.date(2020, 10, 1), 12) == 2
    tete, _ = verifier(magasin)
    _, (dit, *gardees) = chercher(magasin, Recherche())
    assert (dit.action, dit.nombre, dit.rang) == (Trace.OUBLI, 2, tete.rang)
    assert [une.rang for une in gardees] == [4, 3]
    _le(magasin, 4, "2020-11-30")
    _le(magasin, 5, "2020-12-31")
    _rechainer(magasin)
    assert oublier(magasin, SEUL, dt.date(2021, 1, 1), 12) == 3
    assert oublier(magasin, SEUL, dt.date(2021, 1, 1), 12) == 0
    _, (seule,) = chercher(magasin, Recherche())
    assert (seule.rang, verifier(magasin)[0].rang) == (6, 6)


def test_nothing_younger_than_what_is_set_is_erased(magasin: Magasin) -> None:
    _quatre(magasin)
    ici = dt.datetime.now().astimezone().date()
    for avant, mois in ((ici, 1), (mois_avant(ici, 12) + dt.timedelta(days=1), 12)):
        with pytest.raises(Refus, match=rf"les traces se gardent {mois} mois"):
            oublier(magasin, SEUL, avant, mois)
    assert chercher(magasin, Recherche())[0] == 4


def test_what_nobody_said_to_erase_is_missing(magasin: Magasin) -> None:
    _quatre(magasin)
    with sans_gardes(magasin) as con:
        con.execute(table.delete().where(table.c.rang < 3))
    with pytest.raises(Refus, match=r"les enregistrements 1 à 2 manquent"):
        verifier(magasin)


def _rechainer(magasin: Magasin) -> None:
    """Seal again rows whose days a test chose."""
    with sans_gardes(magasin) as con:
        lignes = [dict(une) for une in con.execute(table.select().order_by("rang")).mappings()]
        con.execute(table.delete())
        tete = Tete(lignes[0]["rang"] - 1, lignes[0]["precedent"])
        for une in lignes:
            faite = CHAINE.ajouter_apres(con, tete, une)
            tete = Tete(faite["rang"], faite["empreinte"])


def test_the_command_covers_both_chains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(tmp_path))
    magasin = ouvrir_magasin(tmp_path)
    _quatre(magasin)
    assert main(["preuve", "verifier", "--tete", verifier(magasin)[0].empreinte[:16]]) == 0
    assert "4 enregistrements intacts" in capsys.readouterr().out
    assert main(["preuve", "verifier", "--tete", "abcdef"]) == 1
    assert "n'a l'empreinte abcdef" in capsys.readouterr().err
    with sans_gardes(magasin) as con:
        con.execute(table.update().where(table.c.rang == 3).values(objet="/ailleurs"))
    assert main(["preuve", "verifier"]) == 1
    assert "l'enregistrement 3 (requête exécutée, lea@exemple.fr" in capsys.readouterr().err


def test_a_store_that_cannot_be_written_refuses(magasin: Magasin) -> None:
    with magasin.ecrire() as con:
        con.execute(sa.text("DROP TABLE audit"))
    with pytest.raises(Refus, match="ne peuvent être lues ni gardées"):
        tracer(magasin, LEA, Trace.EXPORT, "/export/x.csv")


def test_an_entry_costs_two_milliseconds_at_most(magasin: Magasin) -> None:
    durees = []
    for _ in range(60):
        debut = time.process_time()
        tracer(magasin, LEA, Trace.LISTE, "/indicateurs/ATT_TARDIVE", 18, guichet="GDPUB")
        durees.append(time.process_time() - debut)
    assert sorted(durees)[6] < 0.002  # of the processor; the quick ones: others share its caches


def test_failures_to_come_in_never_flood_the_journal(
    magasin: Magasin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "ECHECS_MAX", 3)
    ecrits = [
        audit.tracer_echec(magasin, qui, "/connexion", adresse="203.0.113.9")
        for qui in (LEA, None, None, LEA, None)
    ]
    assert ecrits == [True, True, True, False, False]
    total, entrees = chercher(magasin, Recherche(action=Trace.ECHEC))
    assert total == 3
    assert [(une.qui, une.role) for une in entrees[::-1]] == [
        ("lea@exemple.fr", "gestionnaire"), ("compte inconnu", ""), ("compte inconnu", ""),
    ]  # fmt: skip
    assert "ne sont pas notées" in entrees[0].precisions["suite"]
    for rang in (1, 2, 3):
        _le(magasin, rang, "2026-01-31")  # an hour later and more
    assert audit.tracer_echec(magasin, None, "/connexion")


def test_a_file_is_found_by_its_sha256(magasin: Magasin) -> None:
    tracer(magasin, LEA, Trace.DOCUMENT, "/documents/bilan.pdf", empreinte="ab" * 32)
    tracer(magasin, LEA, Trace.DOCUMENT, "/documents/bilan.pdf", empreinte="cd" * 32)
    for voulu, rangs in (("AB" * 32, [1]), (" cdcdcd", [2]), ("bc", []), ("%", [])):
        lus = chercher(magasin, Recherche(empreinte=voulu))[1]
        assert [une.rang for une in lus] == rangs, voulu


def test_writers_of_one_journal_wait_for_each_other(url: str) -> None:
    def ecrire() -> None:
        ici = Magasin(url)
        for rang in range(10):
            tracer(ici, LEA, Trace.REQUETE, "/requetes", rang)

    commun = Magasin(url)
    fils = [threading.Thread(target=ecrire) for _ in range(4)]
    for un in fils:
        un.start()
    for un in fils:
        un.join()
    assert verifier(commun)[0].rang == 40
    with sans_gardes(commun) as con:
        con.execute(table.update().where(table.c.rang == 17).values(qui="bruno"))
    with pytest.raises(Refus, match="l'enregistrement 17 "):
        verifier(commun)


# --- The numéros that were shown --------------------------------------------------------------


SECRET = "s" * 64
AUTRES = tuple(f"01301260035{un}GDPUB" for un in range(10, 15))


def _montrer(magasin: Magasin, *numeros: str, action: Trace = Trace.EXPORT) -> None:
    montres = Scelles(frozenset(numeros), SECRET)
    tracer(magasin, LEA, action, "/export/demandes.csv", len(numeros), montres=montres)


def test_who_saw_a_demande_is_asked_of_all_that_was_shown(magasin: Magasin) -> None:
    _montrer(magasin, NUMERO, *AUTRES)
    _montrer(magasin, AUTRES[0])
    tracer(magasin, LEA, Trace.EXPORT, "/export/suivi.csv", 0)
    for numero, rangs in ((NUMERO.lower(), [1]), (AUTRES[0], [2, 1]), ("0130126003599GDPUB", [])):
        voulu = Recherche(numero=numero)
        assert [une.rang for une in chercher(magasin, voulu, cle=SECRET)[1]] == rangs, numero
        assert chercher(magasin, voulu, cle="t" * 64)[0] == 0
        assert chercher(magasin, voulu)[0] == 0
    with magasin.lire() as con:
        lus = json.dumps([list(un) for un in con.execute(audit_numeros.select())])
        lus += json.dumps([list(un) for un in con.execute(table.select())])
    assert NUMERO not in lus
    verifier(magasin)


def test_an_entry_names_no_numero_that_was_not_shown(magasin: Magasin) -> None:
    montres = Scelles(frozenset({NUMERO}), SECRET)
    adresse = f"/demande/{NUMERO}/{AUTRES[0]}"
    tracer(
        magasin, LEA, Trace.DEMANDE, adresse, 1, numero=NUMERO, montres=montres, guichet=AUTRES[1]
    )
    tracer(magasin, LEA, Trace.REFUS, f"/demande/{NUMERO}")
    refusee, demande = chercher(magasin, Recherche())[1]
    assert (demande.objet, demande.precisions["guichet"]) == (f"/demande/{NUMERO}/…", "…")
    assert refusee.objet == "/demande/…"


_CHANGES: dict[str, Any] = {
    "un numéro de moins": (audit_numeros.delete().where(audit_numeros.c.rang == 2), 2),
    "un autre à sa place": (
        audit_numeros.update().where(audit_numeros.c.rang == 2).values(empreinte="f" * 32), 2
    ),
    "un de plus": (audit_numeros.insert().values(rang=1, empreinte="f" * 32), 1),
    "un d'une qui n'en a pas": (audit_numeros.insert().values(rang=3, empreinte="f" * 32), 3),
    "un d'une qui n'est pas": (audit_numeros.insert().values(rang=9, empreinte="f" * 32), 9),
    "déplacé": (audit_numeros.update().where(audit_numeros.c.rang == 2).values(rang=3), 3),
    "tous": (audit_numeros.delete(), 1),
}  # fmt: skip


@pytest.mark.parametrize("change", _CHANGES)
def test_numeros_that_are_added_changed_or_taken_away_are_named(
    magasin: Magasin, change: str
) -> None:
    _montrer(magasin, *AUTRES)
    _montrer(magasin, NUMERO)
    tracer(magasin, LEA, Trace.EXPORT, "/export/suivi.csv", 0)
    assert verifier(magasin)[0].rang == 3
    demande, rang = _CHANGES[change]
    with sans_gardes(magasin) as con:
        con.execute(demande)
    with pytest.raises(Refus, match=rf"l'enregistrement {rang}\b.*numéros qu'il a montrés"):
        verifier(magasin)


def test_the_numeros_of_an_entry_go_with_it(magasin: Magasin) -> None:
    _montrer(magasin, *AUTRES)
    _montrer(magasin, NUMERO)
    _le(magasin, 1, "2020-08-31")
    _rechainer(magasin)
    assert oublier(magasin, SEUL, dt.date(2020, 9, 1), 12) == 1
    verifier(magasin)
    assert chercher(magasin, Recherche(numero=AUTRES[0]), cle=SECRET)[0] == 0
    assert chercher(magasin, Recherche(numero=NUMERO), cle=SECRET)[0] == 1
    with magasin.lire() as con:
        assert con.scalar(sa.select(sa.func.count()).select_from(audit_numeros)) == 1


def test_an_export_of_many_demandes_is_traced_soon(magasin: Magasin) -> None:
    tous = frozenset(f"0130126{un:06d}GDPUB" for un in range(20_000))
    debut = time.process_time()
    tracer(magasin, LEA, Trace.EXPORT, "/export/demandes.csv", 1, montres=Scelles(tous, SECRET))
    assert time.process_time() - debut < 2
    verifier(magasin)
    assert chercher(magasin, Recherche(numero=min(tous)), cle=SECRET)[0] == 1
