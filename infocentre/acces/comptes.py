"""Accounts: who may sign in, with which role, for what; links good once; passwords.

Nothing of an account is deleted, so that what a person did keeps a name: it is closed, its sessions
and its links with it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from infocentre.acces import mots_de_passe
from infocentre.acces.jetons import MOT_DE_PASSE, Jetons
from infocentre.acces.modele import Acces, Role
from infocentre.acces.perimetre import Perimetre
from infocentre.decisions.magasin import Magasin, magasin_present
from infocentre.decisions.schema import comptes, jetons, sessions
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import a_present

# Of an address, all that columns of authors hold: two accounts are never one author.
NOM_MAX = IDENTIFIANT_MAX = 120
INVITATION = dt.timedelta(days=7)
REMPLACEMENT = dt.timedelta(hours=24)
_ADRESSE = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_ORGANISME = re.compile(r"\d{9}|\d{14}")


@dataclass(frozen=True, slots=True)
class Compte:
    """An account; `organisme` is the SIREN or SIRET of the employer, '' when it is not said."""

    identifiant: str
    nom: str
    role: Role
    perimetre: Perimetre
    organisme: str
    cree_le: dt.datetime
    ferme_le: dt.datetime | None
    a_mot_de_passe: bool
    sujet: str | None

    @property
    def ouvert(self) -> bool:
        """Tell whether the account may be signed in to."""
        return self.ferme_le is None

    @property
    def acces(self) -> Acces:
        """The rights of this account."""
        return Acces(self.identifiant, self.nom, self.role, self.perimetre)


@dataclass(frozen=True, slots=True)
class Fiche:
    """What an administrator says of an account."""

    identifiant: str
    nom: str
    role: Role
    perimetre: Perimetre
    organisme: str = ""

    def valeurs(self) -> dict[str, str]:
        """Return the columns of the account; raise Refus when one cannot be kept."""
        identifiant, nom = normaliser(self.identifiant), " ".join(self.nom.split())
        if not _ADRESSE.fullmatch(identifiant) or not identifiant.isprintable():
            raise Refus(
                f"« {identifiant[:60]} » n'est pas une adresse électronique",
                que_faire="Donner celle de la personne : prenom.nom@organisme.fr.",
            )
        if len(identifiant) > IDENTIFIANT_MAX:
            raise Refus("cette adresse électronique est trop longue", que_faire="La corriger.")
        if not nom or not nom.isprintable() or len(nom) > NOM_MAX:
            raise Refus(
                "le nom de la personne manque, ou ne peut être lu",
                que_faire=f"L'écrire en {NOM_MAX} lettres au plus.",
            )
        organisme = "".join(self.organisme.split())
        if organisme and not _ORGANISME.fullmatch(organisme):
            raise Refus(
                f"« {organisme[:20]} » n'est ni un SIREN ni un SIRET",
                que_faire="Écrire 9 chiffres, ou 14.",
            )
        return {
            "identifiant": identifiant,
            "nom": nom,
            "role": str(self.role),
            "perimetre": json.dumps(self.perimetre.en_json()),
            "organisme": organisme,
        }


def normaliser(identifiant: str) -> str:
    """Return an address as accounts are named by it, of what any base may keep."""
    lisible = identifiant.encode(errors="replace").decode().replace("\0", "")
    return lisible.strip().lower()[: IDENTIFIANT_MAX + 1]


def lire_acces(racine: Path, identifiant: str) -> Acces:
    """Return the rights of an account of a data directory; raise Refus: unknown, or closed."""
    magasin = magasin_present(racine)
    compte = Comptes(magasin).trouver(identifiant) if magasin else None
    if compte is None or not compte.ouvert:
        raise Refus(
            f"aucun compte ouvert ne s'appelle « {identifiant.strip()[:60]} »",
            que_faire="Voir la liste des comptes.",
        )
    return compte.acces


class Comptes:
    """The accounts of an installation."""

    def __init__(self, magasin: Magasin, instant: Callable[[], dt.datetime] = a_present) -> None:
        """Keep them in this store; `instant` says the time."""
        self._magasin = magasin
        self._instant = instant
        self.jetons = Jetons(magasin, instant)

    def aucun(self) -> bool:
        """Tell whether there is no account at all: the installation is that of one person."""
        with self._magasin.lire() as con:
            return con.execute(sa.select(comptes.c.identifiant).limit(1)).first() is None

    def lister(self) -> list[Compte]:
        """Return the accounts by name, those that are closed last."""
        ordre = (comptes.c.ferme_le.is_not(None), comptes.c.nom, comptes.c.identifiant)
        with self._magasin.lire() as con:
            return [en_compte(un) for un in con.execute(comptes.select().order_by(*ordre))]

    def trouver(self, identifiant: str) -> Compte | None:
        """Return an account, None when there is none of this name."""
        with self._magasin.lire() as con:
            ligne = con.execute(comptes.select().where(_est(identifiant))).first()
        return en_compte(ligne) if ligne else None

    def lire(self, identifiant: str) -> Compte:
        """Return an account; raise Refus when there is none of this name."""
        trouve = self.trouver(identifiant)
        if trouve is None:
            raise Refus(
                f"aucun compte ne s'appelle « {identifiant.strip()[:60]} »",
                que_faire="Voir la liste des comptes.",
            )
        return trouve

    def inviter(self, fiche: Fiche) -> str:
        """Make an account without password; return its link, by which the person chooses one."""
        valeurs = fiche.valeurs()
        if self.trouver(fiche.identifiant):
            raise Refus(
                f"un compte s'appelle déjà « {valeurs['identifiant']} »",
                que_faire="Lui faire un nouveau lien, le rouvrir, ou changer son périmètre.",
            )
        with self._magasin.ecrire() as con:
            con.execute(comptes.insert().values(cree_le=self._instant(), **valeurs))
            _exiger_administrateur(con)
        return self.lien(fiche.identifiant)

    def changer(self, fiche: Fiche) -> Compte:
        """Change what an account may do and see: at once, its open sessions included."""
        valeurs = fiche.valeurs()
        avant = self.lire(fiche.identifiant)
        with self._magasin.ecrire() as con:
            con.execute(comptes.update().where(_est(avant.identifiant)).values(valeurs))
            _exiger_administrateur(con)
        return self.lire(avant.identifiant)

    def fermer(self, identifiant: str) -> None:
        """Close an account: its sessions and links are good for nothing from now on."""
        compte = self.lire(identifiant)
        with self._magasin.ecrire() as con:
            ferme = comptes.update().where(_est(compte.identifiant), comptes.c.ferme_le.is_(None))
            con.execute(ferme.values(ferme_le=self._instant()))
            _tout_fermer(con, compte.identifiant)
            _exiger_administrateur(con)

    def rouvrir(self, identifiant: str) -> str:
        """Open an account again; return the link by which the person chooses a new password."""
        compte = self.lire(identifiant)
        with self._magasin.ecrire() as con:
            vide = {"ferme_le": None, "mot_de_passe": None, "sujet": None}
            con.execute(comptes.update().where(_est(compte.identifiant)).values(vide))
            _tout_fermer(con, compte.identifiant)
        return self.lien(compte.identifiant)

    def lien(self, identifiant: str) -> str:
        """Return a new link to choose a password, in the place of those of before."""
        compte = self._ouvert(identifiant)
        duree = REMPLACEMENT if compte.a_mot_de_passe else INVITATION
        return self.jetons.donner(MOT_DE_PASSE, duree, compte=compte.identifiant)

    def choisir(self, jeton: str, mot: str) -> Compte:
        """Set the password that a link is for; the link and all open sessions end.

        Raises:
            Refus: the link is used, expired or unknown (`quoi` says so), or the password is bad.
        """
        compte = self.lire(self.jetons.lire(MOT_DE_PASSE, jeton).compte)
        mots_de_passe.exiger_bon(
            mot, compte.identifiant, *compte.identifiant.split("@"), compte.nom
        )
        empreinte = mots_de_passe.hacher(mot)
        with self._magasin.ecrire() as con:
            self.jetons.prendre(MOT_DE_PASSE, jeton, con)
            _tout_fermer(con, compte.identifiant)
            con.execute(
                comptes.update().where(_est(compte.identifiant)).values(mot_de_passe=empreinte)
            )
        return compte

    def verifier(self, identifiant: str, mot: str) -> Compte | None:
        """Return the account that a password opens, None in the same time when there is none."""
        with self._magasin.lire() as con:
            ligne = con.execute(comptes.select().where(_est(identifiant))).first()
        empreinte = ligne.mot_de_passe if ligne and ligne.ferme_le is None else None
        if not mots_de_passe.verifier(empreinte, mot) or not ligne or not empreinte:
            return None
        if mots_de_passe.a_refaire(empreinte):
            refaite = mots_de_passe.hacher(mot)
            with self._magasin.ecrire() as con:
                con.execute(
                    comptes.update()
                    .where(_est(identifiant), comptes.c.mot_de_passe == empreinte)
                    .values(mot_de_passe=refaite)
                )
        return en_compte(ligne)

    def lier(self, compte: Compte, sujet: str) -> None:
        """Keep who the provider says that this account is."""
        with self._magasin.ecrire() as con:
            con.execute(comptes.update().where(_est(compte.identifiant)).values(sujet=sujet))

    def _ouvert(self, identifiant: str) -> Compte:
        compte = self.lire(identifiant)
        if not compte.ouvert:
            raise Refus(
                f"le compte « {compte.identifiant} » est fermé", que_faire="Le rouvrir d'abord."
            )
        return compte


def en_compte(ligne: Any) -> Compte:  # noqa: ANN401 - a row of the table, joined or not
    """Return the account that a row holds."""
    return Compte(
        ligne.identifiant,
        ligne.nom,
        Role(ligne.role),
        Perimetre.depuis_json(json.loads(ligne.perimetre)),
        ligne.organisme,
        ligne.cree_le,
        ligne.ferme_le,
        ligne.mot_de_passe is not None,
        ligne.sujet,
    )


def _est(identifiant: str) -> sa.ColumnElement[bool]:
    return comptes.c.identifiant == normaliser(identifiant)


def _tout_fermer(con: sa.Connection, identifiant: str) -> None:
    con.execute(sessions.delete().where(sessions.c.compte == identifiant))
    con.execute(jetons.delete().where(jetons.c.compte == identifiant))


def _exiger_administrateur(con: sa.Connection) -> None:
    """Raise Refus, and change nothing, when nobody could manage the accounts."""
    administrent = comptes.select().where(
        comptes.c.role == str(Role.ADMINISTRATEUR), comptes.c.ferme_le.is_(None)
    )
    if con.execute(administrent.with_for_update()).first() is None:
        raise Refus(
            "il n'y aurait aucun administrateur des comptes",
            que_faire="En inviter d'abord un.",
        )
