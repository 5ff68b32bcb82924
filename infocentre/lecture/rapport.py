"""The report of a delivery, in French, as the gestionnaire reads it after `charger`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from infocentre.contrat import contrat
from infocentre.correspondances.modele import ENCODAGES
from infocentre.entrepot.description import CodeInconnu, Description, TableDecrite, VerdictEcrit
from infocentre.entrepot.etats import Solde
from infocentre.noyau.francais import accord, accorder, citer, entier
from infocentre.noyau.temps import jour

# Pages have the types of what they tell from here, not from storage.
__all__ = [
    "CITES",
    "TERMES",
    "Description",
    "Solde",
    "TableDecrite",
    "Terme",
    "VerdictEcrit",
    "code_cite",
    "dire_a_completer",
    "lignes_rapport",
    "registre_a_completer",
    "remarques",
    "resume",
    "titre",
]

CITES = 8
Terme = Literal["creations", "deradiations", "autres_entrees", "radiations", "disparues"]
TERMES: tuple[tuple[Terme, str, str, str], ...] = (
    ("creations", "+", "création", "créations"),
    ("deradiations", "+", "déradiation", "déradiations"),
    ("autres_entrees", "+", "autre entrée", "autres entrées"),
    ("radiations", "−", "radiation", "radiations"),
    ("disparues", "−", "disparue", "disparues"),
)


def titre(description: Description) -> str:
    """Return what names a delivery: département and arrêté."""
    return (
        f"Livraison « {description['nom']} », département {description['departement']}, "
        f"données arrêtées au {jour(description['arrete'])}"
    )


def resume(description: Description) -> str:
    """Return the report of a delivery in one line."""
    tables = description["tables"].values()
    lues = sum(table["lus"] for table in tables)
    rejetees = sum(sum(table["rejets"].values()) for table in tables)
    return (
        f"  {description['departement']}, données arrêtées au {jour(description['arrete'])} : "
        f"{accorder(lues, 'ligne lue', 'lignes lues')}, "
        f"{accorder(rejetees, 'rejetée', 'rejetées')}, "
        f"{entier(description['tables']['stock']['conserves'])} demandes actives"
    )


def lignes_rapport(
    description: Description,
    solde: Solde | None,
    changements: dict[str, dict[str, int]] | None,
) -> Iterator[str]:
    """Yield the lines of the report: what was read, what is wrong, the balance, what changed."""
    yield titre(description)
    yield f"  {'table':<13}{'lues':>12}{'conservées':>12}{'rejetées':>10}  motifs des rejets"
    for nom in contrat().tables:
        if nom in description["tables"]:
            yield _ligne_table(nom, description["tables"][nom])
    yield from _absentes(description)
    yield from (f"  {remarque}" for remarque in remarques(description))
    yield from _anomalies(description)
    yield from _codes(description)
    yield from _colonnes(description)
    yield from _inconnus(description)
    yield from _registre(description)
    yield from _vraisemblance(description)
    yield from _solde(solde)
    yield from _changements(changements)


def _ligne_table(nom: str, table: TableDecrite) -> str:
    rejets = sum(table["rejets"].values())
    motifs = " ; ".join(f"{motif} : {entier(n)}" for motif, n in table["rejets"].items())
    return (
        f"  {nom:<13}{entier(table['lus']):>12}{entier(table['conserves']):>12}"
        f"{entier(rejets):>10}  {motifs}"
    ).rstrip()


def remarques(description: Description) -> Iterator[str]:
    """Yield what a person should know of how the files were read: source, encodings, register."""
    yield from _lue_comme(description)
    par_encodage: dict[str, list[str]] = {}
    for nom, table in description["tables"].items():
        par_encodage.setdefault(ENCODAGES.get(table["encodage"], ""), []).append(nom)
    lus = [f"{quoi} ({', '.join(noms)})" for quoi, noms in par_encodage.items() if quoi]
    if lus:
        yield f"Encodage : {', '.join(lus)}"
    for nom, table in description["tables"].items():
        if table.get("coupe"):
            yield (
                f"{table['fichier']} s'arrête au milieu d'une ligne : sa copie a sans doute été "
                "interrompue. Comparer sa taille à celle de l'émetteur, et le charger de nouveau"
            )
        if suites := table.get("suites"):
            phrase = accorder(suites, "autre ligne", "autres lignes")
            yield (
                f"{table['fichier']} a plusieurs lignes par demande : la première est lue, et "
                f"{phrase} de {nom} {accord(suites, 'est laissée', 'sont laissées')}"
            )
        if autres := table.get("autrement"):
            autre = next(un for cle, un in ENCODAGES.items() if cle != table["encodage"])
            phrase = accorder(autres, "ligne lue", "lignes lues")
            yield f"Deux encodages dans {table['fichier']} : {phrase} en {autre}, les autres non"
    for un in description.get("guichets_deux_types", []):
        types = ", puis ".join(type_ or "vide" for type_ in un["types"])
        yield f"Le guichet {un['guichet']} est deux fois au registre, de types différents : {types}"
    if noms := description.get("noms_sans_accents"):
        dits = citer([f"« {nom} »" for nom in noms], CITES, "autre guichet", "autres guichets")
        yield (
            f"Des accents étaient perdus avant l'envoi : {dits}. Pages et documents écriront "
            "ces noms ainsi : demander une extraction en UTF-8, qu'aucun tableur n'a enregistrée"
        )


def _lue_comme(description: Description) -> Iterator[str]:
    """Yield by which correspondance a delivery was read, and what this one leaves out, and why."""
    une = description.get("correspondance")
    if not une:
        return
    yield f"Lue comme « {une['libelle']} », version {une['version']}"
    raisons: dict[str, list[str]] = {}
    for fichier in une["fichiers"]:
        for nom, pourquoi in fichier.get("laissees", {}).items():
            raisons.setdefault(pourquoi, []).append(nom)
    for pourquoi, noms in raisons.items():
        dits = citer(list(dict.fromkeys(noms)), CITES, "autre")
        yield f"Laissées de côté{f' ({pourquoi})' if pourquoi else ''} : {dits}"


def _absentes(description: Description) -> Iterator[str]:
    attendues = [
        nom for nom, table in contrat().tables.items() if not table.depuis and nom != "guichets"
    ]
    if absentes := [nom for nom in attendues if nom not in description["tables"]]:
        yield f"  Tables non livrées : {', '.join(absentes)} (leurs indicateurs : non calculables)"
    for nom, table in description["tables"].items():
        if table["absentes"]:
            yield f"  Colonnes non livrées dans {nom} : {', '.join(table['absentes'])}"


def _anomalies(description: Description) -> Iterator[str]:
    nombre = description["anomalies_format"]
    if nombre:
        phrase = accorder(nombre, "anomalie de format", "anomalies de format")
        yield (
            f"  {phrase} (valeurs illisibles ou codes hors liste) : "
            f"infocentre livraisons {description['mois']} --liste anomalies_format"
        )
    else:
        yield "  Aucune anomalie de format"


def _codes(description: Description) -> Iterator[str]:
    codes = description["codes_inconnus"]
    if codes:
        cites = [
            f"{ou_est_le_code(une, codes)} {code_cite(une)} ({entier(une['lignes'])})"
            for une in codes
        ]
        yield f"  Codes hors liste : {citer(cites, CITES, 'autre')}"


def ou_est_le_code(code: CodeInconnu, tous: Collection[CodeInconnu]) -> str:
    """Name the column of a code outside its list, and its table when another has a column so."""
    autres = {un["table"] for un in tous if un["colonne"] == code["colonne"]}
    return code["colonne"] if len(autres) == 1 else f"{code['colonne']} de {code['table']}"


def code_cite(code: CodeInconnu) -> str:
    """Return a code outside its list as it is told; what is no code was not taken up."""
    return "autre chose qu'un code" if code["code"] == "HL" else f"« {code['code']} »"


def _colonnes(description: Description) -> Iterator[str]:
    for nom, table in description["tables"].items():
        if table["inconnues"]:
            yield f"  Colonnes inconnues, laissées de côté, dans {nom} : " + ", ".join(
                table["inconnues"]
            )
        if table["interdites"]:
            yield (
                f"  Colonnes interdites, jamais lues, dans {nom} : "
                f"{', '.join(table['interdites'])} (NIR et commentaires ne sont pas acceptés)"
            )
    if description["fichiers_ignores"]:
        yield f"  Fichiers ignorés : {', '.join(description['fichiers_ignores'])}"


def _inconnus(description: Description) -> Iterator[str]:
    guichets = description["guichets_inconnus"]
    if guichets:
        codes = sorted({une["guichet"] for une in guichets})
        yield (
            f"  {accorder(len(codes), 'guichet inconnu', 'guichets inconnus')} du registre : "
            f"{citer(codes, CITES, 'autre')}"
        )
    plis, messages = description["plis_sans_demande"], description["messages_guichet_inconnu"]
    if plis or messages:
        yield (
            f"  Dans aucune population : {accorder(plis, 'pli', 'plis')} sans demande, "
            f"{accorder(messages, 'message', 'messages')} d'un guichet inconnu"
        )


def _registre(description: Description) -> Iterator[str]:
    yield from (f"  {une}" for une in registre_a_completer(description))
    if description.get("registre", {}).get("a_completer"):
        yield "  Pour compléter le registre : infocentre registre brouillon"


def registre_a_completer(description: Description) -> Iterator[str]:
    """Yield what the register of the month rests on, and the guichets that are to be completed."""
    dit = description.get("registre")
    if dit is None:
        return
    if not dit["livre"]:
        fait = "complété par un classeur" if dit["tenu"] else "brouillon des guichets vus"
        yield f"Registre des guichets non livré : {fait}"
    if dit["a_completer"]:
        quoi = dire_a_completer(len(dit["a_completer"]), len(dit["nouveaux"]))
        yield f"{quoi} : {citer(dit['a_completer'], CITES, 'autre')}"


def dire_a_completer(tous: int, nouveaux: int) -> str:
    """Return « 2 guichets nouveaux à compléter », or how many of all of them are new."""
    if tous == nouveaux:
        return f"{accorder(tous, 'guichet nouveau', 'guichets nouveaux')} à compléter"
    dont = f", dont {accorder(nouveaux, 'nouveau', 'nouveaux')}" if nouveaux else ""
    return f"{accorder(tous, 'guichet')} à compléter au registre{dont}"


def _vraisemblance(description: Description) -> Iterator[str]:
    """Say how many checks pass, then each that was confirmed, its figures, and why it is good."""
    jugee = description.get("vraisemblance")
    if not jugee:
        return
    en_cause = [un for un in jugee["verdicts"] if un["verdict"] != "passe"]
    passent = len(jugee["verdicts"]) - len(en_cause)
    yield f"  Vraisemblance : {accorder(passent, 'contrôle passe', 'contrôles passent')}"
    for un in en_cause:
        for phrase in un["phrases"]:
            yield f"    {un['verdict']} – {un['libelle']} : {phrase} (seuil : {un['seuil']})"
    if jugee["confirmation"]:
        yield f"    Confirmée : {jugee['confirmation']['raison']}"


def _solde(solde: Solde | None) -> Iterator[str]:
    if solde is None:
        yield "  Premier arrêté du département : pas encore de bilan des entrées et des sorties"
        return
    termes = " ".join(f"{signe} {accorder(solde[cle], un, des)}" for cle, signe, un, des in TERMES)
    yield (
        f"  Depuis le {jour(solde['arrete_avant'])} : {entier(solde['avant'])} demandes actives "
        f"{termes} = {entier(solde['apres'])}"
    )


def _changements(changements: dict[str, dict[str, int]] | None) -> Iterator[str]:
    if changements is None:
        return
    yield "  Annule et remplace la livraison précédente de cet arrêté :"
    for table, nombres in changements.items():
        if any(nombres.values()):
            yield (
                f"    {table} : {accorder(nombres['ajoutees'], 'ajoutée', 'ajoutées')}, "
                f"{accorder(nombres['retirees'], 'retirée', 'retirées')}, "
                f"{accorder(nombres['modifiees'], 'modifiée', 'modifiées')}"
            )
    if not any(any(nombres.values()) for nombres in changements.values()):
        yield "    mêmes lignes, écrites autrement : aucune valeur ne changera"
    else:
        yield "    Les valeurs publiées changeront au prochain « infocentre controler »"
