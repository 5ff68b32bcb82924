"""What people decided of pairs of demandes, remembered without a name and without a numéro.

A pair is known by the HMAC of its two numéros and by that of what was compared of them: when a
compared field changes, the decision does not hold any more and the pair may be proposed again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import sqlalchemy as sa

from infocentre.contrat import montres
from infocentre.decisions.magasin import Magasin
from infocentre.decisions.schema import doublons_decisions, doublons_numeros
from infocentre.noyau.erreurs import Refus

LOT = 500


class Verdict(StrEnum):
    """What two demandes are to each other, as a person says."""

    MEME = "meme"
    DISTINCTES = "distinctes"
    CONJOINTS = "conjoints"
    SEPARATION = "separation"
    A_VERIFIER = "a_verifier"

    @property
    def dit(self) -> str:
        """What people read."""
        return VERDICTS[self]


VERDICTS: Mapping[Verdict, str] = {
    Verdict.MEME: "même personne",
    Verdict.DISTINCTES: "personnes distinctes",
    Verdict.CONJOINTS: "conjoints ou cotitulaires",
    Verdict.SEPARATION: "séparation",
    Verdict.A_VERIFIER: "à vérifier",
}


def sceller(cle: str, genre: str, *textes: str) -> str:
    """Return the HMAC of texts under the key of the data directory, as 64 hexadecimal digits.

    `genre` says what they are, so that those of one kind tell nothing of another. Each text is
    preceded by its length: no two lists of texts read the same.
    """
    corps = "".join(f"{len(un.encode())}:{un}" for un in (genre, *textes))
    secret = cle.encode("utf-8", "surrogateescape")
    return hmac.new(secret, corps.encode(), hashlib.sha256).hexdigest()


def membre(cle: str, numero: str) -> str:
    """Return what the store knows a demande by."""
    return sceller(cle, "numero", numero)


@dataclass(frozen=True, slots=True)
class Paire:
    """A pair as the store knows it; `niveau` and `poids` are those it was proposed with.

    `champs_echanges` is `champs` as it would be if the numéros stood in the other order;
    `champs_a_tirets` what it was while a hyphen made another name, by which older decisions hold.
    """

    paire: str
    champs: str
    membre_a: str
    membre_b: str
    niveau: str
    poids: float | None = None
    champs_echanges: str = field(default="", compare=False)
    champs_a_tirets: str = field(default="", compare=False)


def sceller_paire(
    cle: str, numeros: tuple[str, str], champs: tuple[Sequence[str], Sequence[str]]
) -> Paire:
    """Return a pair, whatever the order it is given in; `champs` are what is compared of each."""
    (a, de_a), (b, de_b) = sorted(zip(numeros, champs, strict=True), key=lambda un: un[0])
    return Paire(
        sceller(cle, "paire", a, b),
        sceller(cle, "champs", *de_a, "", *de_b),
        membre(cle, a),
        membre(cle, b),
        "",
        champs_echanges=sceller(cle, "champs", *de_b, "", *de_a),
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decided of a pair; `geste` names what was decided at once."""

    paire: str
    champs: str
    verdict: Verdict
    arbitrage: bool
    niveau: str
    poids: float | None
    secondes: float | None
    geste: str
    affaire: str | None
    auteur: str
    le: dt.datetime
    membre_a: str = ""
    membre_b: str = ""


@dataclass(frozen=True, slots=True)
class Bilan:
    """What the decisions on a pair make together; `verdict` is None until it is settled."""

    decisions: tuple[Decision, ...]
    verdict: Verdict | None
    desaccord: bool = False

    def de(self, auteur: str) -> Decision | None:
        """Return what someone decided."""
        return next((une for une in self.decisions if une.auteur == auteur), None)


LIBRE = Bilan((), None)


def faire_le_bilan(decisions: Sequence[Decision], personnes: int) -> Bilan:
    """Return what decisions make: settled by an arbitration, else once enough people agree.

    « À vérifier » waits for what is found: any other decision takes its place.
    """
    fermes = tuple(une for une in decisions if une.verdict is not Verdict.A_VERIFIER)
    siennes = fermes or tuple(decisions)
    for une in siennes:
        if une.arbitrage:
            return Bilan(siennes, une.verdict)
    dits = {une.verdict for une in siennes}
    if len(dits) > 1:
        return Bilan(siennes, None, desaccord=True)
    if siennes and len({une.auteur for une in siennes}) >= personnes:
        return Bilan(siennes, siennes[0].verdict)
    return Bilan(siennes, None)


