"""Guards of the conventions: dates that may be, who may withdraw, what is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from dateutil.relativedelta import relativedelta

from infocentre.affaires.gardes import garde
from infocentre.affaires.situation import Evenement, Situation
from infocentre.noyau.francais import enumerer, minuscule
from infocentre.noyau.temps import jour

DEBUT = dt.date(2009, 1, 1)  # no convention of this kind is older (loi of 25 March 2009)
BAILLEURS = frozenset("abc")


def terme_au_plus(effet: dt.date, reglages: Mapping[str, int]) -> dt.date:
    """Return the day from which a convention no longer runs, whatever it says."""
    fin: dt.date = effet + relativedelta(years=reglages["duree"])
    return fin


@garde
def dates_d_une_convention(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """A convention was signed, from 2009 on, runs after that, six years at most."""
    if un.dit("signee_le") is None:
        return None
    signee = _jour(un, "signee_le", un.jour)
    effet = _jour(un, "effet", signee)
    terme = _jour(un, "terme", terme_au_plus(effet, r))
    if faute := faute_de_dates(signee, effet, terme, r):
        return faute
    avant = s.dernier(un.nom)
    if avant and signee <= _jour(avant, "signee_le", signee):
        return f"une convention de cet organisme est déjà enregistrée, du {jour(signee)} ou d'après"
    return None


def faute_de_dates(
    signee: dt.date, effet: dt.date, terme: dt.date, r: Mapping[str, int]
) -> str | None:
    """Say why a convention has not these dates, None when it may."""
    fin = terme_au_plus(effet, r)
    if signee < DEBUT:
        return f"« Signée le » : le {jour(signee)} est avant {DEBUT.year}, où il n'y en avait pas"
    if effet < signee:
        return f"l'effet, le {jour(effet)}, vient avant la signature, le {jour(signee)}"
    if not effet < terme <= fin:
        return (
            f"le terme, le {jour(terme)}, doit suivre l'effet, et de {r['duree']} ans au plus : le "
            f"{jour(fin)} (article 5)"
        )
    return None


@garde
def retrait_possible(s: Situation, un: Evenement, r: Mapping[str, int]) -> str | None:
    """Only those who may do without signing leave by saying so: no bailleur does."""
    if est_bailleur(s):
        return (
            "un bailleur (a à c de l'article R.441-2-1) ne se retire pas : s'il refuse de signer, "
            "un arrêté du préfet fixe ce qu'il doit (R.441-2-5 III)"
        )
    if s.dite("categorie") is None:
        return "la catégorie de l'organisme (R.441-2-1) n'est pas connue : la préciser d'abord"
    return a_ete_signee(s, un, r)


@garde
def bailleur_seul(s: Situation, _: Evenement, __: Mapping[str, int]) -> str | None:
    """An arrêté stands in the place of the signature of a bailleur, and of nobody else."""
    if not est_bailleur(s):
        return "un arrêté ne tient lieu de convention que pour un bailleur (R.441-2-5 III)"
    return None


@garde
def a_ete_signee(s: Situation, _: Evenement, __: Mapping[str, int]) -> str | None:
    """What was never signed has no end."""
    if s.dite("signee_le") is None and s.dite("du_registre") is None:
        return "aucune convention de cet organisme n'est signée"
    return None


@garde
def tout_est_ferme(s: Situation, un: Evenement, _: Mapping[str, int]) -> str | None:
    """An organisme that leaves has left once all is closed: what is not is said."""
    regle = s.procedure.regle(un.nom)
    restent = [minuscule(regle.donnees[nom].titre) for nom in regle.donnees if un.dit(nom) is False]
    return f"il reste à faire : {enumerer(restent)}" if restent else None


def est_bailleur(s: Situation) -> bool:
    """Tell whether it is of a bailleur: as a person said, or as the register does."""
    return s.dite("categorie") in BAILLEURS or bool(s.dite("bailleur"))


def _jour(un: Evenement, nom: str, sinon: dt.date) -> dt.date:
    dit = un.dit(nom)
    return dt.date.fromisoformat(str(dit)) if dit else sinon
