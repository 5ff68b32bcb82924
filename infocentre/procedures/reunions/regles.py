"""What meetings know: who is invited, what is proposed, what minutes say, what became of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from dateutil.relativedelta import relativedelta

from infocentre.acces.modele import SEUL
from infocentre.affaires import Affaire, Affaires, Evenement, procedures
from infocentre.affaires.modele import REVENIR
from infocentre.affaires.reglages import reglages_de
from infocentre.contrat.adresses import adresses_de
from infocentre.demarches import a_remplir
from infocentre.demarches.calendrier import dates
from infocentre.demarches.message import Piece, Pli
from infocentre.demarches.regles import (
    Imprimer,
    Jalon,
    Ouverture,
    Regles,
    Releve,
    Reste,
    Saisie,
)
from infocentre.demarches.rendus import lire_octets
from infocentre.lecture.commun import mois_controles, registre
from infocentre.lecture.guichets import ferme_le
from infocentre.lecture.lecteur import Lecture
from infocentre.lecture.reunions import ENVOIS, dire_empreinte
from infocentre.noyau.erreurs import Refus
from infocentre.noyau.francais import accorder, enumerer, majuscule, simplifier
from infocentre.noyau.horaires import JOURS, dire_heure
from infocentre.noyau.jours import lire_jour
from infocentre.noyau.temps import (
    bornes,
    dater,
    dernier_semestre,
    fin_de_mois,
    jour,
    mois_apres,
    mois_avant,
    nom_semestre,
    semestre_du_mois,
)
from infocentre.procedures.reunions import compte_rendu, odj
from infocentre.procedures.reunions.calendrier import en_ics
from infocentre.procedures.reunions.douze_mois import imprime
from infocentre.restitutions import prepares
from infocentre.restitutions.commande import Commande
from infocentre.restitutions.document import Cellule, Colonne, Tableau

CODE, LISTES = "reunions", "listes"
VALIDER, RENDRE, POUVOIR = "valider_le_compte_rendu", "rendre_compte", "noter_un_pouvoir"
DOSSIER = "envoyer_le_dossier"
PARTIS = {"convoquer": "Invitation", "envoyer_le_dossier": "Dossier", "diffuser": "Compte rendu"}
NOMMENT = frozenset({"copil", "suivi"})  # those to whom an organisme may be named
A_TENIR = {"copil": "comité de pilotage", "guichets": "réunion des guichets"}
DU_SEMESTRE = {"bilan": "Bilans aux partenaires", "mission": "Compte rendu de mission"}
SEMESTRE = 6  # months
VIDES = 6  # rows of a table to fill in


class Reunions(Regles):
    """The rules of the meetings."""

    rendu: ClassVar[tuple[str, str]] = ("Compte rendu rempli (.docx)", ".docx")

    def reponse(self) -> str:
        """Return the event of minutes that come back."""
        return RENDRE

    # --- Who and what -----------------------------------------------------------------------------

    def nom(self, v: Lecture, une: Affaire) -> str:  # noqa: ARG002
        """Return the meeting and its day."""
        return self.sujet(une)

    def sujet(self, une: Affaire) -> str:
        """Return the meeting and its day."""
        return f"{_instance(une)} du {jour(str(une.situation.dite('le_jour')))}"

    def voit(self, v: Lecture, une: Affaire) -> bool:  # noqa: ARG002
        """Tell that nobody but who conducts them reads meetings by name."""
        return False

    def adresses(self, v: Lecture, pli: Pli) -> tuple[str, ...]:  # noqa: ARG002
        """Return the addresses that were frozen when the meeting was fixed."""
        dits = pli.affaires[0].situation.dite("destinataires") or []
        return tuple(dict.fromkeys(str(un["courriel"]).lower() for un in dits))

    def faits(self, v: Lecture, une: Affaire) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return when and where, whom it is told to, and the agenda."""
        s = une.situation
        membres, presents = s.dite("destinataires") or [], s.dite("presents") or []
        faits = [
            ("Quand", _quand(une)),
            ("Où", str(s.dite("lieu"))),
            (
                "Liste",
                accorder(len(membres), "destinataire")
                if membres
                else "Aucune : créer celle du même nom",
            ),
        ]
        if presents:
            faits.append(("Présents", str(len(presents))))
        pouvoirs = [f"{un.dit('donne_par')} à {un.dit('donne_a')}" for un in s.tous(POUVOIR)]
        return [*faits, ("Pouvoirs", " ; ".join(pouvoirs))] if pouvoirs else faits

    def bloc_d_une(self, v: Lecture, une: Affaire) -> Tableau | None:  # noqa: ARG002
        """Return the agenda, and what was said and decided once it is."""
        s = une.situation
        dits = {str(un["point"]): str(un["dit"]) for un in s.redite("dits") or []}
        lignes = [
            (Cellule(rang), Cellule(point), Cellule(dits.get(str(rang), "")))
            for rang, point in enumerate(s.dite("odj") or [], start=1)
        ]
        lignes += [
            (Cellule(rang), Cellule(f"Décision : {un['dite']}"), Cellule(_qui(un)))
            for rang, un in enumerate(s.redite("decisions") or [], start=1)
        ]
        colonnes = (Colonne("N°", "nombre"), Colonne("Point"), Colonne("Ce qui a été dit"))
        return Tableau("odj", "Ordre du jour", colonnes, tuple(lignes)).ou_rien

    # --- Opening ----------------------------------------------------------------------------------

    def objets(self) -> Mapping[str, str]:
        """Return the instances that meet."""
        return _instances()

    def ouvrir(
        self,
        v: Lecture,
        registre_: Affaires,
        departement: str,
        objet: str,
        dits: Mapping[str, Any],
    ) -> Ouverture:
        """Return what a meeting is fixed with: its list as it is that day, an agenda.

        Raises:
            Refus: there is no such instance, or the list that is named is none.
        """
        instance = _lire_instance(objet)
        le = str(dits.get("le_jour") or "")
        membres = _membres(v, registre_, departement, instance, dits.get("diffusion"))
        points = dits.get("odj") or odj.proposer(
            v, registre_, departement, nommer=instance in NOMMENT
        )
        donnees = {"instance": instance, "destinataires": membres, "odj": points}
        return Ouverture(f"{instance}-{le}", "réunion", donnees)

    def restes(self, v: Lecture, registre_: Affaires, departement: str) -> list[Reste]:  # noqa: ARG002
        """Return the meetings that are to be fixed: too long without one, and none to come."""
        restes = []
        for instance, dite in A_TENIR.items():
            dernier, avant, mois = _a_tenir(registre_, departement, instance)
            if avant and avant > registre_.aujourdhui:
                continue
            depuis = f"depuis le {jour(dernier)}" if dernier else f"en {mois} mois"
            aucun = "Aucune" if instance == "guichets" else "Aucun"
            restes.append(
                Reste(
                    f"{aucun} {dite} {depuis}, ni à venir",
                    f"/affaires/{CODE}",
                    "Fixer",
                    parametres=(("ouvrir", instance),),
                )
            )
        return restes

    def jalons(self, v: Lecture, registre_: Affaires, departement: str, au: dt.date) -> list[Jalon]:
        """Return by when a comité and a meeting of guichets are to be held, semesters told.

        Where none was ever held there is no such day: `restes` ask for one.
        """
        trouves = []
        for instance, dite in A_TENIR.items():
            _, avant, _ = _a_tenir(registre_, departement, instance)
            if avant:
                trouves.append(Jalon(avant, f"{majuscule(dite)} à tenir", manque="à fixer"))
        return [*trouves, *_semestres(v, registre_, departement, au)]

    # --- What people do ---------------------------------------------------------------------------

    def agir(self, v: Lecture, registre_: Affaires, saisie: Saisie) -> Affaire | None:  # noqa: ARG002
        """Open an affaire for each decision before the minutes that have it are validated."""
        if saisie.nom != VALIDER:
            return None
        une = saisie.une
        registre_.exiger(une.id, VALIDER)
        procedure = procedures()[odj.DECISIONS]
        deja = {
            un.objet
            for un in registre_.lister(une.departement, procedure=procedure.code, finies=True)
        }
        for rang, lue in enumerate(une.situation.redite("decisions") or [], start=1):
            objet = f"{une.id}-{rang}"
            if objet not in deja:
                registre_.ouvrir(procedure, une.departement, objet, "décision", _decision(une, lue))
        return saisie.garder(registre_, {})

    def recevoir(
        self,
        registre_: Affaires,
        chemin: Path,
        canal: str,  # noqa: ARG002
        exiger: Callable[[str], object],
    ) -> tuple[Affaire, a_remplir.Lu]:
        """Read minutes that were filled in: who was there, what was said, what was decided."""
        octets = lire_octets(chemin)
        lu = compte_rendu.lire(octets, chemin.name)
        exiger(lu["affaire"])
        une = registre_.lire(lu["affaire"])
        donnees = {
            "presents": lu["presents"],
            "dits": lu["dits"],
            "decisions": lu["decisions"],
            "rempli": hashlib.sha256(octets).hexdigest(),
        }
        suite = registre_.agir(une.id, RENDRE, {nom: un for nom, un in donnees.items() if un})
        lignes = tuple(lu["decisions"])
        return suite, a_remplir.Lu(une.id, lignes, ())

    # --- Papers -----------------------------------------------------------------------------------

    def joints(
        self,
        v: Lecture,
        pli: Pli,
        jour: dt.date,  # noqa: ARG002
        imprimer: Imprimer | None,  # noqa: ARG002
    ) -> tuple[Piece, ...]:
        """Return the calendar file with an invitation, the slides with the papers of a comité."""
        une = pli.affaires[0]
        if pli.pour == DOSSIER and (semestre := _diapositives(v, une)):
            commande = Commande("bilan", "pptx", une.departement, semestre=semestre, perimetre=v.p)
            octets = prepares.obtenir(v.dossier, commande)
            return (Piece(f"diapositives-{une.departement}-{semestre}.pptx", octets),)
        if pli.pour != "convoquer":
            return ()
        return (Piece(f"reunion-{une.id}.ics", en_ics(une, _instance(une))),)

    def dire_joints(self, v: Lecture, pli: Pli) -> list[str]:
        """Return what is joined, in words."""
        if pli.pour == DOSSIER and (semestre := _diapositives(v, pli.affaires[0])):
            return [f"Diapositives du {nom_semestre(semestre)} (.pptx)"]
        return ["Fichier de calendrier (.ics)"] if pli.pour == "convoquer" else []

    def papiers(self, une: Affaire) -> Mapping[str, tuple[str, tuple[str, ...]]]:  # noqa: ARG002
        """Return the calendar file, that no template makes."""
        return {"calendrier": ("Fichier de calendrier", ("ics",))}

    def papier(self, v: Lecture, une: Affaire, nom: str, forme: str, jour: dt.date) -> bytes:
        """Return the calendar file of a meeting."""
        if nom != "calendrier":
            return super().papier(v, une, nom, forme, jour)
        return en_ics(une, _instance(une))

    def releves(self) -> tuple[Releve, ...]:
        """Return the calendar of all procedures."""
        return (
            Releve(
                "calendrier",
                "Calendrier des douze mois",
                ("pdf", "xlsx"),
                lambda v, registre, ici: imprime(
                    dates(v, registre, SEUL, ici), registre.aujourdhui
                ),
            ),
        )

    def valeurs(self, v: Lecture, registre_: Affaires, une: Affaire, papier: str) -> dict[str, Any]:  # noqa: ARG002
        """Return what the papers of a meeting say, of what its events carry alone."""
        s = une.situation
        membres, presents = s.dite("destinataires") or [], s.dite("presents") or []
        decisions = s.redite("decisions") or []
        dits = {str(un["point"]): str(un["dit"]) for un in s.redite("dits") or []}
        return {
            "nom_instance": _instance(une),
            "quand": _quand(une),
            "ou_se_tient": s.dite("lieu"),
            "points": [
                {"point": un, "dit": dits.get(str(rang), "")}
                for rang, un in enumerate(s.dite("odj") or [], start=1)
            ],
            "membres": _table(
                "membres",
                ("Qualité", "Organisme"),
                [_ligne(un, "qualite", "organisme") for un in membres],
            ),
            "emargements": _table(
                "emargements",
                ("Qualité", "Organisme", "Signature"),
                [(*_ligne(un, "qualite", "organisme"), _signe(une, un)) for un in membres]
                or [("",) * 3] * VIDES,
            ),
            "vides": _table(
                "presents",
                compte_rendu.PRESENTS,
                [(*_ligne(un, "qualite", "organisme"), "", _pouvoirs(une, un)) for un in membres]
                or [("",) * 4] * VIDES,
            ),
            "table_presents": _table(
                "presents",
                ("Qualité", "Organisme", "Pouvoir de"),
                [_ligne(un, "qualite", "organisme", "represente") for un in presents],
            ),
            "table_decisions": _table(
                "decisions",
                compte_rendu.DECISIONS,
                [_ligne(un, "dite", "par_qui", "pour_le") for un in decisions]
                or [("",) * 3] * VIDES,
            ),
            "envois": _bordereau(s.tous(*PARTIS)),
            "retours": _retours(s.tous(REVENIR)),
        }