Bilans = Mapping[tuple[str, str], Bilan]


def _maintenant() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Memoire:
    """The decisions of a store, to which one person adds theirs; `personnes` decide of a pair."""

    def __init__(
        self,
        magasin: Magasin,
        auteur: str,
        personnes: int = 1,
        maintenant: Callable[[], dt.datetime] = _maintenant,
    ) -> None:
        """Decide as `auteur`, at the time that a clock tells."""
        self._magasin = magasin
        self.maintenant = maintenant
        self.auteur = auteur
        self.personnes = personnes

    def decider(
        self,
        departement: str,
        verdicts: Mapping[Paire, Verdict],
        *,
        secondes: float | None = None,
        arbitrage: bool = False,
    ) -> tuple[str, dict[Paire, Bilan]]:
        """Keep what is decided of pairs at once; return the name of it, and what it makes of each.

        Raises:
            Refus: one of them is settled already, by whom and how is said; or this person decided
                of it and waits for the other.
        """
        geste, ici = secrets.token_hex(8), self.maintenant()
        with self._magasin.ecrire() as con:
            _prendre_la_main(con)
            avant = _bilans(con, departement, self.personnes, {une.paire for une in verdicts})
            for une in verdicts:
                self._permettre(avant.get((une.paire, une.champs), LIBRE), arbitrage=arbitrage)
            for une, verdict in verdicts.items():
                con.execute(
                    doublons_decisions.insert().values(
                        departement=departement,
                        paire=une.paire,
                        champs=une.champs,
                        membre_a=une.membre_a,
                        membre_b=une.membre_b,
                        verdict=verdict.value,
                        arbitrage=arbitrage,
                        niveau=une.niveau,
                        poids=une.poids,
                        secondes=secondes,
                        geste=geste,
                        auteur=self.auteur,
                        le=ici,
                    )
                )
            apres = _bilans(con, departement, self.personnes, {une.paire for une in verdicts})
        return geste, {une: apres[une.paire, une.champs] for une in verdicts}

    def _permettre(self, bilan: Bilan, *, arbitrage: bool) -> None:
        if bilan.verdict is Verdict.A_VERIFIER:
            return
        if bilan.verdict is not None:
            par = bilan.decisions[-1]
            raise Refus(
                f"{par.auteur} a déjà décidé de cette paire : {bilan.verdict.dit}",
                que_faire="Rien n'a été changé. La paire suivante est prête.",
            )
        if arbitrage:
            if not bilan.desaccord:
                raise Refus("cette paire n'est pas en désaccord", que_faire="La relire.")
        elif bilan.desaccord:
            raise Refus(
                "cette paire est en désaccord", que_faire="L'arbitrer parmi les désaccords."
            )
        elif bilan.de(self.auteur):
            raise Refus(
                "vous avez déjà décidé de cette paire",
                que_faire="Elle attend une autre personne.",
            )

    def lier(self, geste: str, affaire: str) -> None:
        """Say which affaire a gesture opened, and those of others that it agreed with.

        Whoever of them undoes theirs later takes the affaire back.
        """
        c = doublons_decisions.c
        sienne = sa.select(c.paire, c.champs, c.verdict).where(c.geste == geste)
        memes = sa.tuple_(c.paire, c.champs, c.verdict).in_(sienne)
        with self._magasin.ecrire() as con:
            con.execute(
                doublons_decisions.update()
                .where(memes, c.annulee_le.is_(None))
                .values(affaire=affaire)
            )

    def geste(self, nom: str) -> list[Decision]:
        """Return what was decided at once and holds; raise Refus when nothing of it does."""
        c = doublons_decisions.c
        with self._magasin.lire() as con:
            lues = _lire(con, c.geste == nom)
        if not lues:
            raise Refus(
                "cette décision n'existe pas, ou elle est déjà annulée", que_faire="La relire."
            )
        return lues

    def exiger_sienne(self, nom: str) -> list[Decision]:
        """Return what one's own gesture holds; raise Refus when it is another's or undone."""
        siennes = self.geste(nom)
        if any(une.auteur != self.auteur for une in siennes):
            raise Refus(
                f"cette décision est celle de {siennes[0].auteur}",
                que_faire="La lui faire annuler.",
            )
        return siennes

    def annuler(self, nom: str) -> None:
        """Undo one's own gesture; raise Refus when it is another's or undone already."""
        self.exiger_sienne(nom)
        with self._magasin.ecrire() as con:
            con.execute(
                doublons_decisions.update()
                .where(doublons_decisions.c.geste == nom)
                .values(annulee_le=self.maintenant())
            )

    def bilans(self, departement: str, avant: dt.datetime | None = None) -> Bilans:
        """Return {(paire, champs): what is decided of it} of a département, before a moment."""
        with self._magasin.lire() as con:
            return _bilans(con, departement, self.personnes, avant=avant)

    def signature(self) -> str:
        """Return what names all the decisions that hold: a decision or an undoing changes it."""
        c = doublons_decisions.c
        demande = sa.select(sa.func.max(c.id), sa.func.count(), sa.func.count(c.annulee_le))
        with self._magasin.lire() as con:
            dernier, total, annulees = con.execute(demande).one()
        return f"{dernier} {total} {annulees}" if total else ""

    def connues(self, departement: str) -> frozenset[str]:
        """Return the pairs of which anything was ever decided, whatever their fields were."""
        c = doublons_decisions.c
        demande = sa.select(c.paire).where(c.departement == departement, c.annulee_le.is_(None))
        with self._magasin.lire() as con:
            return frozenset(con.scalars(demande.distinct()))


