"""The distributions of demandes (TAB03, DEM-01, DEM-04) and of attributions: one form for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infocentre.lecture.tableaux import TableauDe
from infocentre.mesures.declarations import role_du_genre
from infocentre.mesures.lignes_tableaux import (
    Age,
    Anciennete,
    CompositionFamiliale,
    FormeRepartition,
    Motifs,
    Nationalite,
    PlafondDemandes,
    Revenus,
    SituationFamiliale,
    SituationProfessionnelle,
    TailleMenage,
    TypologiesRecherchees,
)
from infocentre.noyau.francais import mois, phrase, rapport
from infocentre.restitutions.bilan.commun import (
    champs_repartition,
    cumul,
    lecture,
    ligne,
    ou_absent,
    paragraphes,
    premiers,
    sans_reponse,
    valeur,
)
from infocentre.restitutions.bilan.contexte import Contexte
from infocentre.restitutions.document import Bloc, Section
from infocentre.restitutions.images import Legende, repartition
from infocentre.restitutions.tables import Champ, Mise, nombre, part

Dire = Callable[[TableauDe[FormeRepartition]], str]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution: its table, its heading, what its first column holds, its sentence.

    `image`: 0 for none, else how many categories it shows (the largest first when `trier`).
    """

    de: type[FormeRepartition]
    titre: str
    entete: str
    phrase: Dire
    participe: str
    image: int = 0
    trier: bool = False
    unite: str = "demande"
    suite: tuple[Champ, ...] = ()

    def section(self, ctx: Contexte) -> Section:
        """Return the sentence, the picture if any, and the table."""
        return Section(self.titre, ou_absent(ctx, role_du_genre(self.de), self._blocs(ctx)))

    def _blocs(self, ctx: Contexte) -> list[Bloc]:
        lu = ctx.lire(self.de)
        if not lu.lignes:
            return []
        champs = (*champs_repartition(f"{self.unite.capitalize()}s"), *self.suite)
        cle = lu.cle
        table = ctx.imprimer(
            lu,
            Mise(
                cle,
                lu.tableau.titre,
                champs,
                self.entete,
                lecture="" if self.image else self._lecture(lu),
            ),
        )
        blocs: list[Bloc] = list(paragraphes(self.phrase(lu), sans_reponse(lu, self.unite)))
        if self.image:
            legende = Legende(
                f"image-{cle}", f"{self.titre} : part des {self.unite}s", self._lecture(lu)
            )
            blocs.append(repartition(lu, legende, table, trier=self.trier, retenues=self.image))
        return [*blocs, table]

    def _lecture(self, lu: TableauDe[FormeRepartition]) -> str:
        dite = lecture(lu, self.unite, self.participe)
        return f"Lecture : {dite}" if dite else ""


def _anciennete(lu: TableauDe[FormeRepartition]) -> str:
    tout = lu.ensemble
    mediane, moyenne = (
        valeur(tout, f"anciennete_{mesure}_mois") for mesure in ("mediane", "moyenne")
    )
    recentes, anciennes = cumul(lu, {"M6", "A0"}), cumul(lu, {"A5", "P10"})
    dites = []
    if mediane is not None and moyenne is not None:
        dites.append(
            phrase(
                f"la moitié des demandes ont été déposées il y a moins de {mois(mediane)} "
                f"(ancienneté moyenne : {mois(moyenne)})"
            )
        )
    if recentes:
        suite = f", {anciennes} cinq ans ou plus" if anciennes else ""
        dites.append(phrase(f"{recentes} ont moins d'un an{suite}"))
    return " ".join(dites)


def _age(lu: TableauDe[FormeRepartition]) -> str:
    jeunes, ages = cumul(lu, {"M25", "A25_29"}), cumul(lu, {"A65_74", "P75"})
    return phrase(
        f"demandeurs de moins de 30 ans : {jeunes} ; de 65 ans et plus : {ages}"
        if jeunes and ages
        else ""
    )


def _taille(lu: TableauDe[FormeRepartition]) -> str:
    seuls, grands = cumul(lu, {"1"}), cumul(lu, {"5", "6P"})
    return phrase(
        f"ménages d'une seule personne : {seuls} ; de cinq personnes et plus : {grands}"
        if seuls and grands
        else ""
    )


