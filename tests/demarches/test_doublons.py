"""Duplicates on small deliveries: decided, never proposed again, followed to what comes next."""

from __future__ import annotations

import datetime as dt
import functools
import html
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import duckdb
import openpyxl
import pytest
import sqlalchemy as sa

from infocentre.acces.perimetre import TOUT, Perimetre
from infocentre.affaires import Acteur, Affaire, Affaires
from infocentre.affaires.registre import maintenant
from infocentre.decisions import ouvrir_magasin
from infocentre.decisions.doublons import Memoire, Verdict
from infocentre.demarches.face import passer
from infocentre.entrepot import Dossier
from infocentre.lecture.doublons.demandes import compares_a_tirets, numeros_de
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.noyau.erreurs import Refus
from infocentre.operations.doublons import chercher
from infocentre.procedures.doublons import cas as dossiers
from infocentre.procedures.doublons import formulaire, listes
from infocentre.procedures.doublons.cas import Cas
from infocentre.procedures.doublons.decider import Geste, Revue, Suite
from infocentre.procedures.doublons.formulaire import FEUILLE
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import FORMES
from tests.cli.lancer import Commande
from tests.donnees.atelier import alleger, charger, controler, copie
from tests.donnees.communs import une_fois
from tests.identite.atelier import livraison, personne
from tests.livraisons.atelier import Ligne, numero
from tests.profondeur import echantillon

pytestmark = pytest.mark.lent

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

    def commencer(self) -> None:
        """Be after a first delivery, of `gens`."""
        copie(premiere(), self.racine)

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
        return Memoire(ouvrir_magasin(self.racine), qui, self.personnes, self.horloge)

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
            return [(une.id, une.etat) for une in passer(v, registre, ICI).get("doublons", ())]


def _livrer(atelier: Path) -> None:
    Monde(atelier).livrer(MOIS[0], gens())


@functools.cache
def premiere() -> Path:
    """Return the data directory of the first delivery: nobody may change it."""
    return une_fois("doublons", _livrer) / "donnees"


@pytest.fixture
def monde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Monde:
    un = Monde(tmp_path)
    monkeypatch.setenv("INFOCENTRE_DOSSIER", str(un.racine))
    return un


def test_a_decision_is_remembered_followed_and_never_asked_twice(monde: Monde) -> None:
    monde.commencer()
    assert monde.numeros() == [(A, B, C), (D, E)]
    anne, jean = sorted(monde.file(), key=lambda un: un.numeros)
    monde.decider(anne, Verdict.DISTINCTES)
    monde.decider(jean, Verdict.CONJOINTS)
    for mois in MOIS[1:3]:
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
            if table not in {"doublons_numeros", "audit"}:  # who was shown one demande alone
                assert not any(n in lignes for n in (A, B, C, D, E, F))


def test_what_one_case_keeps_another_may_delete(monde: Monde) -> None:
    monde.commencer()
    monde.horloge.mettre("2026-03-02")
    magasin, registre = ouvrir_magasin(monde.racine), monde.registre()
    ouvertes = []
    with monde.lire() as v:
        for garder, autre in ((A, B), (B, C)):
            un = formulaire.Signalement((garder, autre), garder, "recentes", "portail")
            une = formulaire.signaler(v, magasin, registre, ICI, "G1301", un)
            monde.revue(v).decider(dossiers.cas_de(v, une), Geste(Verdict.MEME, garder=garder))
            ouvertes.append(une.id)
    restantes = [un for un in gens() if un["NUMERO_UNIQUE"] not in {B, C}]
    assert monde.passer() == []  # decided after the arrêté
    monde.livrer(MOIS[1], restantes, (B, "2026-03-10"), (C, "2026-03-10"))
    assert monde.passer() == [(id_, "constatee") for id_ in ouvertes]
    monde.livrer(MOIS[2], [un for un in gens() if un["NUMERO_UNIQUE"] != A], (A, "2026-04-02"))
    assert monde.passer() == [(id_, "reapparue") for id_ in ouvertes]


def _remplir(octets: bytes, *cas: Mapping[str, str], chemin: Path) -> Path:
    """Write the cases in a form, as a guichet does."""
    livre = openpyxl.load_workbook(io.BytesIO(octets))
    feuille = livre[FEUILLE]
    titres = [une.value for une in feuille[1]]
    for titre in dict.fromkeys(nom for un in cas for nom in un if nom not in titres):
        titres.append(titre)
        feuille.cell(1, len(titres), titre)
    for rang, un in enumerate(cas, start=2):
        for nom, texte in un.items():
            feuille.cell(rang, titres.index(nom) + 1, texte)
    livre.save(chemin)
    return chemin


