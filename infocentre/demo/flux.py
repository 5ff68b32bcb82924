"""The optional feeds: journal of acts, messages, plis, user accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from infocentre.demo import actes as a
from infocentre.demo.actes import Actes
from infocentre.demo.defauts import Defaut
from infocentre.demo.graphies import codes, remplacer
from infocentre.demo.habitudes import Calendrier, rang_plante
from infocentre.demo.hasard import Hasard, arrive, entre, tirer
from infocentre.demo.monde import Monde
from infocentre.demo.registre import Registre
from infocentre.demo.temps import JAMAIS, Entiers, Masque, jour, premier_jour
from infocentre.demo.vies import Vies

_TYPES_PLI = ("PREAVIS_SIMPLE", "PREAVIS_AR", "ATTESTATION", "NOTIF_RADIATION")
_ECHOS = ("DIS", "RET", "COP")
_GUICHET_INCONNU = "G9999"
_PARTIS = 6  # agents who leave at once the guichet that relapses


@dataclass(frozen=True)
class Flux:
    """Lines of a feed in the order in which the register knows them.

    `revelees` are the columns whose cell stays empty until its own day has come.
    """

    connue: Entiers
    lignes: pl.DataFrame
    revelees: dict[str, Entiers]

    def a_la_date(self, debut: int, fin: int) -> pl.DataFrame:
        """Return what the register says at `fin` of the lines known since `debut`."""
        bas, haut = np.searchsorted(self.connue, [debut, fin], side="right")
        tranche = self.lignes.slice(int(bas), int(haut - bas))
        return tranche.with_columns(
            pl.when(pl.lit(pl.Series(jours[bas:haut] <= fin))).then(pl.col(nom)).alias(nom)
            for nom, jours in self.revelees.items()
        )


def journal(monde: Monde, numeros: pl.Series, depuis: int) -> Flux:
    """Return the acts entered since a day, in the order of their entry."""
    tous, graphies = monde.vies.actes, monde.graphies
    actes = tous.choisir(tous.saisie >= depuis)
    nombre = len(actes.saisie)
    noms = [guichet.code for guichet in monde.registre.guichets]
    sans_canal = np.arange(nombre) % 23 == 0
    lignes = pl.DataFrame(
        {
            "ID_EVENEMENT": _identifiants("E", nombre),
            "NUMERO_UNIQUE": numeros.gather(actes.demande),
            "TYPE_EVENEMENT": codes(a.TYPES, actes.type),
            "GUICHET": codes(noms, actes.guichet),
            "CANAL": codes(a.CANAUX, actes.canal, sans_canal & (actes.guichet != 0)),
            "DATE_EVENEMENT": graphies.dates(actes.evenement),
            "DATE_SAISIE": graphies.dates(actes.saisie),
            "DATE_ATTESTATION": graphies.dates(actes.attestation),
            "DATE_ECHEANCE": graphies.dates(actes.echeance),
        }
    )
    return Flux(actes.saisie, lignes, {"DATE_ATTESTATION": actes.attestation})


def _identifiants(lettre: str, nombre: int) -> pl.Series:
    return lettre + pl.Series(np.arange(nombre)).cast(pl.String).str.zfill(8)


def plis(monde: Monde, numeros: pl.Series, depuis: int) -> Flux:
    """Return the mail sent since a day: préavis, attestations on paper, notices of radiation."""
    alea, graphies = monde.hasard.flux("plis"), monde.graphies
    demande, genre, envoi = _courriers(monde.vies, alea)
    garde = np.flatnonzero(envoi >= depuis)
    garde = garde[np.argsort(envoi[garde], kind="stable")]
    demande, genre, envoi = demande[garde], genre[garde], envoi[garde]
    nombre = len(garde)
    retour = envoi + entre(alea, 1, 12, nombre)
    statut = arrive(alea, 0.034, nombre).astype(int)
    lignes = pl.DataFrame(
        {
            "ID_PLI": _identifiants("P", nombre),
            "NUMERO_UNIQUE": numeros.gather(demande),
            "TYPE_PLI": codes(_TYPES_PLI, genre),
            "DATE_ENVOI": graphies.dates(envoi),
            "STATUT": codes(("DISTRIBUE", "NPAI"), statut),
            "DATE_STATUT": graphies.dates(retour),
        }
    )
    return Flux(envoi, lignes, {"STATUT": retour, "DATE_STATUT": retour})


def _courriers(vies: Vies, alea: np.random.Generator) -> tuple[Entiers, Entiers, Entiers]:
    """List demande, kind and day of every mail."""
    actes, preavis = vies.actes, vies.preavis
    papier = (actes.attestation < JAMAIS) & (actes.guichet != 0)
    papier &= arrive(alea, 0.5, len(papier))
    ecartes = (a.RADREN, a.RADIRR, a.RADCON)
    radie = (actes.type == a.RAD) & np.isin(actes.motif, ecartes)
    demande = np.concatenate([preavis.demande, actes.demande[papier], actes.demande[radie]])
    genre = np.repeat([2, 3], [papier.sum(), radie.sum()])
    genre = np.concatenate([preavis.recommande.astype(np.int64), genre])
    envoi = [preavis.envoi, actes.attestation[papier], actes.saisie[radie] + 1]
    return demande, genre, np.concatenate(envoi)


def messages(monde: Monde, numeros: pl.Series, depuis: int) -> Flux:
    """Return the messages of the guichets that have their own system, since a day."""
    alea, graphies = monde.hasard.flux("messages"), monde.graphies
    registre = monde.registre
    actes = _envois(monde.vies.actes, registre, depuis)
    nombre = len(actes.saisie)
    echo = arrive(alea, 0.2, nombre)
    genre = np.where(echo, len(a.TYPES) + tirer(alea, (0.45, 0.45, 0.1), nombre), actes.type)
    genre = np.where(genre == a.DERAD, a.MOD, genre)
    garde = arrive(alea, registre.taux[Defaut.MSG_ANOMALIE][actes.guichet], nombre)
    anomalie = garde | arrive(alea, 0.025, nombre)
    renvoi = actes.saisie + np.where(garde, entre(alea, 8, 60, nombre), entre(alea, 1, 5, nombre))
    renvoi[~anomalie | garde & arrive(alea, 0.6, nombre)] = JAMAIS
    noms = [guichet.code for guichet in registre.guichets]
    guichet = codes(noms, actes.guichet)
    lignes = pl.DataFrame(
        {
            "ID_MESSAGE": _identifiants("M", nombre),
            "GUICHET": remplacer(guichet, arrive(alea, 0.0005, nombre), _GUICHET_INCONNU),
            "TYPE_FICHIER": codes((*a.TYPES, *_ECHOS), genre),
            "NUMERO_UNIQUE": _numeros_des_messages(numeros, actes.demande, alea),
            "DATE_ENVOI": graphies.dates(actes.saisie),
            "STATUT": codes(("OK", "ANOMALIE"), anomalie.astype(int)),
            "CODE_ANOMALIE": codes(
                ("A01", "A07", "B12", "C03"), tirer(alea, (4, 3, 2, 1), nombre), ~anomalie
            ),
            "DATE_RENVOI_OK": graphies.dates(renvoi),
        }
    )
    return Flux(actes.saisie, lignes, {"DATE_RENVOI_OK": renvoi})


def _numeros_des_messages(
    numeros: pl.Series, demandes: Entiers, alea: np.random.Generator
) -> pl.Series:
    """Write the numéro, which a message may lack or spell badly."""
    texte = remplacer(numeros.gather(demandes), arrive(alea, 0.0005, len(demandes)), "0131")
    return remplacer(texte, arrive(alea, 0.08, len(demandes)), "NA")


def _envois(actes: Actes, registre: Registre, depuis: int) -> Actes:
    """Return the acts that were sent as a message."""
    return actes.choisir(registre.privatif[actes.guichet] & (actes.saisie >= depuis))


@dataclass(frozen=True)
class Comptes:
    """User accounts: days since 1970, JAMAIS when it has not happened."""

    guichet: Entiers
    profil: Entiers
    ouverture: Entiers
    depart: Entiers
    fermeture: Entiers
    derniere_connexion: Entiers


def comptes(registre: Registre, hasard: Hasard, dates: Calendrier, fin: int) -> Comptes:
    """Draw the accounts; departures close them at once, but at two planted guichets."""
    alea = hasard.flux("comptes")
    effectifs = 3 + (registre.poids_depot * 600).astype(int).clip(0, 22)
    effectifs[0] = 2
    guichet = np.repeat(np.arange(len(effectifs)), effectifs)
    nombre = len(guichet)
    debut = np.array([max(g.ouverture, jour(date(2017, 1, 2))) for g in registre.guichets])[guichet]
    ouverture = debut + (alea.random(nombre) * (fin - debut - 5)).astype(np.int64)
    nouveau = guichet == rang_plante("nouveau")
    ouverture[nouveau] = debut[nouveau]
    depart = ouverture + 60 + alea.exponential(2400, nombre).astype(np.int64)
    fermeture = np.where(arrive(alea, 0.03, nombre), depart + entre(alea, 1, 12, nombre), depart)
    ferme = guichet == rang_plante("ferme")
    fin_du_guichet = np.array([g.fermeture for g in registre.guichets])[guichet]
    ouverture[ferme] = np.minimum(ouverture, fin_du_guichet - 400)[ferme]
    depart[ferme], fermeture[ferme] = fin_du_guichet[ferme], JAMAIS
    for rang, mois in enumerate(dates.departs):
        partis = np.flatnonzero(guichet == rang_plante("aucun"))[rang * _PARTIS :][:_PARTIS]
        depart[partis] = jour(premier_jour(mois)) + 9
        ouverture[partis] = np.minimum(ouverture[partis], depart[partis] - 400)
        fermeture[partis] = JAMAIS if rang else jour(premier_jour(mois + 1)) + 14
    inactif = arrive(alea, registre.taux[Defaut.ACC_INACTIF][guichet], nombre)
    arret = ouverture + (alea.random(nombre) * 500).astype(np.int64)
    return Comptes(
        guichet=guichet,
        profil=tirer(alea, (0.75, 0.15, 0.1), nombre),
        ouverture=ouverture,
        depart=depart,
        fermeture=fermeture,
        derniere_connexion=np.where(inactif, arret, JAMAIS),
    )


def utilisateurs(tous: Comptes, monde: Monde, fin: int) -> pl.DataFrame:
    """Return the accounts as they are known at the arrêté."""
    alea = monde.hasard.flux(f"connexions {fin}")
    ouverts = np.flatnonzero(tous.ouverture <= fin)
    recente = fin - (alea.exponential(12, len(tous.ouverture))).astype(np.int64)
    connexion = np.minimum(tous.derniere_connexion, recente)
    connexion = np.maximum(np.minimum(connexion, tous.depart), tous.ouverture)
    formats = alea.integers(0, 4, len(ouverts))

    def a_la_date(jours: Entiers) -> pl.Series:
        connus: Masque = jours[ouverts] <= fin
        return monde.graphies.dates(np.where(connus, jours[ouverts], JAMAIS), formats)

    noms = [guichet.code for guichet in monde.registre.guichets]
    return pl.DataFrame(
        {
            "ID_UTILISATEUR": _identifiants("U", len(tous.guichet)).gather(ouverts),
            "GUICHET": codes(noms, tous.guichet[ouverts]),
            "PROFIL": codes(("Agent", "Référent", "Consultation"), tous.profil[ouverts]),
            "DATE_OUVERTURE": a_la_date(tous.ouverture),
            "DATE_DERNIERE_CONNEXION": a_la_date(connexion),
            "DATE_DEPART": a_la_date(tous.depart),
            "DATE_FERMETURE": a_la_date(tous.fermeture),
        }
    )
