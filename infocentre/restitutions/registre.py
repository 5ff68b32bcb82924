"""Every document, declared once: what the commands, the pages and the child process go through."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from infocentre.noyau.erreurs import Refus
from infocentre.restitutions.document import Document
from infocentre.restitutions.formes import FORMES

if TYPE_CHECKING:
    from infocentre.restitutions.lecture import Edition, EditionReunie

Periode = Literal["mois", "semestre", "annee"]


@dataclass(frozen=True, slots=True)
class Imprime:
    """A document: what it is, its period, the forms that the page offers, and who makes it.

    Who may read one `d_un_guichet` is who sees that guichet or organisme, all of it when it is
    `d_un_bailleur`; the others are for who sees the whole département. `commande` is the command
    that prints it, `aide` what its help says. Its module, beside this one, has
    `construire(edition)`, with the guichet too for one `d_un_guichet`, the EPCI for one
    `d_un_epci` ('' for the whole département), and the name of the document for one
    `d_un_bailleur` or `d_un_ensemble`: of several départements, it is made of the edition of them.
    """

    nom: str
    libelle: str
    description: str
    periode: Periode
    formes: tuple[str, ...]
    module: str
    commande: Literal["bilan", "synthese"] = "bilan"
    aide: str = ""
    d_un_guichet: bool = False
    d_un_bailleur: bool = False
    d_un_epci: bool = False
    d_un_ensemble: bool = False

    def construire(self, edition: Edition | EditionReunie, de: str = "") -> Document:
        """Return the document of an edition; raise Refus to who may not read it."""
        if not self.d_un_guichet:
            edition.v.exiger_departements("ce document")
        quoi = [de] if self.d_un_guichet or self.d_un_epci else []
        quoi += [self.nom] if self.d_un_bailleur or self.d_un_ensemble else []
        module = importlib.import_module(f"infocentre.restitutions.{self.module}")
        return editer(module.construire(edition, *quoi), edition)


def editer(document: Document, edition: Edition | EditionReunie) -> Document:
    """Return a document with what its cover says of its edition: by whom, when, final or not."""
    from infocentre.restitutions.service import lire_service

    return replace(
        document,
        service=lire_service(edition.v.dossier.racine),
        edite=edition.publiee_le,
        provisoire=edition.provisoire,
    )


# Whose flux a document is of, by its name.
FLUX = {
    "flux-etat": "État",
    "flux-action-logement": "Action Logement",
    "flux-collectivites": "collectivités",
    "flux-autres": "autres réservataires",
}
# The policy of attributions.
EPCI, NOTE, LETTRE = "attributions", "attributions-prefet", "attributions-bailleur"
# Several départements together.
SYNTHESE_REUNIE, BILAN_REUNI = "synthese-region", "bilan-region"
DOCUMENTS: dict[str, Imprime] = {
    un.nom: un
    for un in (
        Imprime(
            nom="synthese",
            libelle="Synthèse mensuelle pour le préfet",
            description="Deux pages : ce qui est à décider, le réalisé et les "
            "objectifs, les alertes. À ne pas diffuser : les petits nombres n'y sont pas masqués.",
            periode="mois",
            formes=("pdf", "docx", "html"),
            module="synthese",
            commande="synthese",
        ),
        Imprime(
            nom="bilan",
            libelle="Bilan semestriel",
            description="La demande, les attributions, les publics prioritaires, la qualité de "
            "l'enregistrement ; le diaporama du comité de pilotage en tire douze diapositives, et "
            "leurs suites. Les petits nombres sont masqués.",
            periode="semestre",
            formes=("pdf", "pptx", "docx", "xlsx", "html"),
            module="bilan",
        ),
        Imprime(
            nom="infographie",
            libelle="Infographie pour les élus",
            description="Une page, à afficher ou à distribuer : six chiffres et trois images du "
            "bilan, lisibles en noir et blanc. Les petits nombres sont masqués.",
            periode="semestre",
            formes=("pdf",),
            module="infographie",
            aide="une page pour les élus",
        ),
        Imprime(
            nom="mission",
            libelle="Compte rendu de mission",
            description="Ce qui a été fait dans le semestre : livraisons, contrôles, "
            "anomalies corrigées et à corriger ; le reste se complète à la main.",
            periode="semestre",
            formes=("pdf", "docx"),
            module="mission",
            aide="compte rendu au préfet",
        ),
        Imprime(
            nom="guichets",
            libelle="Liste des services enregistreurs",
            description="Adresses, téléphones et horaires des guichets ouverts, ce qui a changé "
            "en un an, ce qui manque au registre.",
            periode="mois",
            formes=("pdf", "docx", "xlsx"),
            module="liste_guichets",
            aide="leur liste",
        ),
        Imprime(
            nom="reservataires",
            libelle="Bilan annuel par réservataire",
            description="Les attributions de l'année civile de chaque réservataire, par bailleur, "
            "typologie, situation au regard des QPV et commune : ce que les livraisons disent du "
            "bilan dû avant le 28 février. Les petits nombres sont masqués.",
            periode="annee",
            formes=("pdf", "docx", "xlsx"),
            module="reservataires",
            aide="bilan annuel, avec --annee",
        ),
        Imprime(
            nom=EPCI,
            libelle="Bilan de la politique d'attribution",
            description="De l'EPCI choisi, sinon du département : le réalisé de l'année, "
            "l'objectif, ce qui manque en nombre, par bailleur, réservataire et commune, et quand "
            "il serait atteint à ce rythme. Les petits nombres sont masqués.",
            periode="annee",
            formes=("pdf", "pptx", "docx", "xlsx"),
            module="politique_attribution",
            aide="avec --annee, et --epci SIREN ou NOM",
            d_un_epci=True,
        ),
        Imprime(
            nom=NOTE,
            libelle="Objectifs d'attribution : note au préfet",
            description="Qui n'atteint pas ses objectifs d'attribution, depuis quand, de combien "
            "de ménages. À ne pas diffuser : les petits nombres n'y sont pas masqués.",
            periode="annee",
            formes=("pdf", "docx"),
            module="politique_prefet",
            aide="note au préfet, avec --annee",
        ),
        Imprime(
            nom=LETTRE,
            libelle="Objectifs d'attribution : lettre à un bailleur",
            description="Les objectifs d'attribution qu'un bailleur n'atteint pas, depuis quand, "
            "de combien de ménages, ce qui lui est demandé : ses nombres y sont en clair.",
            periode="annee",
            formes=("pdf", "docx"),
            module="lettre_attributions",
            aide="lettre à un bailleur, avec --annee et --guichet BAILLEUR",
            d_un_guichet=True,
            d_un_bailleur=True,
        ),
        Imprime(
            nom="fiche",
            libelle="Fiche d'un guichet ou d'un organisme",
            description="Ce qu'un guichet ou un organisme doit savoir de ses demandes.",
            periode="mois",
            formes=("pdf",),
            module="fiche",
            aide="avec --guichet",
            d_un_guichet=True,
        ),
        Imprime(
            nom=SYNTHESE_REUNIE,
            libelle="Synthèse mensuelle de plusieurs départements",
            description="D'une région, ou d'un EPCI de plusieurs départements : une ligne par "
            "département, ce qui ressort, les indicateurs en rouge ou à traiter, les objectifs "
            "d'attribution. Les petits nombres sont masqués.",
            periode="mois",
            formes=("pdf", "docx", "xlsx"),
            module="region",
            commande="synthese",
            d_un_ensemble=True,
        ),
        Imprime(
            nom=BILAN_REUNI,
            libelle="Bilan semestriel de plusieurs départements",
            description="Comme la synthèse, avec tous les indicateurs et les EPCI de plusieurs "
            "départements. Les petits nombres sont masqués.",
            periode="semestre",
            formes=("pdf", "docx", "xlsx"),
            module="region",
            d_un_ensemble=True,
        ),
        *(
            Imprime(
                nom=nom,
                libelle=f"Bilan annuel de la gestion en flux, {qui}",
                description="Ce qu'un bailleur a attribué dans l'année civile pour ce "
                "réservataire, à transmettre avant le 28 février : ses nombres y sont en clair.",
                periode="annee",
                formes=("pdf", "docx", "xlsx"),
                module="gestion_en_flux",
                aide="avec --annee et --guichet BAILLEUR" if nom == "flux-etat" else "",
                d_un_guichet=True,
                d_un_bailleur=True,
            )
            for nom, qui in FLUX.items()
        ),
    )
}


# The site of a partner: a form of its bilan alone, that `ouvert.prive` makes of its edition.
SITE = "zip"


def existe(nom: str, forme: str) -> bool:
    """Tell whether there is such a document, in such a form."""
    return nom in DOCUMENTS and (forme in FORMES or (nom, forme) == ("bilan", SITE))


def libelle_de(forme: str) -> str:
    """Return what a form is called."""
    return "Site (.zip)" if forme == SITE else FORMES[forme].libelle


def du_departement() -> list[Imprime]:
    """Return the documents of one département, or of a part of it."""
    return [un for un in DOCUMENTS.values() if not un.d_un_ensemble]


def de_la_commande(commande: Literal["bilan", "synthese"]) -> tuple[Imprime, ...]:
    """Return the documents of a département that a command prints, its own first."""
    siens = [un for un in du_departement() if un.commande == commande]
    return tuple(sorted(siens, key=lambda un: un.nom != commande))


def exiger_forme(nom: str, forme: str) -> None:
    """Raise Refus when a document is not made in a form: a deck is the comité's alone."""
    un = DOCUMENTS[nom]
    if FORMES[forme].pour_tous or forme in un.formes:
        return
    offrent = [autre.libelle.lower() for autre in DOCUMENTS.values() if forme in autre.formes]
    permises = [une.nom for une in FORMES.values() if une.pour_tous or une.nom in un.formes]
    raise Refus(
        f"« {un.libelle} » ne se fait pas en {forme}, qui est la forme de : {', '.join(offrent)}",
        que_faire=f"Formes possibles : {', '.join(permises)}.",
    )


def exiger_partagee(forme: str) -> None:
    """Raise Refus for a deck of the bilan of a partner: it is that of the comité."""
    if not FORMES[forme].pour_tous:
        raise Refus(
            f"le bilan d'un partenaire ne se fait pas en {forme}, qui est celui du comité entier",
            que_faire=f"infocentre bilan SEMESTRE --format {forme}",
        )