def _copier(rendu: Path, chemin: Path) -> Path:
    """Have the form filled in on a copy of its sheet, the first one left blank."""
    livre = openpyxl.load_workbook(rendu)
    livre.copy_worksheet(livre[FEUILLE]).title = "Copie"
    livre[FEUILLE].delete_rows(2, 40)
    livre.save(chemin)
    return chemin


def _cas(*numeros: str, garder: str = "Demande 1", **autres: str) -> dict[str, str]:
    dits = {f"Demande {rang}": n for rang, n in enumerate(numeros, start=1)}
    return {
        **dits,
        "À conserver": garder,
        "Données à conserver": "les données les plus récentes",
        "Pourquoi": "demande saisie deux fois",
        **autres,
    }


SEUL = "un doublon a deux numéros différents au moins"
AILLEURS = "n'est pas de ce guichet, qui ne l'a ni créée ni gérée : la faire signaler par le sien"


def test_a_form_is_read_row_by_row_and_each_refusal_says_why(
    monde: Monde,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    radiee = numero(7)
    ailleurs = numero(8)
    stock = [*gens(), personne(ailleurs, "Roux", "Luc", "1990-01-02") | {"CODE_POSTAL": "13001"}]
    monde.livrer(MOIS[0], stock, (radiee, "2026-02-10"))
    alleger(monkeypatch)
    controler(monde.racine)
    _confier_a_un_autre(monde, ailleurs)
    inconnu = numero(99)
    vide = formulaire.classeur(ICI, "G1301", "Mairie de Salon", dt.date(2026, 3, 2))
    assert vide == formulaire.classeur(ICI, "G1301", "Mairie de Salon", dt.date(2026, 3, 2))
    rendu = _remplir(
        vide,
        _cas(A, B, garder="Demande 2"),
        _cas(A, inconnu),
        _cas(A, A),
        _cas(A, A, B),
        _cas(A, radiee),
        _cas(A),
        _cas(A, B, C, D, E, F),
        _cas(A, ailleurs),
        _cas(A, "013"),
        _cas(A, B, garder="Demande 5"),
        _cas(A, B, Pourquoi="parce que Mme Martin l'a dit"),
        _cas(f" {D[:9]} {D[9:].lower()}", E),
        chemin=tmp_path / "rendu.xlsx",
    )
    monde.horloge.mettre("2026-03-02")
    magasin, registre = ouvrir_magasin(monde.racine), monde.registre()
    with monde.lire() as v:
        lu = formulaire.lire(v, ICI, rendu)
        copie = formulaire.lire(v, ICI, _copier(rendu, tmp_path / "copie.xlsx"))
        assert copie.signalements == lu.signalements
        assert copie.refusees == tuple(f"feuille « Copie », {dit}" for dit in lu.refusees)
        ouvertes, refusees = formulaire.enregistrer(v, magasin, registre, ICI, lu)
        assert refusees == [
            f"ligne 3 : le numéro {inconnu} n'est dans aucune livraison",
            f"ligne 4 : le numéro {A} est écrit deux fois ; {SEUL}",
            f"ligne 5 : le numéro {A} est écrit deux fois",
            f"ligne 6 : la demande {radiee} est radiée depuis le 10/02/2026",
            f"ligne 7 : {SEUL}",
            "ligne 8 : 6\u00a0numéros : un cas en a 5 au plus, en faire plusieurs",
            f"ligne 9 : la demande {ailleurs} {AILLEURS}",
            "ligne 10 : « 013 » n'est pas un numéro unique (18 caractères)",
            "ligne 11 : la demande à conserver n'est pas l'une de ce cas",
            "ligne 12 : il manque pourquoi ce sont des doublons",
        ]
        deux = [sorted(un.values()) for un in numeros_de(v, ouvertes).values()]
        assert deux == [[A, B], [D, E]]
        # Monday 2 March: five working days end on Monday 9.
        assert [une.echeance and une.echeance.due for une in ouvertes] == [dt.date(2026, 3, 9)] * 2
        with pytest.raises(Refus, match="a déjà été lu"):
            formulaire.enregistrer(v, magasin, registre, ICI, lu)
        autre = _remplir(vide, _cas(B, A), chemin=tmp_path / "autre.xlsx")
        encore = formulaire.enregistrer(v, magasin, registre, ICI, formulaire.lire(v, ICI, autre))
        deja = f"{B} et {A} : l'affaire {ouvertes[0].id} est déjà ouverte pour ces demandes"
        assert encore == ([], [deja])
        for faux in (b"rien", _autre_departement()):
            (tmp_path / "faux.xlsx").write_bytes(faux)
            with pytest.raises(Refus, match=r"pas le formulaire|autre département"):
                formulaire.lire(v, ICI, tmp_path / "faux.xlsx")
        attendent = dossiers.a_instruire(v, registre, ICI)
        assert [un.affaire for un in attendent] == [une.id for une in ouvertes]
        fait = monde.revue(v).decider(attendent[0], Geste(Verdict.MEME, garder=B))
        monde.revue(v).decider(attendent[1], Geste(Verdict.SEPARATION))
        assert [registre.lire(une.id).etat for une in ouvertes] == ["decidee", "sans_suite"]
        _lire_les_listes(v, registre, ouvertes, refusees)
        monde.revue(v).annuler(fait.geste)
        assert registre.lire(ouvertes[0].id).etat == "a_instruire"
    _par_la_ligne_de_commande(
        Commande(monde.racine, monkeypatch, capsys), ouvertes[0].id, vide, tmp_path
    )
    _rien_en_clair(monde)


def _par_la_ligne_de_commande(
    infocentre: Commande, affaire: str, vide: bytes, tmp_path: Path
) -> None:
    def lister(liste: str) -> list[str]:
        dit = infocentre("doublons", "lister", "--liste", liste, "--format", "csv")
        return [ligne.split(";")[0] for ligne in dit.texte.splitlines()[1:]]

    assert lister("a_instruire") == [f"{A} {B}"]
    assert lister("paires") == [f"{A} {B} {C}"]  # D and E were settled by the form
    assert lister("tirage") == []
    assert "4 paires tirées au sort parmi 4" in infocentre("doublons", "tirer").texte
    assert lister("tirage") == [f"{A} {B} {C}"]
    assert "pas encore tout relu" in infocentre("doublons", "tirer").erreur
    assert infocentre("doublons", "decider", A, B).code == 1
    assert (
        "ne sont plus parmi" in infocentre("doublons", "decider", D, F, "--verdict", "meme").erreur
    )
    fait = infocentre("doublons", "decider", A, B, C, "--verdict", "meme", "--garder", C)
    neuve = fait.texte.removesuffix(", décidée\n").rpartition(" : même personne ; affaire ")[2]
    assert lister("suivi") == [affaire, "013-2026-00002", neuve]
    rendu = _remplir(vide, _cas(A, B), _cas(A, C), chemin=tmp_path / "encore.xlsx")
    lu = infocentre("doublons", "lire", rendu, "--sortie", tmp_path / "accuse.pdf")
    assert f"{A} et {B} : l'affaire {affaire} est déjà ouverte" in lu.texte
    assert "1 cas reçu, 1 cas refusé." in lu.texte
    assert (lu.code, "1 ligne refusée" in lu.erreur) == (1, True)
    for action, sortie in (("formulaire", "f.xlsx"), ("travail", "t.xlsx"), ("releve", "r.docx")):
        assert not infocentre(
            "doublons", action, "--guichet", "g1301", "--sortie", tmp_path / sortie
        ).code
        assert (tmp_path / sortie).stat().st_size > 1000
    assert "n'est pas au registre" in infocentre("doublons", "travail", "--guichet", "G9").erreur


def _confier_a_un_autre(monde: Monde, numero_: str) -> None:
    """Have another guichet manage a demande, made by another too."""
    (etat,) = (monde.racine / "etats" / ICI).glob("*.parquet")
    autres = ", ".join(
        f"if(numero_unique = '{numero_}', 'G1399', {nom}) AS {nom}"
        for nom in ("guichet_enregistreur", "cle_guichetcreateur")
    )
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE e AS SELECT * REPLACE ({autres}) FROM read_parquet('{etat}')")
        con.execute(f"COPY e TO '{etat}' (FORMAT parquet)")


def _autre_departement() -> bytes:
    return formulaire.classeur("083", "G1301", "Mairie", dt.date(2026, 3, 2))


def _lire_les_listes(
    v: Lecture, registre: Affaires, ouvertes: Sequence[Affaire], refusees: Sequence[str]
) -> None:
    le = dt.date(2026, 3, 3)
    toutes = registre.lister(ICI, procedure="doublons", finies=True)
    a_faire = _texte(listes.travail(v, ICI, "G1301", toutes, le))
    assert f"{A} {B}" in a_faire  # to delete, then to keep
    assert D not in a_faire
    assert "Aucune suppression" in _texte(listes.travail(v, ICI, "G1302", toutes, le))
    recu = _texte(listes.accuse(v, ICI, "G1301", ouvertes, refusees, le))
    assert "5\u00a0jours ouvrés" in recu
    assert "écrit deux fois" in recu
    assert FORMES["pdf"](listes.formulaire(v, ICI, "G1301", le)).startswith(b"%PDF")


def _texte(document: Document) -> str:
    """Return the words of a document, the cells of a row one after the other."""
    texte = re.sub(r"<[^>]+>", " ", FORMES["html"](document).decode())
    return " ".join(re.split(r"[ \n\t]+", html.unescape(texte)))


def test_a_numero_that_is_replaced_is_not_asked_again(monde: Monde) -> None:
    """Of two persons stays of two persons; of one person, the new numéro is to be deleted too."""
    monde.commencer()
    anne, jean = sorted(monde.file(), key=lambda un: un.numeros)
    monde.decider(anne, Verdict.DISTINCTES)
    monde.decider(jean, Verdict.MEME, garder=D)
    anne_, jean_ = numero(0), numero(8)  # before and after the other of the pair
    remplaces = {A: anne_, B: numero(7), E: jean_}
    suite_ = [un | {"NUMERO_UNIQUE": remplaces.get(n := un["NUMERO_UNIQUE"], n)} for un in gens()]
    radiees = [(ancien, "2026-03-10") for ancien in remplaces]
    monde.livrer(MOIS[1], suite_, *radiees[1:])
    # Both of the first pair were replaced: nothing tells that they are the same two persons.
    assert monde.numeros() == [(anne_, numero(7)), (D, jean_)]


@pytest.mark.parametrize(
    "ecriture",
    echantillon(["martin–leroy", "Martin Leroy", "MARTIN-LEROY", "Martin’Leroy"], 1),
)
def test_what_stands_between_the_words_of_a_name_is_no_change(monde: Monde, ecriture: str) -> None:
    def ecrits(nom: str) -> list[Ligne]:
        return [un | ({"NOM": nom} if un["NOM"] == "Martin" else {}) for un in gens()]

    monde.livrer(MOIS[0], ecrits("Martin-Leroy"))
    for un in monde.file():
        monde.decider(un, Verdict.DISTINCTES)
    monde.livrer(MOIS[1], ecrits(ecriture))
    assert monde.numeros() == []


def test_a_decision_sealed_with_its_hyphens_still_holds(
    monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    siens = [un | {"PRENOM": "Anne-Marie"} for un in gens()]
    monde.livrer(MOIS[0], siens)
    with monkeypatch.context() as avant:
        avant.setattr("infocentre.lecture.doublons.paires.compares", compares_a_tirets)
        for un in monde.file():
            monde.decider(un, Verdict.DISTINCTES)
    monde.livrer(MOIS[1], siens)
    assert monde.numeros() == []


def test_the_order_of_the_review_tells_nothing_of_the_pairs(monde: Monde) -> None:
    siens = [
        personne(
            numero(2 * rang + autre), f"Nom{chr(97 + rang) * 5}", prenom, f"{1950 + rang}-03-02"
        )
        for rang in range(20)
        for autre, prenom in ((1, "Anne"), (2, "Anne" if rang < 10 else "Anna"))
    ]
    monde.livrer(MOIS[0], siens)
    with monde.lire() as v:
        par_ordre = {
            ordre: [un.trouvees[0].niveau for un in dossiers.file(v, None, ICI, ordre=ordre)]
            for ordre in dossiers.ORDRES
        }
        hasard = par_ordre.pop("hasard")
        assert hasard == [un.trouvees[0].niveau for un in dossiers.file(v, None, ICI)]
    assert len(set(hasard)) == 2
    for lus in par_ordre.values():  # these put all of a tier before the other
        assert sum(un != autre for un, autre in pairwise(lus)) == 1
    assert sum(un != autre for un, autre in pairwise(hasard)) > 4
