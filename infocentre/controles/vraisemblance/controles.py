"""The checks of vraisemblance: what each is called, its thresholds, what to do beyond them."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from infocentre.mesures.reglages import Seuils


class Bornes(BaseModel):
    """Beyond what a measure is to confirm, or refused; under `effectif` it is not judged."""

    model_config = ConfigDict(frozen=True)

    confirmer: float | None = None
    refuser: float | None = None
    effectif: float = 0


@dataclass(frozen=True, slots=True)
class Controle:
    """One check: beyond `seuil` a delivery is to confirm, beyond `refus` it is refused.

    `effectif` is the setting under which a measure is not judged: how many rows are wrong for a
    share, else how many rows are compared. None for one that always is.
    """

    nom: str
    libelle: str
    que_faire: str
    seuil: str = ""
    refus: str = ""
    effectif: str = ""

    def bornes(self, seuils: Seuils) -> Bornes:
        """Return its bounds as the installation sets them."""
        if self.nom == "arrete_ancien":
            return Bornes(refuser=-seuils.annee_premiere)
        if self.nom == "departement_inconnu":
            return Bornes(refuser=0)
        if self.nom == "coupe":
            return Bornes(confirmer=0)
        lus = seuils.model_dump()
        return Bornes(
            confirmer=lus[self.seuil],
            refuser=lus[self.refus] if self.refus else None,
            effectif=lus[self.effectif] if self.effectif else 0,
        )


_EXTRACTION = "demander une nouvelle extraction à l’éditeur, ou au gestionnaire national"
_ARRETE = "vérifier l’arrêté : celui du manifeste ou du nom du dossier, ou celui qui a été donné"
_FORMAT = "demander à l’émetteur si le format de cette colonne a changé"
_COLONNE = (
    f"{_FORMAT} ; confirmée, la livraison se charge, et ce qui dépend de cette colonne est dit "
    "non calculable, avec la raison"
)
_CODES = (
    "voir si un tableur a changé les codes (1004 ou 1004.0 pour 01004) ; si des valeurs sont "
    f"nouvelles, faire reconnaître ces fichiers pour dire le code de chacune ; {_COLONNE}"
)
_MILLIERS = (
    "refaire l’extraction sans point entre les milliers (52038 ou 52 038) : tels quels, ces "
    "montants seraient divisés par mille"
)
_COMMUNES = "demander les codes INSEE des communes : un code postal en nomme souvent une autre"
_ACCENTS = (
    "refaire l’extraction en UTF-8, ou en Windows-1252, sans la convertir : les noms "
    "s’imprimeraient tels quels"
)
_FICHIER = "vérifier que chaque fichier est bien celui de sa table et de son mois"
_COUPE = (
    "comparer la taille de ce fichier à celle de l’émetteur, et le recevoir de nouveau : ce qui "
    "suivait la coupure manque"
)
_REPETEES = (
    "vérifier que ce fichier a une ligne par demande, et non par personne, par vœu ou par "
    "événement : d’un numéro répété, seule la ligne modifiée en dernier, puis la dernière, est lue"
)
_DEPARTEMENT = "vérifier le département : celui du manifeste, ou celui qui a été donné"
_TERRITOIRE = f"{_DEPARTEMENT} ; d’un extrait de plusieurs départements, n’en garder qu’un"
_EVENEMENT = (
    "demander à l’émetteur si le format a changé ; si le fait est vrai (panne, campagne, "
    "radiations en nombre), le dire"
)
CONTROLES = (
    Controle("departement_inconnu", "Département connu", _DEPARTEMENT),
    Controle("territoire", "Territoire des numéros uniques", _TERRITOIRE, "territoire_part",
             effectif="valeurs_min"),
    Controle("arrete_ancien", "Arrêté d’une année possible", _ARRETE),
    Controle("arrete_avance", "Arrêté qui n’est pas à venir", _ARRETE, "arrete_avance_jours",
             "arrete_avance_refus_jours"),
    Controle("sans_acte", "Actes du mois de l’arrêté", _ARRETE, "mois_sans_acte",
             effectif="lignes_min"),
    Controle("dates_futures", "Dates d’actes avant l’arrêté", _ARRETE, "dates_futures_part",
             effectif="valeurs_min"),
    Controle("illisibles", "Valeurs lisibles", _COLONNE, "illisibles_part",
             effectif="valeurs_min"),
    Controle("hors_liste", "Codes dans leur liste", _CODES, "hors_liste_part",
             effectif="valeurs_min"),
    Controle("relues", "Lignes déjà livrées, valeurs changées", _FORMAT, "relues_part"),
    Controle("remplies", "Lignes déjà livrées, valeurs remplies", _FORMAT, "remplies_part"),
    Controle("perdues", "Lignes déjà livrées, par organisme", _EXTRACTION, "perdues_part"),
    Controle("publies", "Mois déjà livrés, indicateurs et comptes", _FORMAT, "publies_facteur",
             effectif="publies_rarete"),
    Controle("publies_guichets", "Mois déjà livrés, guichets ensemble", _FORMAT,
             "guichets_ensemble"),
    Controle("mois", "Mois nouveau, indicateurs et comptes", _EVENEMENT, "mois_facteur",
             effectif="mois_rarete"),
    Controle("mois_guichets", "Mois nouveau, guichets ensemble", _EVENEMENT, "guichets_ensemble"),
    Controle("volume_perte", "Volume du stock et des radiations, en baisse", _EXTRACTION,
             "volume_perte", effectif="lignes_min"),
    Controle("volume_hausse", "Volume du stock et des radiations, en hausse", _FICHIER,
             "volume_hausse", effectif="lignes_min"),
    Controle("flux_perte", "Volume des autres tables, en baisse", _EXTRACTION, "flux_perte",
             effectif="lignes_min"),
    Controle("flux_hausse", "Volume des autres tables, en hausse", _FICHIER, "flux_hausse",
             effectif="lignes_min"),
    Controle("coupe", "Fichiers entiers", _COUPE),
    Controle("repetees", "Une ligne par demande", _REPETEES, "repetees_part",
             effectif="valeurs_min"),
    Controle("doubles", "Stock distinct des radiations", _FICHIER, "doubles_part",
             "doubles_refus_part", "valeurs_min"),
    Controle("identiques", "Stock différent de celui d’avant", _FICHIER, "identiques_part",
             effectif="lignes_min"),
    Controle("disparues", "Demandes disparues sans radiation", _EXTRACTION, "disparues_part",
             effectif="lignes_min"),
    Controle("registre_perdu", "Registre des guichets stable", _FICHIER, "registre_perdu_part",
             effectif="guichets_min"),
    Controle("guichets_inconnus", "Guichets connus du registre", _FICHIER,
             "guichets_inconnus_part", effectif="valeurs_min"),
    Controle("communes_inconnues", "Codes de communes", _COMMUNES, "hors_liste_part",
             effectif="valeurs_min"),
    Controle("accents", "Accents lisibles", _ACCENTS, "illisibles_part",
             effectif="registre_codes_min"),
    Controle("registre_codes", "Types et modes des guichets", _FORMAT, "hors_liste_part",
             effectif="registre_codes_min"),
    Controle("obligatoire_vide", "Colonnes obligatoires remplies", _EXTRACTION, "videe_part",
             effectif="valeurs_min"),
    Controle("videe", "Colonnes toujours renseignées", _FORMAT, "videe_part",
             effectif="lignes_min"),
    Controle("repartition", "Répartition des codes", _FORMAT, "repartition_ecart",
             effectif="lignes_min"),
    Controle("code_disparu", "Codes toujours employés", _FORMAT, "code_disparu_lignes",
             effectif="lignes_min"),
    Controle("grandeur", "Montants et surfaces", _FORMAT, "grandeur_facteur",
             effectif="lignes_min"),
    Controle("milliers", "Montants sans point entre les milliers", _MILLIERS, "illisibles_part",
             effectif="valeurs_min"),
    Controle("dates_ecart", "Dates d’actes, en moyenne", _FORMAT, "dates_ecart_jours",
             effectif="lignes_min"),
    Controle("naissances_ecart", "Dates de naissance, en moyenne", _FORMAT,
             "naissances_ecart_jours", effectif="lignes_min"),
)  # fmt: skip
PAR_NOM = {un.nom: un for un in CONTROLES}