def garder_numeros(magasin: Magasin, affaire: str, numeros: Mapping[str, str]) -> None:
    """Keep the numéros of a case, {membre: numéro}."""
    if not numeros:
        return
    with magasin.ecrire() as con:
        con.execute(
            doublons_numeros.insert(),
            [{"affaire": affaire, "membre": un, "numero": n} for un, n in numeros.items()],
        )


def numeros_des_affaires(magasin: Magasin, affaires: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return {affaire: {membre: numéro}}, without what was erased."""
    lus: dict[str, dict[str, str]] = {}
    c = doublons_numeros.c
    with magasin.lire() as con:
        for voulues in par_lots(affaires):
            demande = sa.select(c.affaire, c.membre, c.numero).where(c.affaire.in_(voulues))
            for affaire, membre, numero in con.execute(demande):
                lus.setdefault(affaire, {})[membre] = numero
    montres.lire_numeros(un for siens in lus.values() for un in siens.values())
    return lus


def effacer(magasin: Magasin, cle: str, numeros: Collection[str]) -> int:
    """Forget what was decided of pairs of which a demande is erased, and its numéro in cases.

    Returns:
        How many decisions and numéros went.
    """
    total = 0
    with magasin.ecrire() as con:
        for lot in par_lots(sorted(numeros)):
            siens = [membre(cle, un) for un in lot]
            c = doublons_decisions.c
            touche = sa.or_(c.membre_a.in_(siens), c.membre_b.in_(siens))
            total += con.execute(doublons_decisions.delete().where(touche)).rowcount
            du_cas = doublons_numeros.c.numero.in_(lot)
            total += con.execute(doublons_numeros.delete().where(du_cas)).rowcount
    return total


def par_lots(textes: Iterable[str]) -> Iterator[list[str]]:
    """Yield texts a few hundred at a time: an SQL statement takes no more."""
    tous = list(textes)
    return (tous[debut : debut + LOT] for debut in range(0, len(tous), LOT))


def _prendre_la_main(con: sa.Connection) -> None:
    """Let one decide at a time: two people may have the same pair before them."""
    if con.dialect.name == "postgresql":
        con.execute(sa.text("LOCK TABLE doublons_decisions IN EXCLUSIVE MODE"))


def _bilans(
    con: sa.Connection,
    departement: str,
    personnes: int,
    paires: Collection[str] | None = None,
    avant: dt.datetime | None = None,
) -> dict[tuple[str, str], Bilan]:
    c = doublons_decisions.c
    conditions = [c.departement == departement]
    if paires is not None:
        conditions.append(c.paire.in_(list(paires)))
    if avant is not None:
        conditions.append(c.le < avant)
    par_paire: dict[tuple[str, str], list[Decision]] = {}
    for une in _lire(con, *conditions):
        par_paire.setdefault((une.paire, une.champs), []).append(une)
    return {cle: faire_le_bilan(siennes, personnes) for cle, siennes in par_paire.items()}


def _lire(con: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[Decision]:
    """Return the decisions that hold, in the order they were made."""
    c = doublons_decisions.c
    colonnes = [c[nom] for nom in Decision.__dataclass_fields__]
    demande = sa.select(*colonnes).where(c.annulee_le.is_(None), *conditions).order_by(c.id)
    lues = (Decision(**ligne) for ligne in con.execute(demande).mappings())
    return [replace(une, verdict=Verdict(une.verdict)) for une in lues]
