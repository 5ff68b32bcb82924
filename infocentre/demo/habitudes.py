"""The planted guichets: what each does, and what the indicators must say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from infocentre.demo.defauts import Defaut
from infocentre.demo.temps import indice_mois, nom_mois, premier_jour
from infocentre.noyau.types_guichet import TypeGuichet

DERNIER = date(2026, 10, 31)
MOIS = 25


@dataclass(frozen=True, slots=True)
class Plante:
    """A planted guichet; weights are shares of the direct deposits and of the attributions."""

    role: str
    type: str
    nom: str
    mode: str = "DIRECT"
    organisme: int | None = None
    poids_depot: float = 0.0
    poids_parc: float = 0.0


PLANTES = (
    Plante("doublons", TypeGuichet.BAILLEUR, "Garlaban Résidences – agence de la Vallée",
           organisme=0, poids_depot=0.045, poids_parc=0.04),
    Plante("baux_tardifs", TypeGuichet.BAILLEUR, "Provence Habitat Solidaire – agence du Phare",
           "PRIVATIF", 1, 0.03, 0.07),
    Plante("rpls_vide", TypeGuichet.BAILLEUR, "Étang Bleu Habitat – agence des Salins",
           organisme=2, poids_depot=0.03, poids_parc=0.07),
    Plante("aucun", TypeGuichet.BAILLEUR, "Sainte-Baume Logis – agence des Crêtes",
           organisme=3, poids_depot=0.03, poids_parc=0.07),
    Plante("minuscule", TypeGuichet.COMMUNE, "Mairie de Roque-Imaginaire"),
    Plante("nouveau", TypeGuichet.AUTRE, "Maison du logement des Trois-Collines", poids_depot=0.03),
    Plante("ferme", TypeGuichet.AUTRE, "Bureau d’accueil du Vieux-Bassin", poids_depot=0.02),
    Plante("ameliore", TypeGuichet.COMMUNE, "Mairie de Valdoule-les-Pins – service du logement",
           poids_depot=0.045),
    Plante("irrecevable", TypeGuichet.COMMUNE,
           "Mairie de Font-Claire-en-Provence – service de l’habitat",
           poids_depot=0.03),
    Plante("messages", TypeGuichet.BAILLEUR, "Crau Solidaire Habitat – agence du Canal",
           "PRIVATIF", 4, 0.04, 0.06),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calendrier:
    """The months at which habits begin or end, counted since January 1970."""

    dernier: int

    @property
    def changement_logiciel(self) -> int:
        """First month in which leases come late."""
        return self.dernier - 14

    @property
    def avertissement(self) -> int:
        """First month in which the warned guichet delivers its attestations."""
        return self.dernier - 16

    @property
    def fermeture(self) -> int:
        """Month in which the closed guichet closes."""
        return self.dernier - 8

    @property
    def ouverture(self) -> int:
        """First month of the new guichet."""
        return self.dernier - 3

    @property
    def departs(self) -> tuple[int, int]:
        """Months in which agents leave a guichet that forgets their accesses, mends, forgets."""
        return self.dernier - 9, self.dernier - 1

    @property
    def panne_courrier(self) -> int:
        """Month in which préavis leave too late."""
        return self.dernier - 10


@dataclass(frozen=True, slots=True)
class Habitude:
    """What must be seen: months (both included) whose `etat` is rouge or a_traiter, then vert."""

    code: str
    nom: str
    indicateur: str
    mois_debut: str | None
    mois_fin: str | None
    retour_vert: str | None
    description: str


def code_guichet(departement: str, rang: int) -> str:
    """Return the five characters of the code of the guichet of that rank (0 is the portal)."""
    if rang < 100:
        return "GDPUB" if rang == 0 else f"G{departement[-2:]}{rang:02d}"
    return f"{departement[-2:]}{rang:03X}"


def rang_plante(role: str) -> int:
    """Return the rank of a planted guichet in the register."""
    return 1 + next(i for i, plante in enumerate(PLANTES) if plante.role == role)


def habitudes(
    dernier: date = DERNIER, mois: int = MOIS, departement: str = "013"
) -> tuple[Habitude, ...]:
    """Return what `mois` deliveries that end at `dernier` must reveal."""
    agenda = _Agenda(Calendrier(indice_mois(dernier)), mois, departement)
    return (*_de_toujours(agenda), *_datees(agenda))


@dataclass(frozen=True, slots=True)
class _Agenda:
    dates: Calendrier
    mois: int
    departement: str

    @property
    def premier(self) -> int:
        return self.dates.dernier - self.mois + 1

    def habitude(
        self,
        role: str,
        indicateur: str,
        description: str,
        visible: tuple[int, int] | None = None,
        vert: int | None = None,
    ) -> Habitude:
        """Name the months of a habit, as far as the deliveries show them."""
        rang = rang_plante(role)
        debut, fin = visible or (1, 0)
        vu = max(debut, self.premier) <= fin
        return Habitude(
            code=code_guichet(self.departement, rang),
            nom=PLANTES[rang - 1].nom,
            indicateur=indicateur,
            mois_debut=nom_mois(max(debut, self.premier)) if vu else None,
            mois_fin=nom_mois(fin) if vu else None,
            retour_vert=nom_mois(max(vert, self.premier)) if vert else None,
            description=description,
        )

    def depuis(self, debut: int) -> tuple[int, int]:
        """Return the months from that one to the last."""
        return debut, self.dates.dernier


def _de_toujours(agenda: _Agenda) -> tuple[Habitude, ...]:
    toujours = agenda.depuis(agenda.premier)
    return (
        agenda.habitude(
            "doublons",
            Defaut.DBL_FORCE,
            "Force les doublons : une création sur quatre passe outre l’alerte.",
            toujours,
        ),
        agenda.habitude(
            "doublons",
            Defaut.DBL_ACTIF,
            "Les doublons qu’il force restent actifs à côté de la demande d’origine.",
            toujours,
        ),
        agenda.habitude(
            "rpls_vide",
            Defaut.ATT_RPLS_NR,
            "Laisse le numéro RPLS vide sept fois sur dix ; QPV et adresse manquent avec lui.",
            toujours,
        ),
        agenda.habitude(
            "irrecevable",
            Defaut.RAD_IRR_HORS_BAILLEUR,
            "Prononce des irrecevabilités chaque mois sans être un bailleur.",
            toujours,
        ),
        agenda.habitude(
            "messages",
            Defaut.MSG_ANOMALIE,
            "Système privatif dont un message sur quatre reste en anomalie.",
            toujours,
        ),
        agenda.habitude(
            "aucun",
            Defaut.ATT_AUCUN,
            "Inscrit « AUCUN » partout comme réservataire : hors de l’entonnoir, mais sans couleur "
            "(indicateur de contexte).",
        ),
        agenda.habitude(
            "minuscule",
            Defaut.ENR_DELAI,
            "Minuscule : trois demandes en tout, donc « effectif insuffisant ».",
        ),
    )


def _datees(agenda: _Agenda) -> tuple[Habitude, ...]:
    dates = agenda.dates
    return (
        agenda.habitude(
            "baux_tardifs",
            Defaut.ATT_TARDIVE,
            f"Depuis le changement de logiciel du {_jma(dates.changement_logiciel)}, trois baux "
            "sur quatre sont enregistrés plus de 15 jours après leur signature.",
            agenda.depuis(dates.changement_logiciel + 6),
        ),
        agenda.habitude(
            "ameliore",
            Defaut.ENR_ATTESTATION,
            "Ne délivrait pas l’attestation d’une demande sur trois ; averti, il la délivre "
            f"depuis le {_jma(dates.avertissement)}.",
            (agenda.premier, dates.avertissement + 3),
            dates.avertissement + 14,
        ),
        agenda.habitude(
            "ferme",
            Defaut.ACC_DEPART_OUVERT,
            f"Fermé en {nom_mois(dates.fermeture)} ; ses agents sont partis, leurs comptes "
            "restent ouverts.",
            agenda.depuis(dates.fermeture),
        ),
        agenda.habitude(
            "aucun",
            Defaut.ACC_DEPART_OUVERT,
            f"Laisse ouverts les accès de six agents partis en {nom_mois(dates.departs[0])}, "
            f"les ferme le mois suivant, puis rechute en {nom_mois(dates.departs[1])}.",
        ),
        agenda.habitude(
            "nouveau",
            Defaut.ENR_DELAI,
            f"Nouveau : ouvert le {_jma(dates.ouverture)}, absent du registre auparavant.",
        ),
    )


def _jma(mois: int) -> str:
    return premier_jour(mois).strftime("%d/%m/%Y")


HABITUDES = habitudes()
