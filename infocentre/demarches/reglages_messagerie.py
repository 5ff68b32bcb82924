"""How mails leave and who signs them, set without writing a file: one reader for all ways.

What is written is messagerie.yml and service.yml, comments kept. The password has a file of its
own, of mode 0600, that no page shows and no backup has; it is forgotten when the server that it is
for changes, so that nobody sends it elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from infocentre.demarches.envoi import (
    FICHIER,
    SECRET,
    Messagerie,
    envoyer_un,
    lire_messagerie,
    lire_mot_de_passe,
)
from infocentre.demarches.message import DOMAINE, lire_adresse
from infocentre.demarches.rebonds import exiger_dossier
from infocentre.noyau.champs import refus_champs
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.fichiers import ecrire, lire_texte, seul_ici
from infocentre.noyau.fichiers_yaml import lire_yaml
from infocentre.restitutions import service as services
from infocentre.restitutions.service import lire_service

ICI = frozenset({"localhost", "127.0.0.1", "::1"})
ENTIERS = frozenset({"port", "secondes"})
MOT_MAX = 1_000
POUR = ("serveur", "port", "securite", "utilisateur")  # what a password is for
RIEN = "{}"  # a file without a field


def messagerie_connue(racine: Path) -> dict[str, str]:
    """Return what is set of the mail, as a form has it; {} when nothing is."""
    if not (racine / FICHIER).exists():
        return {}
    lue = lire_messagerie(racine).model_dump(exclude={"regle_par"})
    return {nom: str(un) for nom, un in lue.items() if un is not None}


def mot_de_passe_connu(racine: Path) -> bool:
    """Tell whether a password is kept, or given by the environment."""
    if (racine / FICHIER).exists():
        return bool(lire_messagerie(racine).mot_de_passe)
    return bool(lire_mot_de_passe(racine))


def regler_messagerie(
    racine: Path, dits: Mapping[str, str], mot_de_passe: str = "", *, par: str = ""
) -> None:
    """Write how mails leave; without `mot_de_passe`, the one that is kept stays.

    `par` is the account that asks, none from the machine: who chose the server is kept with it.

    Raises:
        Refus: a field is wrong, or the password would leave unencrypted; nothing is written.
    """
    voulus = _propres({**dits, "regle_par": ""}, Messagerie)
    lire_adresse(str(voulus.get("expediteur", "")))
    try:
        neuve = Messagerie.model_validate(voulus)
    except ValidationError as erreur:
        raise refus_champs(erreur, FICHIER, " de la messagerie") from None
    if neuve.dossier_rebonds:
        exiger_dossier(racine, neuve.dossier_rebonds)
    if len(mot_de_passe) > MOT_MAX or "\0" in mot_de_passe:
        raise Refus("ce mot de passe n'en est pas un", que_faire="Le copier de nouveau.")
    if mot_de_passe and neuve.securite == "aucune" and neuve.serveur not in ICI:
        raise Refus(
            "un mot de passe ne part pas sans chiffrement",
            que_faire="Choisir STARTTLS ou TLS, ou ne pas donner de mot de passe.",
        )
    with seul_ici(racine):
        avant = lire_messagerie(racine) if (racine / FICHIER).exists() else None
        autre = avant and any(getattr(avant, un) != getattr(neuve, un) for un in POUR)
        if mot_de_passe or autre:
            (racine / SECRET).unlink(missing_ok=True)
        choisi_par = avant.regle_par if par and avant and not autre else par
        voulus |= {"regle_par": choisi_par} if choisi_par else {}
        _ecrire_yaml(racine / FICHIER, voulus, Messagerie)
        if mot_de_passe:
            ecrire(racine / SECRET, mot_de_passe, droits=0o600)


def oublier_mot_de_passe(racine: Path) -> None:
    """Delete the password that is kept."""
    (racine / SECRET).unlink(missing_ok=True)


def service_connu(racine: Path) -> dict[str, str]:
    """Return who signs, as a form has it."""
    lu = lire_service(racine)
    return {"nom": lu.nom, "auteur": lu.auteur, "contact": lu.contact, "lieu": lu.lieu}


def regler_service(racine: Path, dits: Mapping[str, str]) -> None:
    """Write who signs documents and messages; raise Refus when a field is wrong."""
    voulus = _propres(dits, services.Fichier)
    try:
        services.Fichier.model_validate(voulus)
    except ValidationError as erreur:
        raise refus_champs(erreur, services.FICHIER, "") from None
    with seul_ici(racine):
        _ecrire_yaml(racine / services.FICHIER, voulus, services.Fichier)


def essayer(racine: Path, vers: str) -> None:
    """Send a message to oneself, signed as the others; raise Refus when it does not leave."""
    messagerie, service = lire_messagerie(racine), lire_service(racine)
    courriel = EmailMessage()
    courriel["Subject"] = "Infocentre : essai de la messagerie"
    courriel["From"] = lire_adresse(messagerie.expediteur)
    courriel["To"] = lire_adresse(vers)
    courriel["Date"] = formatdate(usegmt=True)
    courriel["Message-ID"] = make_msgid(domain=DOMAINE)
    signature = "\n".join(filter(None, [service.auteur, service.nom, service.contact]))
    courriel.set_content(
        "Bonjour,\n\nCe message a été envoyé par l’infocentre pour essayer sa messagerie : les "
        f"messages aux organismes partiront ainsi.\n\n{signature}\n"
    )
    envoyer_un(messagerie, courriel, vers)


def _propres(dits: Mapping[str, str], modele: type[BaseModel]) -> dict[str, str | int]:
    """Return the fields that a form fills in, numbers as such where they are."""
    voulus: dict[str, str | int] = {}
    for nom in modele.model_fields:
        texte = " ".join(str(dits.get(nom) or "").split())
        if texte:
            voulus[nom] = int(texte) if nom in ENTIERS and texte.isdecimal() else texte
    return voulus


def _ecrire_yaml(chemin: Path, voulus: Mapping[str, str | int], modele: type[BaseModel]) -> None:
    """Write fields a line each; other lines (comments) stay. Without any, the file says so."""
    lignes = []
    if chemin.exists():
        lire_yaml(chemin, "des réglages")
        champ = re.compile(rf"({'|'.join(modele.model_fields)})\s*:")
        gardees = (une for une in lire_texte(chemin).splitlines() if une.strip() != RIEN)
        lignes = [une for une in gardees if not champ.match(une)]
    lignes += [
        yaml.safe_dump({nom: un}, allow_unicode=True, width=10_000).strip()
        for nom, un in voulus.items()
    ]
    if all(not une.strip() or une.startswith("#") for une in lignes):
        lignes.append(RIEN)
    ecrire(chemin, "\n".join(lignes) + "\n", droits=0o600)