def _a_tenir(
    registre_: Affaires, departement: str, instance: str
) -> tuple[dt.date | None, dt.date | None, int]:
    """Return the last day that an instance met or will, by when it is to meet again, the period."""
    mois = reglages_de(procedures()[CODE])[f"{instance}_mois"]
    jours = [
        dt.date.fromisoformat(str(une.situation.dite("le_jour")))
        for une in registre_.lister(departement, procedure=CODE, finies=True)
        if une.situation.dite("instance") == instance
        and not une.situation.tous("annuler_la_reunion")
    ]
    dernier = max(jours, default=None)
    return dernier, dernier + relativedelta(months=mois) if dernier else None, mois


def _semestres(v: Lecture, registre_: Affaires, departement: str, au: dt.date) -> Iterator[Jalon]:
    """Yield the bilans and the compte rendu of each semester, from the last one that is over."""
    mois, le = mois_controles(v, departement), registre_.aujourdhui
    delai = dt.timedelta(days=reglages_de(procedures()[CODE])["bilans"])
    partis = registre_.lister(departement, procedure=ENVOIS, finies=True)
    suivant = semestre_du_mois(mois_avant(f"{le:%Y-%m}", SEMESTRE))
    while (limite := fin_de_mois(bornes(suivant)[1]) + delai) <= au:
        for genre, quoi in DU_SEMESTRE.items():
            jours = [
                sorti.jour
                for une in partis
                if (une.situation.dite("genre"), une.situation.dite("periode")) == (genre, suivant)
                for sorti in une.situation.evenements
                if sorti.dit("canal")
            ]
            if jours or limite >= le or bornes(suivant)[1] in mois:
                manque = "" if jours else "à imprimer, puis à diffuser"
                dit = f"{quoi}, {nom_semestre(suivant)}"
                yield Jalon(limite, dit, fait=min(jours, default=None), manque=manque)
        suivant = semestre_du_mois(mois_apres(bornes(suivant)[1]))


