"""The list to publish: confirmed, transmitted, compared; its CSV judged by two validators."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import docx
import frictionless
import jsonschema  # type: ignore[import-untyped]
import pytest
import xlsxwriter
from frictionless import Resource, Schema

from infocentre.acces.perimetre import TOUT
from infocentre.affaires import Acteur, Affaires, procedures
from infocentre.affaires.modele import Role
from infocentre.decisions import ouvrir_magasin
from infocentre.demarches.face import Face, passer
from infocentre.entrepot import Dossier
from infocentre.lecture.commun import mois_controles
from infocentre.lecture.filtres import Filtres
from infocentre.lecture.guichets import RESERVE
from infocentre.lecture.histoire_guichet import dire_certificat
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.liste_publique import CHAMPS, differences, en_csv, en_geojson, schema
from infocentre.lecture.ouverture import ouvrir_pour
from infocentre.lecture.tenue import confirmees, tenue, tenue_du_guichet
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import simplifier
from infocentre.noyau.temps import jours_du_semestre
from infocentre.procedures.comparaisons.portail import comparer
from infocentre.procedures.comparaisons.regles import comparer_au_portail, ecarts
from infocentre.procedures.coordonnees.classeur import importer
from infocentre.procedures.coordonnees.regles import CODE, publies
from infocentre.procedures.transmissions import regles as transmissions
from infocentre.restitutions.bilan.annexes import Registre
from infocentre.restitutions.document import Cellule, Colonne, Liste, Tableau
from infocentre.restitutions.formes import FORMES
from tests.affaires.conftest import Horloge

ICI, GUICHET, LE = "013", "G1302", dt.date(2026, 11, 20)


class Monde:
    """A data directory of the demonstration, the clock of who acts on it."""

    def __init__(self, racine: Path, v: Lecture) -> None:
        self.racine, self.v, self.horloge = racine, v, Horloge(LE)

    def registre(self, role: Role = "gestionnaire") -> Affaires:
        return Affaires(ouvrir_magasin(self.racine), Acteur("Léa", role), self.horloge)

    def face(self, code: str) -> Face:
        return Face(self.v, self.registre(), procedures()[code])

    def changer(self, change: str, valeur: str) -> None:
        """Have a change of the guichet told and accepted."""
        face = self.face("changements")
        une = face.ouvrir(ICI, GUICHET, {"change": change, "valeur": valeur})
        face.agir(une, "accepter_le_changement", {})

    def liste(self) -> list[dict[str, str]]:
        return transmissions.du_jour(self.v, self.registre(), ICI)


@pytest.fixture
def monde(entrepot_demo: Dossier, tmp_path: Path) -> Iterator[Monde]:
    racine = tmp_path / "donnees"
    racine.mkdir()
    for chose in entrepot_demo.racine.iterdir():
        if not chose.name.startswith(("decisions", "temoins")):
            (racine / chose.name).symlink_to(chose)
    with ouvrir_pour(Dossier(racine), TOUT) as v:
        yield Monde(racine, v)


def test_a_change_of_today_is_in_the_list_and_not_in_what_left_yesterday(
    monde: Monde, tmp_path: Path
) -> None:
    with pytest.raises(Refus, match="ne reçoit pas la liste"):
        transmissions.transmettre(monde.v, monde.registre(), ICI, "mairie")
    hier, octets = transmissions.transmettre(monde.v, monde.registre(), ICI, "État", "courriel")
    regles, registre = monde.face(transmissions.CODE).regles, monde.registre()
    assert regles.restes(monde.v, registre, ICI) == []
    with pytest.raises(Refus, match="horaires ne se lisent pas"):
        monde.changer("horaires", "Lundi matin")
    monde.horloge.mettre(LE + dt.timedelta(days=1))
    monde.changer("horaires", "Lundi au vendredi de 9h à 12h")
    (ecart,) = [un for un in differences(transmissions.transmises(hier), monde.liste())
                if un.champ == "horaires_osm"]  # fmt: skip
    assert (ecart.code, ecart.apres) == (GUICHET, "Mo-Fr 09:00-12:00")
    (reste,) = regles.restes(monde.v, monde.registre(), ICI)
    assert "2 changements depuis la liste transmise le 20/11/2026" in reste.dit
    assert octets == en_csv(transmissions.transmises(monde.registre().lire(hier.id)))
    apres, _ = transmissions.transmettre(monde.v, monde.registre(), ICI, "etat")
    assert apres.situation.dite("empreinte_liste") != hier.situation.dite("empreinte_liste")
    assert regles.restes(monde.v, monde.registre(), ICI) == []
    lettres = [
        docx.Document(io.BytesIO(monde.face(transmissions.CODE).imprimer(un, "ecarts", "docx")))
        for un in (hier, apres)
    ]
    textes = ["\n".join(un.text or "" for un in une.element.iter()) for une in lettres]
    assert "première liste transmise" in textes[0]
    assert "Depuis la liste du 20 novembre 2026" in textes[1]
    assert "Mo-Fr 09:00-12:00" in textes[1]
    _publier(monde, apres.id)
    _juger(monde, tmp_path)
    _comparer(monde, tmp_path)


def _publier(monde: Monde, id_: str) -> None:
    """The State reads what was transmitted, and says that it is published."""
    registre = monde.registre("prefet")
    face = Face(monde.v, registre, procedures()[transmissions.CODE], "prefet")
    assert face.lire(id_).titre_etat == "Transmise"
    assert face.agir(face.lire(id_), "dire_la_liste_publiee", {}).titre_etat == "Publiée"


def _juger(monde: Monde, tmp_path: Path) -> None:
    """frictionless, then each rule of the schema by JSON Schema; a wrong row is refused by both."""
    rangees, decrit = monde.liste(), json.loads(schema())
    assert {une["public"] for une in rangees} == {"Tout public", RESERVE}
    assert list(rangees[0]) == [un["name"] for un in decrit["fields"]]
    juste = {"type": "array", "items": {"type": "object", "properties": {
        un["name"]: {"type": "string"} | {
            cle: (f"^({dit})?$" if cle == "pattern" else dit)
            for cle, dit in un.get("constraints", {}).items() if cle in {"pattern", "enum"}
        } | ({"minLength": 1} if un.get("constraints", {}).get("required") else {})
        for un in decrit["fields"]
    }}}  # fmt: skip
    fausse = [rangees[0] | {"code_postal": "1301", "public": "Personne"}, *rangees[1:]]
    for nom, lignes, attendues in (("bon", rangees, 0), ("faux", fausse, 2)):
        chemin = tmp_path / f"{nom}.csv"
        chemin.write_bytes(en_csv(lignes))
        with frictionless.system.use_context(trusted=True):
            rapport = Resource(path=str(chemin), schema=Schema.from_descriptor(decrit)).validate()
        assert sum(len(tache.errors) for tache in rapport.tasks) == attendues, nom
        fautes = list(jsonschema.Draft202012Validator(juste).iter_errors(lignes))
        assert len(fautes) == attendues, nom
    points = json.loads(en_geojson(rangees))["features"]
    assert [un["id"] for un in points] == [une["code"] for une in rangees]
    assert {un["geometry"] for un in points} == {None}
    assert en_csv(rangees) == en_csv(monde.liste()), "same data, same bytes"


def _comparer(monde: Monde, tmp_path: Path) -> None:
    rangees, fichier = monde.liste(), tmp_path / "portail.csv"
    siennes = [dict(une) for une in rangees]
    siennes[0]["adresse"] = siennes[0]["adresse"].upper()  # otherwise, and the same
    siennes[1]["telephone"] = "04 00 00 00 00"
    siennes[2]["horaires"] = "lun-ven 9h-11h"
    del siennes[3]
    titres = [un.titre for un in CHAMPS]
    with fichier.open("w", encoding="cp1252", newline="") as flux:
        csv.writer(flux, delimiter=";").writerows([titres, *(une.values() for une in siennes)])
    ecarts = [(un.code, un.champ) for un in comparer(fichier, rangees)]
    codes = [une["code"] for une in rangees]
    attendus = {(codes[1], "telephone"), (codes[2], "horaires"), (codes[3], "guichet")}
    assert set(ecarts) == attendus
    for contenu, faute in (("Nom;Ville\na;b\n", "pas une liste"),
                           (f"Code;Adresse\n{GUICHET};x\n{GUICHET};y\n", "deux fois")):  # fmt: skip
        fichier.write_text(contenu)
        with pytest.raises(Refus, match=faute):
            comparer(fichier, rangees)
    assert simplifier(titres[0]) == "code du guichet"


def test_coordinates_are_confirmed_for_six_months(monde: Monde, tmp_path: Path) -> None:
    face = monde.face(CODE)
    assert face.regles.restes(monde.v, face.registre, ICI) == [], "not followed yet"
    nombre = len(publies(monde.v, ICI, LE))
    (ensemble,) = face.regles.ensembles(monde.v, face.registre, ICI, [])
    assert ensemble.nombre == nombre
    face.regles.ensemble(monde.v, face.registre, ICI, "suivre")
    (reste,) = face.regles.restes(monde.v, face.registre, ICI)
    assert reste.dit.startswith(f"{nombre} guichets à confirmer")
    bon = (GUICHET, "19/11/2026")
    fautes = {
        "n'est pas dans la liste": ("G9999", "19/11/2026"),
        "n'est pas un jour": ("G1301", "hier"),
        "n'est pas encore passé": ("G1301", "21/11/2026"),
        "deux fois": bon,
    }
    with pytest.raises(Refus) as refus:
        _importer(monde, tmp_path, bon, *fautes.values())
    assert [faute for faute in fautes if faute not in refus.value.quoi] == []
    monde.horloge.mettre(LE)
    assert [_importer(monde, tmp_path, bon) for _ in range(2)] == [1, 0]
    (reste,) = face.regles.restes(monde.v, monde.registre(), ICI)
    assert reste.dit.startswith(f"{nombre - 1} guichets à confirmer")
    (sienne,) = [un for un in monde.face(CODE).lister(ICI) if un.objet == GUICHET]
    assert sienne.situation.dite("adresse_vue")
    affiche = monde.face(CODE).imprimer(sienne, "affiche", "pdf")
    assert affiche.startswith(b"%PDF")
    filtres = Filtres(ICI, mois_controles(monde.v, ICI)[-1])
    assert confirmees(monde.v, filtres, LE) == (1, 180)
    assert confirmees(monde.v, filtres, LE, dt.date(2026, 11, 1)) is None, "not known yet"
    assert confirmees(monde.v, filtres, dt.date(2027, 5, 18)) == (0, 180), "the 19th of November"
    assert dire_certificat(monde.v, ICI, GUICHET) == ""
    dits = {"certificat": "SP-1301", "valable_jusqu_au": "31/03/2027"}
    sienne = monde.face(CODE).agir(sienne, "noter_le_certificat", dits)
    assert ("Certificat", "SP-1301, jusqu'au 31/03/2027") in monde.face(CODE).regles.faits(
        monde.v, sienne
    )
    assert "pdf" in FORMES
    monde.horloge.mettre(dt.date(2027, 5, 20))
    passer(monde.v, monde.registre("minuteur"), ICI, [procedures()[CODE]])
    (reste,) = monde.face(CODE).regles.restes(monde.v, monde.registre(), ICI)
    assert reste.dit.startswith(f"{nombre} guichets à confirmer")


def _importer(monde: Monde, tmp_path: Path, *lignes: tuple[str, str]) -> int:
    with xlsxwriter.Workbook(str(tmp_path / "x.xlsx")) as un:
        feuille = un.add_worksheet("À confirmer")
        for rang, ligne in enumerate((("Guichet", "Confirmé le"), *lignes)):
            feuille.write_row(rang, 0, ligne)
    octets = (tmp_path / "x.xlsx").read_bytes()
    return len(importer(monde.v, monde.registre(), ICI, octets, "x.xlsx"))


def test_the_list_is_told_as_it_is_kept(monde: Monde, tmp_path: Path) -> None:
    """By hand: told on the 20th, published the 23rd by the State; the other not; two gaps."""
    filtres = Filtres(ICI, mois_controles(monde.v, ICI)[-1])
    jours = jours_du_semestre(filtres.mois)
    assert tenue(monde.v, filtres, LE, jours) == (None, None, None)
    monde.changer("horaires", "Lundi au vendredi de 9h à 12h")
    monde.horloge.mettre(dt.date(2026, 11, 21))
    une, _ = transmissions.transmettre(monde.v, monde.registre(), ICI, "etat")
    monde.changer("telephone", "0400000001")  # after the list has left
    monde.horloge.mettre(dt.date(2026, 11, 23))
    monde.face(transmissions.CODE).agir(une, "dire_la_liste_publiee", {})
    assert tenue(monde.v, filtres, LE, jours).publiees == (1, 3, 1)
    assert tenue(monde.v, filtres, LE, jours, dt.date(2026, 11, 22)).publiees == (0, None, 2)

    fichier, rangees = tmp_path / "portail.csv", monde.liste()
    rang = next(rang for rang, un in enumerate(rangees) if un["code"] == GUICHET)
    siennes = [dict(un) for un in rangees]
    siennes[rang]["telephone"] = "04 00 00 00 00"
    ferme = siennes[0] | {"code": "G9999", "nom": "Fermé"}
    fichier.write_bytes(en_csv([*siennes, ferme]))
    premiere = comparer_au_portail(monde.v, monde.registre(), ICI, fichier)
    assert [(un.code, un.champ, un.avant) for un in ecarts(premiere)] == [
        (GUICHET, "telephone", "04 00 00 00 00"), ("G9999", "guichet", "présent"),
    ]  # fmt: skip
    lus = tenue(monde.v, filtres, LE, jours).ecarts
    assert lus
    assert lus[:3] == (dt.date(2026, 11, 23), 2, 2)
    assert tenue(monde.v, filtres, LE, jours, dt.date(2026, 11, 22)).ecarts is None
    dits = dict(tenue_du_guichet(monde.v, filtres, GUICHET))
    assert dits["Portail"] == "dit autre chose au 23/11/2026 : téléphone"
    assert dits["Changement"] == "dit le 21/11/2026, pas encore publié"
    (modele,) = (un for un in monde.face("comparaisons").lister(ICI))
    assert monde.face("comparaisons").nom(modele) == "Portail au 23/11/2026"

    # The portal is corrected: the new file replaces the one before, and is at an end by itself.
    fichier.write_bytes(en_csv(rangees))
    seconde = comparer_au_portail(monde.v, monde.registre(), ICI, fichier)
    assert (seconde.etat, monde.registre().lire(premiere.id).etat) == (
        "portail_d_accord", "comparaison_depassee",
    )  # fmt: skip
    lus = tenue(monde.v, filtres, LE, jours).ecarts
    assert lus
    assert lus[:3] == (dt.date(2026, 11, 23), 0, 0)
    tables = Tableau("t", "", (Colonne("a"),), ((Cellule(1),),))
    dite = tenue(monde.v, filtres, LE, jours)
    (points,) = (un for un in Registre(98, dite, tables, tables).blocs() if isinstance(un, Liste))
    lus_ici = [un.replace("\xa0", " ").partition(" : ")[2] for un in points.points]
    assert lus_ici[0].startswith("une publiée dans le semestre, la moitié en 3 jours au plus ; une")
    assert lus_ici[1] == "aucun écart avec la liste à publier."
    assert len(lus_ici) == 2
