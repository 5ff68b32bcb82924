"""Accounts: who may sign in, with which role, for what; links good once; passwords.

Nothing of an account is deleted, so that what a person did keeps a name: it is closed, its sessions
and its links with it. An account that somebody came in by is theirs (`servi_le`): what opens it is
replaced for them alone, and they are told.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from infocentre.acces import mots_de_passe
from infocentre.acces.avis import avertir
from infocentre.acces.jetons import FACTEUR, MOT_DE_PASSE, SECOND, Jeton, Jetons, empreinte
from infocentre.acces.modele import Acces, Action, Role
from infocentre.acces.perimetre import Perimetre
from infocentre.acces.politique import ROLES
from infocentre.decisions.magasin import Magasin, magasin_present
from infocentre.decisions.schema import appareils, comptes, facteurs, jetons, secours, sessions
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.temps import a_present, dater_heure

# Of an address, all that columns of authors hold: two accounts are never one author.
NOM_MAX = IDENTIFIANT_MAX = 120
INVITATION = dt.timedelta(days=7)
REMPLACEMENT = dt.timedelta(hours=24)
# Letters that look like others are those of no account: what two readers take for one is one.
_ADRESSE = re.compile(r"[a-z0-9._-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
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
    servi_le: dt.datetime | None

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
        identifiant = normaliser(self.identifiant)
        nom = unicodedata.normalize("NFKC", " ".join(self.nom.split()))
        if not _ADRESSE.fullmatch(identifiant):
            raise Refus(
                f"« {identifiant[:60]} » n'est pas une adresse électronique, ou porte une lettre "
                "qui en imite une autre",
                que_faire="Donner celle de la personne, en lettres sans accent, chiffres, points, "
                "tirets : prenom.nom@organisme.fr.",
            )
        if len(identifiant) > IDENTIFIANT_MAX:
            raise Refus("cette adresse électronique est trop longue", que_faire="La corriger.")
        if not nom or not nom.isprintable() or len(nom) > NOM_MAX or not _latin(nom):
            raise Refus(
                "le nom de la personne manque, ou ne peut être lu",
                que_faire=f"L'écrire en lettres latines, {NOM_MAX} au plus.",
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


def _latin(nom: str) -> bool:
    """Tell whether all letters are of the Latin alphabet: those of another look like them."""
    return all(unicodedata.name(un, "").startswith("LATIN ") for un in nom if un.isalpha())


def normaliser(identifiant: str) -> str:
    """Return an address as accounts are named by it, of what any base may keep."""
    lisible = identifiant.encode(errors="replace").decode().replace("\0", "")
    return unicodedata.normalize("NFKC", lisible).strip().lower()[: IDENTIFIANT_MAX + 1]


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

    def lignee(self, identifiant: str) -> frozenset[str]:
        """Return an account, the one that invited it, the one that invited that one, and so on."""
        vus: set[str] = set()
        suivant: str | None = identifiant
        with self._magasin.lire() as con:
            while suivant and suivant not in vus:
                vus.add(suivant)
                suivant = con.scalar(sa.select(comptes.c.invite_par).where(_est(suivant)))
        return frozenset(vus)

    def inviter(self, fiche: Fiche, par: str = "") -> str:
        """Make an account without password; return its link, by which the person chooses one.

        `par` is the account that invites, none from the machine.
        """
        valeurs = fiche.valeurs()
        if self.trouver(fiche.identifiant):
            raise Refus(
                f"un compte s'appelle déjà « {valeurs['identifiant']} »",
                que_faire="Lui faire un nouveau lien, le rouvrir, ou changer son périmètre.",
            )
        with self._magasin.ecrire() as con:
            neuf = {"cree_le": self._instant(), "invite_par": par or None}
            ecrire_compte(con, valeurs["identifiant"], {**valeurs, **neuf})
            _exiger_administrateur(con)
        return self.lien(fiche.identifiant)

    def changer(self, fiche: Fiche) -> Compte:
        """Change what an account may do and see: at once, its open sessions included."""
        valeurs = fiche.valeurs()
        avant = self.lire(fiche.identifiant)
        with self._magasin.ecrire() as con:
            ecrire_compte(con, avant.identifiant, valeurs)
            _exiger_administrateur(con)
        return self.lire(avant.identifiant)

    def fermer(self, identifiant: str) -> None:
        """Close an account: its sessions and links are good for nothing from now on."""
        compte = self.lire(identifiant)
        with self._magasin.ecrire() as con:
            if compte.ouvert:
                ecrire_compte(con, compte.identifiant, {"ferme_le": self._instant()})
            _tout_fermer(con, compte.identifiant)
            _exiger_administrateur(con)

    def rouvrir(self, identifiant: str) -> Compte:
        """Open an account again, without a password; its holder chooses one as by a replacement."""
        compte = self.lire(identifiant)
        with self._magasin.ecrire() as con:
            vide = {"ferme_le": None, "mot_de_passe": None, "sujet": None}
            ecrire_compte(con, compte.identifiant, vide)
            _tout_fermer(con, compte.identifiant)
        return self.lire(compte.identifiant)

    def lien(
        self, identifiant: str, genre: str = MOT_DE_PASSE, dits: Mapping[str, str] | None = None
    ) -> str:
        """Return a new link to choose a password, or to take a second factor away.

        It replaces those of before. `dits`: `par`, who asked for it, `avec`, who confirmed, `code`,
        the sha256 of what it is good with only. Whose account it is must be the one to have it, and
        nobody else.
        """
        compte = self.exiger_ouvert(identifiant)
        dites = dict(dits or {}) | {"servi": "oui" if compte.servi_le else ""}
        return self.jetons.donner(genre, duree(compte), compte=compte.identifiant, donnees=dites)

    def choisir(self, jeton: str, mot: str, code: str = "") -> Compte:
        """Set the password that a link is for; the link and all open sessions end.

        Raises:
            Refus: the link is used, expired or unknown (`quoi` says so), what goes with it is not
                this code, the password is bad, or the account became somebody's meanwhile.
        """
        lu = self.jetons.lire(MOT_DE_PASSE, jeton)
        compte = self.lire(lu.compte)
        _exiger_code(lu, code)
        if compte.servi_le and not lu.donnees.get("servi"):
            raise Refus("ce lien ouvrait un compte neuf", que_faire="En demander un autre.")
        mots_de_passe.exiger_bon(
            mot, compte.identifiant, *compte.identifiant.split("@"), compte.nom
        )
        hache, ici = mots_de_passe.hacher(mot), self._instant()
        with self._magasin.ecrire() as con:
            self.jetons.prendre(MOT_DE_PASSE, jeton, con)
            _tout_fermer(con, compte.identifiant)
            servi = {"servi_le": compte.servi_le or ici}
            ecrire_compte(con, compte.identifiant, {"mot_de_passe": hache} | servi)
            if compte.servi_le and lu.donnees.get("par"):
                dit = f"Le mot de passe de ce compte a été choisi par un lien le {dater_heure(ici)}"
                avertir(con, compte.identifiant, ici, f"{dit}{demande_par(lu.donnees)}.")
        return compte

    def oter_facteur(self, jeton: str, mot: str, code: str = "") -> Compte:
        """Take away the second factor that a link is for, from who has the password, if any.

        Raises:
            Refus: the link is used, expired or unknown, or what goes with it is not right.
        """
        lu = self.jetons.lire(FACTEUR, jeton)
        _exiger_code(lu, code)
        compte = self.lire(lu.compte)
        if compte.a_mot_de_passe and not self.verifier(lu.compte, mot):
            raise Refus("ce n'est pas le mot de passe de ce compte", que_faire="Le saisir encore.")
        ici = self._instant()
        with self._magasin.ecrire() as con:
            self.jetons.prendre(FACTEUR, jeton, con)
            _tout_fermer(con, compte.identifiant)
            oublier_facteur(con, compte.identifiant, ici, demande_par(lu.donnees))
        return compte

    def oublier_facteur(self, identifiant: str, par: str) -> None:
        """Take the second factor of an account away, for who may do everything."""
        ici = self._instant()
        with self._magasin.ecrire() as con:
            oublier_facteur(con, identifiant, ici, demande_par({"par": par}))

    def verifier(self, identifiant: str, mot: str) -> Compte | None:
        """Return the account that a password opens, None in the same time when there is none."""
        with self._magasin.lire() as con:
            ligne = con.execute(comptes.select().where(_est(identifiant))).first()
        hache = ligne.mot_de_passe if ligne and ligne.ferme_le is None else None
        if not mots_de_passe.verifier(hache, mot) or not ligne or not hache:
            return None
        if mots_de_passe.a_refaire(hache):
            refaite = mots_de_passe.hacher(mot)
            with self._magasin.ecrire() as con:
                inchange = comptes.c.mot_de_passe == hache
                ecrire_compte(con, ligne.identifiant, {"mot_de_passe": refaite}, inchange)
        return en_compte(ligne)

    def lier(self, compte: Compte, sujet: str) -> None:
        """Keep who the provider says that this account is."""
        servi = {"servi_le": compte.servi_le or self._instant()}
        with self._magasin.ecrire() as con:
            ecrire_compte(con, compte.identifiant, {"sujet": sujet} | servi)

    def exiger_ouvert(self, identifiant: str) -> Compte:
        """Return an account; raise Refus when it is closed, or there is none of this name."""
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
        ligne.servi_le,
    )


def ecrire_compte(
    con: sa.Connection, identifiant: str, valeurs: Mapping[str, Any], *si: sa.ColumnElement[bool]
) -> None:
    """Write what an account is, or becomes: no row of accounts is written anywhere else."""
    if "cree_le" in valeurs:
        con.execute(comptes.insert().values(dict(valeurs)))
    else:
        con.execute(comptes.update().where(_est(identifiant), *si).values(dict(valeurs)))


def duree(compte: Compte) -> dt.timedelta:
    """Return how long a link is good: longer for an account that is nobody's yet."""
    return REMPLACEMENT if compte.servi_le else INVITATION


