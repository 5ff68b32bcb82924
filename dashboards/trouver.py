"""What the search finds beside the data: affaires, documents, queries, sections of the help."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from dashboards.composants.texte import PAGES, lire_document
from dashboards.courant import acces, qui
from dashboards.page import Contexte
from infocentre.acces import politique
from infocentre.acces.modele import Action
from infocentre.affaires import procedures
from infocentre.decisions import Requetes, magasin_present
from infocentre.demarches.face import chemin
from infocentre.lecture import affaires as lues
from infocentre.lecture.recherche import Cherchable, Groupe, Trouve, retenir
from infocentre.noyau.francais import majuscule, slug
from infocentre.requetes.bibliotheque import lire_bibliotheque
from infocentre.restitutions.registre import DOCUMENTS

AIDE = ("guide", "guichet", "procedures", "tableaux", "donnees-personnelles")


def chercher_ailleurs(c: Contexte, texte: str, page: int = 1) -> list[Groupe]:
    """Return what has every word of a text, by kind, among what the reader may open."""
    moi = acces()
    genres: list[tuple[str, Action | None, Iterable[Cherchable]]] = [
        ("Affaires", Action.AFFAIRES, _affaires(c)),
        ("Documents", Action.BILANS, _documents(c)),
        ("Requêtes", Action.INTERROGER, _requetes(c)),
        ("Aide", Action.ENTRER, _aide()),
    ]
    trouves = [
        retenir(nom, texte, parmi, page) for nom, action, parmi in genres if moi.peut(action)
    ]
    return [un for un in trouves if un.total]


def _affaires(c: Contexte) -> Iterator[Cherchable]:
    ici = c.filtres.departement
    noms = lues.noms(c.v, ici, c.mois[-1]) if c.mois else {}
    for une in lues.affaires(c.v, ici, finies=True):
        code = une.procedure.code
        if not _ouverte(code):
            continue
        vers = procedures()[code].page or chemin(code)
        nom = noms.get(une.objet, "")
        dit = " – ".join(filter(None, (une.procedure.titre, nom, une.titre_etat)))
        yield (une.id, nom), Trouve(une.id, dit, c.filtres.lien(vers, affaire=une.id))


def _ouverte(code: str) -> bool:
    """Tell whether the reader opens the affaires of a procedure: those of a person, few do."""
    return procedures()[code].page is not None or acces().peut(Action.CONDUIRE)


def _documents(c: Contexte) -> Iterator[Cherchable]:
    for un in DOCUMENTS.values():
        if acces().peut(politique.DOCUMENTS.get(un.nom)):
            yield (
                (un.nom, un.description),
                Trouve(
                    majuscule(un.libelle),
                    un.description,
                    c.filtres.lien("/region" if un.d_un_ensemble else "/documents"),
                ),
            )


def _requetes(c: Contexte) -> Iterator[Cherchable]:
    for une in lire_bibliotheque().values():
        vers = c.filtres.lien("/requetes", bibliotheque=une.nom)
        cles = (une.nom, une.description, *une.tags, *une.synonymes)
        yield cles, Trouve(une.titre, une.description, vers)
    if magasin := magasin_present(c.v.dossier.racine):
        for autre in Requetes(magasin, qui()).lister():
            vers = c.filtres.lien("/requetes", requete=autre.id)
            yield (autre.id, autre.auteur), Trouve(autre.titre, f"de {autre.auteur}", vers)


def _aide() -> Iterator[Cherchable]:
    return iter(_sections())


@functools.cache
def _sections() -> tuple[Cherchable, ...]:
    """Return the sections of the help, by their titles and by all that they say."""
    trouvees: list[Cherchable] = []
    for nom in AIDE:
        try:
            document = lire_document(nom)
        except OSError:
            continue
        # The text of a section goes from its heading to the next one.
        morceaux = re.split(r'<h2 id="([^"]+)"[^>]*>', document.contenu)
        textes = dict(zip(morceaux[1::2], morceaux[2::2], strict=True))
        for ancre, titre in document.sections:
            dit = re.sub(r"<[^>]+>", " ", textes.get(ancre, ""))
            vers = f"{PAGES[f'{nom}.md']}#{ancre}"
            trouvees.append(((slug(titre), dit), Trouve(titre, f"Aide – {document.titre}", vers)))
    return tuple(trouvees)
