"""Whatever is wrong in a catalogue file is refused in French, by file and field."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from infocentre.catalogue import Catalogue, lire_catalogue
from infocentre.catalogue.familles import famille, familles, lire_familles, rang
from infocentre.noyau.config import ressources
from infocentre.noyau.erreurs import Refus

Dossiers = tuple[Path, Path]


@pytest.fixture
def dossiers(tmp_path: Path) -> Dossiers:
    """Return a copy of both directories of the catalogue, to be spoilt."""
    expectations, populations = tmp_path / "expectations", tmp_path / "populations"
    shutil.copytree(ressources("expectations"), expectations)
    shutil.copytree(ressources("queries") / "populations", populations)
    return expectations, populations


def _remplacer(avant: str, apres: str) -> Callable[[Path], None]:
    def remplacer(fichier: Path) -> None:
        texte = fichier.read_text("utf-8")
        assert avant in texte
        fichier.write_text(texte.replace(avant, apres, 1), "utf-8")

    return remplacer


def _ajouter(ligne: str) -> Callable[[Path], None]:
    return lambda fichier: _ecrire(fichier, fichier.read_text("utf-8") + ligne)


def _ecrire(fichier: Path, texte: str) -> None:
    fichier.write_text(texte, "utf-8")


DEFAUTS_INDICATEUR = {
    "champ inconnu": (_ajouter("couleur: rouge\n"), "champ « couleur » : champ inconnu"),
    "champ manquant": (_remplacer("pourquoi:", "# pourquoi:"), "ATT_TARDIVE.yml"),
    "seuil en texte": (_remplacer("orange: 0.05", "orange: beaucoup"), "champ « seuils.orange »"),
    "seuil en pourcentage": (_remplacer("rouge: 0.15", "rouge: 15"), "champ « seuils.rouge »"),
    "seuils à l'envers": (
        _remplacer("{orange: 0.05, rouge: 0.15}", "{orange: 0.15, rouge: 0.05}"),
        "le seuil orange doit être inférieur",
    ),
    "aucun seuil": (
        _remplacer("seuils: {orange: 0.05, rouge: 0.15}\n", ""),
        "il faut soit « seuils », soit « tolerance_zero: true »",
    ),
    "contexte jugé": (
        _remplacer("imputable: guichet", "imputable: contexte"),
        "un indicateur de contexte n'a ni",
    ),
    "imputable inconnu": (
        _remplacer("imputable: guichet", "imputable: bailleur"),
        "champ « imputable » : « bailleur » n'est pas l'un de",
    ),
    "suivi en texte": (_remplacer("suivi: true", "suivi: souvent"), "champ « suivi » : true ou"),
    "version en texte": (_remplacer("version: 1", "version: un"), "champ « version » : un nombre"),
    "mois mal écrit": (
        _remplacer("depuis: 2026-11", "depuis: 11/2026"),
        "champ « depuis » : « 11/2026 » est mal formé, un mois AAAA-MM",
    ),
    "code d'un autre": (
        _remplacer("code: ATT_TARDIVE", "code: ATT_LENTE"),
        "champ « code » : ATT_LENTE n'est pas le nom du fichier",
    ),
    "champ écrit deux fois": (_ajouter("version: 2\n"), "champ « version » : écrit deux fois"),
    "YAML invalide": (_ajouter("pourquoi: [\n"), "n'est pas du YAML valide"),
    "clé qui n'est pas un nom": (_ajouter("? [a, b]\n: c\n"), "n'est pas du YAML valide"),
    "fichier vide": (lambda fichier: _ecrire(fichier, ""), "ne décrit pas un indicateur"),
    "population inconnue": (
        _remplacer("population: attributions", "population: attributoins"),
        "champ « population » : « attributoins » n'existe pas",
    ),
    "colonne inconnue": (
        _remplacer("anomalie: date_radiation", "anomalie: date_radiatoin"),
        "champ « anomalie » : la colonne « date_radiatoin » n'existe pas",
    ),
    "colonne inconnue de la restriction": (
        _remplacer("applicable: date_signature_bail", "applicable: date_bail"),
        "champ « applicable » : la colonne « date_bail » n'existe pas",
    ),
    "gravité inconnue": (
        _remplacer('mesure: "jours_apres_bail', 'mesure: "jours_avant'),
        "champ « gravite » : la colonne « jours_avant » n'existe pas",
    ),
    "gravité qui n'est pas un nombre": (
        _remplacer('mesure: "jours_apres_bail', 'mesure: "date_radiation'),
        "champ « gravite » : un nombre entier est attendu, pas un DATE",
    ),
    "erreur de syntaxe": (
        _remplacer("date_signature_bail + 15", "date_signature_bail + + ) 15"),
        "champ « anomalie » : erreur de syntaxe près de « ) »",
    ),
    "expression incomplète": (
        _remplacer("date_signature_bail + 15", "date_signature_bail +"),
        "champ « anomalie » :",
    ),
    "fonction inconnue": (
        _remplacer("anomalie: date_radiation", "anomalie: jour_ouvre(date_radiation)"),
        "champ « anomalie » : la fonction « jour_ouvre » n'existe pas",
    ),
    "types incomparables": (
        _remplacer("anomalie: date_radiation >", "anomalie: surface >"),
        "champ « anomalie » : un DOUBLE ne se compare pas à un",
    ),
    "date qui n'en est pas une": (
        _remplacer("date_signature_bail + 15", "'2026-02-30'"),
        "champ « anomalie » : « 2026-02-30 » n'est pas une date",
    ),
    "paramètre": (
        _remplacer("date_signature_bail + 15", "$limite"),
        "champ « anomalie » : un paramètre ($nom) n'a pas sa place ici",
    ),
    "expression régulière fausse": (
        _remplacer("date_radiation > date_signature_bail + 15", "numerorpls ~ '['"),
        "champ « anomalie » :",
    ),
    "pas une condition": (
        _remplacer("anomalie: date_radiation > date_signature_bail + 15", "anomalie: surface"),
        "champ « anomalie » : une condition est attendue, pas un DOUBLE",
    ),
    "agrégat": (
        _remplacer("anomalie: date_radiation >", "anomalie: max(date_radiation) >"),
        "champ « anomalie » : une règle n'a pas de fonction d'agrégation",
    ),
    "sous-requête": (
        _remplacer("anomalie: date_radiation >", "anomalie: (select max(arrete) from stock) >"),
        "champ « anomalie » : une règle n'a pas de sous-requête",
    ),
    "deux expressions": (
        _remplacer("date_signature_bail + 15", "date_signature_bail + 15, true"),
        "champ « anomalie » : une seule expression est attendue",
    ),
    "explication sans colonne": (
        _remplacer("{jours_apres_bail}", "{jours}"),
        "champ « explication » : la population n'a pas de colonne « jours »",
    ),
    "explication personnelle": (
        _remplacer("{jours_apres_bail}", "{numerorpls}"),
        "champ « explication » : « numerorpls » est une donnée personnelle",
    ),
    "accolade isolée": (
        _remplacer("{jours_apres_bail}", "{jours_apres_bail"),
        "champ « explication » : accolade isolée",
    ),
    "exigence inconnue": (
        _ajouter("requiert: [radiation.date_bail]\n"),
        "champ « requiert » : « radiation.date_bail » n'est pas dans le contrat",
    ),
}


@pytest.mark.parametrize("defaut", DEFAUTS_INDICATEUR)
def test_a_wrong_indicator_is_refused(dossiers: Dossiers, defaut: str) -> None:
    gater, attendu = DEFAUTS_INDICATEUR[defaut]
    gater(dossiers[0] / "ATT_TARDIVE.yml")
    with pytest.raises(Refus) as refus:
        lire_catalogue(*dossiers)
    assert "ATT_TARDIVE.yml" in str(refus.value)
    assert attendu in str(refus.value)
    assert refus.value.que_faire


DEFAUTS_POPULATION = {
    "nature inconnue": (_remplacer("nature: flux", "nature: fleuve"), "champ « nature »"),
    "sans objet": (_remplacer("-- objet:", "-- but:"), "champ « objet » : il manque"),
    "nom d'un autre": (_remplacer("nom: attributions", "nom: baux"), "champ « nom » : baux"),
    "table inconnue": (
        _remplacer("from radiation\n", "from radiations\n"),
        "la table « radiations » n'existe pas",
    ),
    "colonne inconnue": (
        _remplacer("radiation.surface,", "radiation.superficie,"),
        "la colonne « superficie » n'existe pas",
    ),
    "unité absente": (_remplacer(" as unite", " as cle"), "colonne « unite » : VARCHAR attendu"),
    "jour en texte": (
        _remplacer("radiation.date_radiation as jour", "'hier' as jour"),
        "colonne « jour » : DATE attendu (VARCHAR)",
    ),
    "erreur de syntaxe": (_remplacer("select\n", "choisir\n"), "erreur de syntaxe près de"),
    "plusieurs requêtes": (_ajouter(";\nselect 1;\n"), "une seule requête est attendue"),
    "exigence inconnue": (
        _remplacer("-- requiert:", "-- requiert: baux"),
        "champ « requiert » : « baux » n'est pas dans le contrat",
    ),
    "identités": (
        _remplacer("from communes\n", "from identites as communes\n"),
        "la table « identites » n'existe pas",
    ),
}


@pytest.mark.parametrize("defaut", DEFAUTS_POPULATION)
def test_a_wrong_population_is_refused(dossiers: Dossiers, defaut: str) -> None:
    gater, attendu = DEFAUTS_POPULATION[defaut]
    gater(dossiers[1] / "attributions.sql")
    with pytest.raises(Refus) as refus:
        lire_catalogue(*dossiers)
    assert "attributions.sql" in str(refus.value)
    assert attendu in str(refus.value)


@pytest.mark.parametrize("nom", ["copie.yml", "ATT_TARDIVE.yaml", "ATT_TARDIVE (2).yml"])
def test_a_code_defined_twice_names_both_files(dossiers: Dossiers, nom: str) -> None:
    shutil.copy(dossiers[0] / "ATT_TARDIVE.yml", dossiers[0] / nom)
    with pytest.raises(Refus, match="ATT_TARDIVE est déjà défini dans") as refus:
        lire_catalogue(*dossiers)
    assert nom in str(refus.value)
    assert "ATT_TARDIVE.yml" in str(refus.value)


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refus, match=r"aucun fichier \.yml du catalogue"):
        lire_catalogue(tmp_path / "nulle-part")


def test_a_file_that_is_not_utf_8_is_refused(dossiers: Dossiers) -> None:
    (dossiers[0] / "ATT_TARDIVE.yml").write_bytes("libelle: délai".encode("cp1252"))
    with pytest.raises(Refus, match="n'est pas en UTF-8"):
        lire_catalogue(*dossiers)


def test_a_file_that_cannot_be_read_is_refused(dossiers: Dossiers) -> None:
    (dossiers[0] / "ATT_ILLISIBLE.yml").mkdir()
    with pytest.raises(Refus, match="ce fichier ne peut pas être lu"):
        lire_catalogue(*dossiers)


def test_the_catalogue_survives_its_json(catalogue: Catalogue) -> None:
    relu = Catalogue.depuis_json(catalogue.en_json())
    assert relu == catalogue
    assert list(relu.indicateurs) == list(catalogue.indicateurs)
    assert relu.empreinte == catalogue.empreinte


def test_the_fingerprint_changes_with_any_rule(dossiers: Dossiers, catalogue: Catalogue) -> None:
    assert lire_catalogue(*dossiers).empreinte == catalogue.empreinte
    _remplacer("date_signature_bail + 15", "date_signature_bail + 16")(
        dossiers[0] / "ATT_TARDIVE.yml"
    )
    assert lire_catalogue(*dossiers).empreinte != catalogue.empreinte


def test_adding_an_indicator_touches_one_file_of_the_catalogue(dossiers: Dossiers) -> None:
    texte = (dossiers[0] / "ATT_TARDIVE.yml").read_text("utf-8")
    nouveau = texte.replace("ATT_TARDIVE", "ATT_TRES_TARDIVE").replace("ordre: 180", "ordre: 185")
    _ecrire(dossiers[0] / "ATT_TRES_TARDIVE.yml", nouveau)
    codes = list(lire_catalogue(*dossiers).indicateurs)
    assert codes.index("ATT_TRES_TARDIVE") == codes.index("ATT_TARDIVE") + 1


def test_families_are_declared_in_their_order() -> None:
    assert list(familles())[:2] == ["enregistrement", "completude"]
    assert famille("acces").titre == "Accès des utilisateurs"
    assert famille("enregistrement").annexe == famille("completude").annexe
    assert {un.famille for un in lire_catalogue().indicateurs.values()} == set(familles())


def test_a_family_that_is_not_declared_is_called_by_its_name_and_comes_last() -> None:
    assert famille("suivi_social").titre == famille("suivi_social").annexe == "Suivi social"
    assert rang("suivi_social") > max(rang(une) for une in familles())


def test_a_wrong_family_is_refused_by_file_and_field(tmp_path: Path) -> None:
    (tmp_path / "familles.yml").write_text("acces: {titre: Accès}\n", "utf-8")
    with pytest.raises(Refus) as refus:
        lire_familles(tmp_path)
    assert refus.value.ou == "familles.yml"
    assert "acces.annexe » : il manque" in refus.value.quoi