def _diapositives(v: Lecture, une: Affaire) -> str:
    """Return the semester whose slides go with the papers of a comité, '' for another instance."""
    if une.situation.dite("instance") not in NOMMENT:
        return ""
    return dernier_semestre(mois_controles(v, une.departement)) or ""


def _instances() -> Mapping[str, str]:
    return procedures()[CODE].evenements["fixer_une_reunion"].donnees["instance"].choix


def _instance(une: Affaire) -> str:
    choix = une.situation.procedure.regle("fixer_une_reunion").donnees["instance"].choix
    dite = str(une.situation.dite("instance"))
    return majuscule(choix.get(dite, dite))


def _quand(une: Affaire) -> str:
    le = dt.date.fromisoformat(str(une.situation.dite("le_jour")))
    return f"{JOURS[le.weekday()]} {dater(le)} à {dire_heure(str(une.situation.dite('heure')))}"


def _lire_instance(objet: str) -> str:
    choix = _instances()
    for code, titre in choix.items():
        if simplifier(objet) in {simplifier(code), simplifier(titre)}:
            return code
    raise Refus(
        f"« {objet[:30]} » n'est pas une instance",
        que_faire=f"Écrire l'un de : {', '.join(choix)}.",
    )


def _membres(
    v: Lecture, registre_: Affaires, departement: str, instance: str, nommee: str | None
) -> list[dict[str, str]]:
    """Return whom a meeting is told to: the list that is named, else the one of its name.

    The guichets without a list are those of the register.
    """
    unes = registre_.lister(departement, procedure=LISTES)
    choisies = [
        une for une in unes if une.id == nommee or (nommee is None and une.objet == instance)
    ]
    if choisies:
        dits = choisies[-1].situation.dite("inscrits") or []
        return [
            {nom: un[nom] for nom in ("qualite", "organisme", "courriel") if un.get(nom)}
            for un in dits
        ]
    if nommee is not None:
        raise Refus(f"l'affaire « {nommee} » n'est pas une liste de diffusion")
    mois = mois_controles(v, departement)
    if instance != "guichets" or not mois:
        return []
    return [
        {"qualite": "Guichet", "organisme": un["nom"] or un["guichet"], "courriel": courriel}
        for un in registre(v, departement, mois[-1])
        if ferme_le(un, registre_.aujourdhui) is None
        for courriel in adresses_de(un["courriel"])
    ]


