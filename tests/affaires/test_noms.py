"""A procedure has one folder: nothing outside it names its events or its states."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import dashboards
import infocentre
from infocentre.affaires import procedures
from infocentre.noyau.config import DES_PROCEDURES

# The words that stay, by file: none is how an event or a state is known there.
MOTEUR = "events of the engine of messages, the same in every procedure that sends some"
VERBES = "verbs of the command line, or of its buttons, which keep their names"
AUTRES = "another word: a right, a remedy, a column, what becomes of a case, of a query, of a file"
RESTES: dict[str, tuple[str, str]] = {
    "infocentre/acces/politique.py": (VERBES, "verifier"),
    "infocentre/acces/roles.py": (AUTRES, "interroger repondre signaler"),
    "infocentre/affaires/modele.py": (
        MOTEUR, "envoi_echoue lever_doute noter_un_retour preparer_envoi",
    ),
    "infocentre/catalogue/modele.py": (AUTRES, "corriger"),
    "infocentre/catalogue/remedes.py": (AUTRES, "close constater corriger"),
    "infocentre/cli/affaires.py": (
        VERBES, "accepter clore ecarter envoyer formaliser fusionner proposer soumettre",
    ),
    "infocentre/cli/comptes.py": (AUTRES, "fermer rouvrir"),
    "infocentre/cli/correspondances.py": (VERBES, "proposer"),
    "infocentre/cli/guichets.py": (VERBES, "transmettre"),
    "infocentre/cli/listes.py": (VERBES, "diffuser"),
    "infocentre/cli/options.py": (
        VERBES,
        """
        a_instruire accepter clore constater corrigee corriger decider diffuser ecarter envoyer
        fermer formaliser fusionner proposer rouvrir sans_reponse soumettre transmettre verifier
        """,
    ),
    "infocentre/cli/preuves.py": (VERBES, "verifier"),
    "infocentre/cli/procedures.py": (VERBES, "constater envoyer"),
    "infocentre/cli/revue.py": (VERBES, "corrigee corriger decider"),
    "infocentre/lecture/demandes.py": (AUTRES, "constater corriger"),
    "infocentre/lecture/radiations.py": (AUTRES, "en_cours"),
    "infocentre/lecture/remise.py": (AUTRES, "constater"),
    "infocentre/requetes/ebauche.py": (AUTRES, "corriger"),
    "infocentre/requetes/enfant.py": (AUTRES, "close"),
    "infocentre/requetes/execution.py": (AUTRES, "faite"),
    "infocentre/restitutions/mission.py": (AUTRES, "recue"),
    "dashboards/composants/fiche.py": (AUTRES, "constater corriger"),
    "dashboards/comptes.py": (AUTRES, "fermer rouvrir"),
    "dashboards/doublons.py": (AUTRES, "annuler"),
    "dashboards/navigation.py": (AUTRES, "demandee"),
    "dashboards/pages/requetes.py": (AUTRES, "annuler executee executer"),
    "dashboards/remise.py": (AUTRES, "close"),
}  # fmt: skip


def _dits(fichier: Path, noms: set[str]) -> set[str]:
    """Return the events and states that a file has as a text of their own."""
    constantes = (un for un in ast.walk(ast.parse(fichier.read_text("utf-8"))))
    textes = (un.value for un in constantes if isinstance(un, ast.Constant))
    return {un for un in textes if isinstance(un, str) and un in noms}


def test_nothing_outside_its_folder_names_an_event_or_a_state() -> None:
    noms = {nom for une in procedures().values() for nom in (*une.etats, *une.evenements)}
    trouves: dict[str, set[str]] = defaultdict(set)
    for paquet in (infocentre, dashboards):
        racine = Path(next(iter(paquet.__path__)))
        for fichier in sorted(racine.rglob("*.py")):
            if not fichier.is_relative_to(DES_PROCEDURES) and (dits := _dits(fichier, noms)):
                trouves[fichier.relative_to(racine.parent).as_posix()] = dits
    assert trouves == {fichier: set(dits.split()) for fichier, (_, dits) in RESTES.items()}