def demande_par(dits: Mapping[str, str]) -> str:
    """Return « , à la demande de X, confirmée par Y », as much of it as there is."""
    if not dits.get("par"):
        return ""
    avec = f", confirmée par {dits['avec']}" if dits.get("avec") else ""
    return f", à la demande de {dits['par']}{avec}"


def oublier_facteur(con: sa.Connection, identifiant: str, le: dt.datetime, dit: str = "") -> None:
    """Take the second factor of an account away, and tell its holder."""
    for table in (facteurs, secours):
        con.execute(table.delete().where(table.c.compte == identifiant))
    texte = f"Le second facteur de ce compte a été ôté le {dater_heure(le)}{dit}."
    avertir(con, identifiant, le, texte)


def _exiger_code(lu: Jeton, code: str) -> None:
    attendu = lu.donnees.get("code", "")
    if attendu and not hmac.compare_digest(attendu, empreinte(lire_code(code))):
        raise Refus(
            "ce code n'est pas celui qui va avec ce lien",
            que_faire="Le demander à la personne qui a fait la demande.",
        )


def lire_code(saisi: str) -> str:
    """Return a code as it was drawn, however it is typed.

    >>> lire_code(" ABCDE fghij ")
    'abcdefghij'
    """
    return "".join(un for un in saisi.casefold() if un.isalnum())


def _est(identifiant: str) -> sa.ColumnElement[bool]:
    return comptes.c.identifiant == normaliser(identifiant)


def _tout_fermer(con: sa.Connection, identifiant: str) -> None:
    """End what the password of before opened: half-made connexions, and a key shown on the way."""
    for table in (sessions, jetons, appareils):
        con.execute(table.delete().where(table.c.compte == identifiant))
    a_moitie = jetons.c.donnees.contains(f'"compte": {json.dumps(identifiant)}', autoescape=True)
    con.execute(jetons.delete().where(jetons.c.genre == SECOND, a_moitie))
    sien = facteurs.c.compte == identifiant
    con.execute(facteurs.delete().where(sien, facteurs.c.confirme_le.is_(None)))


def _exiger_administrateur(con: sa.Connection) -> None:
    """Raise Refus, and change nothing, when nobody could manage the accounts."""
    roles = [str(role) for role, un in ROLES.items() if Action.COMPTES in un.actions]
    administrent = comptes.select().where(comptes.c.role.in_(roles), comptes.c.ferme_le.is_(None))
    if con.execute(administrent.with_for_update()).first() is None:
        raise Refus(
            "il n'y aurait aucun administrateur des comptes",
            que_faire="En inviter d'abord un.",
        )