def _decision(une: Affaire, lue: Mapping[str, Any]) -> dict[str, Any]:
    pour = lire_jour(str(lue.get("pour_le") or ""))
    return {
        "reunion": une.id,
        "dite": lue["dite"],
        "par_qui": lue["par_qui"],
        "pour_le": pour.isoformat() if pour else "",
    }


def _qui(lue: Mapping[str, Any]) -> str:
    pour = f", pour le {lue['pour_le']}" if lue.get("pour_le") else ""
    return f"{lue.get('par_qui') or 'personne encore'}{pour}"


def _pouvoirs(une: Affaire, membre: Mapping[str, Any]) -> str:
    """Return whom a member represents."""
    noms = {simplifier(str(membre.get(nom) or "")) for nom in ("organisme", "qualite")}
    donnes = une.situation.tous(POUVOIR)
    return enumerer(
        [str(un.dit("donne_par")) for un in donnes if simplifier(str(un.dit("donne_a"))) in noms]
    )


def _signe(une: Affaire, membre: Mapping[str, Any]) -> str:
    """Return what stands where a member signs: whom they represent, or by whom they are."""
    noms = {simplifier(str(membre.get(nom) or "")) for nom in ("organisme", "qualite")}
    for un in une.situation.tous(POUVOIR):
        if simplifier(str(un.dit("donne_par"))) in noms:
            return f"pouvoir à {un.dit('donne_a')}"
    tenus = _pouvoirs(une, membre)
    return f"et pour {tenus} :" if tenus else ""