def _composition(lu: TableauDe[FormeRepartition]) -> str:
    seuls, mono = cumul(lu, {"ISOLE"}), cumul(lu, {"MONO1", "MONO2", "MONO3P"})
    return phrase(
        f"personnes seules : {seuls} ; familles monoparentales : {mono}" if seuls and mono else ""
    )


def _revenus(lu: TableauDe[FormeRepartition]) -> str:
    modestes = cumul(lu, {"M500", "R500"})
    return phrase(
        f"ménages dont le revenu mensuel est inférieur à 1 000 € : {modestes}" if modestes else ""
    )


def plafonds(lu: TableauDe[FormeRepartition]) -> str:
    """Say how many stand under each ceiling, out of the known positions."""
    dites = []
    for code in ("PLAI", "PLUS"):
        une = ligne(lu, code)
        sous, connu = valeur(une, "sous_le_plafond"), valeur(une, "plafond_connu")
        if sous is not None and connu:
            dites.append(f"sous le plafond {code} : {rapport(sous, connu)}")
    return phrase(" ; ".join(dites) + (", positions connues seulement" if dites else ""))


def _en_tete(sujet: str, unite: str = "demande") -> Dire:
    return lambda lu: premiers(lu, sujet, unite)


def _activite(lu: TableauDe[FormeRepartition]) -> str:
    emploi, sans = cumul(lu, {"CDI", "CDD", "ART", "APP"}), cumul(lu, {"CHO"})
    if not emploi or not sans:  # one category is masked
        return premiers(lu, "La situation la plus fréquente est", "demande")
    return phrase(f"demandeurs en emploi : {emploi} ; au chômage : {sans}")


def typologie(lu: TableauDe[FormeRepartition]) -> str:
    """Say which typologies are wanted most, and how many want the two smallest."""
    petits = cumul(lu, {"C", "T1", "T2"})
    return " ".join(
        un
        for un in (
            premiers(lu, "La typologie la plus demandée est", "demande", 2),
            phrase(f"chambre, T1 ou T2 : {petits}" if petits else ""),
        )
        if un
    )


SOUS_PLAFOND = (
    nombre("plafond_connu", "Positions connues"),
    nombre("sous_le_plafond", "Sous le plafond (cumul)"),
    part("part_sous_le_plafond", "Part sous le plafond"),
)
ANCIENNETE = Distribution(
    Anciennete, "Ancienneté des demandes", "Ancienneté", _anciennete, "ont une ancienneté", 8
)
MENAGES = (
    Distribution(Age, "Âge du demandeur", "Âge", _age, "sont dans la classe", 9),
    Distribution(Nationalite, "Nationalité du demandeur", "Nationalité",
                 _en_tete("La nationalité la plus fréquente est"), "sont dans la modalité"),
    Distribution(TailleMenage, "Taille du ménage", "Taille", _taille, "concernent un ménage de"),
    Distribution(CompositionFamiliale, "Composition familiale", "Composition", _composition,
                 "sont dans la modalité", 10),
    Distribution(SituationProfessionnelle, "Situation professionnelle", "Situation", _activite,
                 "sont dans la modalité"),
    Distribution(SituationFamiliale, "Situation familiale", "Situation",
                 _en_tete("La situation la plus fréquente est"), "sont dans la modalité"),
)  # fmt: skip
RESSOURCES = (
    Distribution(
        Revenus,
        "Revenus mensuels du ménage",
        "Revenu mensuel",
        _revenus,
        "sont dans la tranche",
        9,
    ),
    Distribution(
        PlafondDemandes,
        "Position au plafond de ressources",
        "Position",
        plafonds,
        "sont dans la position",
        suite=SOUS_PLAFOND,
    ),
)
SOUHAITS = (
    Distribution(
        Motifs,
        "Motifs",
        "Premier motif",
        _en_tete("Le premier motif est"),
        "ont pour premier motif",
        10,
        trier=True,
    ),
    Distribution(
        TypologiesRecherchees, "Typologie recherchée", "Typologie", typologie, "recherchent", 8
    ),
)