def _ligne(un: Mapping[str, Any], *noms: str) -> tuple[str, ...]:
    return tuple(str(un.get(nom) or "") for nom in noms)


def _table(nom: str, titres: Sequence[str], lignes: Sequence[Sequence[str]]) -> Tableau | None:
    corps = tuple(tuple(map(Cellule, une)) for une in lignes)
    return Tableau(nom, "", tuple(map(Colonne, titres)), corps) if corps else None


def _bordereau(partis: Sequence[Evenement]) -> Tableau | None:
    """Return who was sent what, when, by its sha256: a line a file."""
    lignes = [
        (
            jour(un.jour),
            PARTIS[un.nom],
            str(un.dit("destinataire") or f"par {un.dit('canal')}"),
            f"{fichier['nom']} {dire_empreinte(fichier['sha256'])}",
        )
        for un in partis
        for fichier in un.dit("fichiers") or []
    ]
    return _table("envois", ("Le", "Envoi", "Destinataires", "Fichier et son sha256"), lignes)


def _retours(revenus: Sequence[Evenement]) -> Tableau | None:
    """Return what came back of what was sent: a line an address."""
    lignes = [(jour(un.jour), str(un.dit("adresse")), str(un.dit("motif"))) for un in revenus]
    return _table("retours", ("Le", "Adresse", "Motif"), lignes)


REGLES = Reunions(CODE)
