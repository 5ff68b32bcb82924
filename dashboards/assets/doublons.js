// The review of duplicates (dashboards/composants/revue.py): one case at a time, by the keyboard.
// The next case is on the screen as soon as one is decided: what is decided goes to the server one
// after the other, and what it refuses comes back.
(function () {
  "use strict";
  var React = window.React;
  var creer = React.createElement;

  var VERDICTS = [
    ["m", "meme", "Même personne"],
    ["d", "distinctes", "Personnes distinctes"],
    ["c", "conjoints", "Conjoints ou cotitulaires"],
    ["s", "separation", "Séparation"],
    ["v", "a_verifier", "À vérifier"]
  ];

  function Touche(lettre) {
    return creer("kbd", { "aria-hidden": "true" }, lettre.toUpperCase());
  }

  function choixDe(un) {
    return { garder: un.garder, valeurs: {}, retires: [] };
  }

  // The texts of a value; what differs from the other demandes is marked, not by a colour alone.
  function Valeur(morceaux, differe) {
    if (!morceaux.length) return creer("span", { className: "absente" }, "non renseigné");
    return morceaux.map(function (un, rang) {
      return creer(un[1] && differe ? "mark" : "span", { key: rang }, un[0]);
    });
  }

  // The demande whose value of a field is kept: chosen, else the one written last.
  function retenueDe(un, ligne, choix) {
    var recente = ligne.recente === null ? choix.garder : un.membres[ligne.recente].numero;
    return choix.valeurs[ligne.champ] || (choix.retires.indexOf(recente) < 0 ? recente : choix.garder);
  }

  function valeursDe(un, choix) {
    var retenues = {};
    un.lignes.forEach(function (ligne) { if (ligne.choisir) retenues[ligne.champ] = retenueDe(un, ligne, choix); });
    return retenues;
  }

  function Ligne(un, ligne, choix, choisir) {
    return creer(
      "tr", { key: ligne.champ, className: ligne.differe ? "differe" : null },
      creer("th", { scope: "row" },
        ligne.differe ? creer("span", { className: "signe", "aria-hidden": "true" }, "≠ ") : null,
        ligne.titre,
        ligne.differe ? creer("span", { className: "fr-sr-only" }, ", différent") : null),
      ligne.valeurs.map(function (morceaux, rang) {
        var numero = un.membres[rang].numero;
        var retire = choix.retires.indexOf(numero) >= 0;
        var contenu = Valeur(morceaux, ligne.differe);
        if (!ligne.choisir || retire || !morceaux.length) return creer("td", { key: rang, className: retire ? "retire" : null }, contenu);
        var retenue = retenueDe(un, ligne, choix);
        return creer("td", { key: rang }, creer(
          "label", { className: "valeur" },
          creer("input", {
            type: "radio", name: "valeur-" + ligne.champ, checked: retenue === numero,
            "aria-label": "Garder cette valeur : " + ligne.titre + ", demande " + (rang + 1),
            onChange: function () { choisir(ligne.champ, numero); }
          }), " ", creer("span", null, contenu)
        ));
      })
    );
  }

  function Entete(un, choix, garder, retirer) {
    return creer("tr", null, creer("td", null), un.membres.map(function (membre, rang) {
      var retire = choix.retires.indexOf(membre.numero) >= 0;
      return creer(
        "th", { key: membre.numero, scope: "col", className: retire ? "retire" : null },
        creer("a", { href: membre.adresse, onClick: window.infocentre.suivre }, membre.numero),
        creer("span", { className: "fr-hint-text" }, membre.guichet),
        retire ? creer("span", { className: "fr-hint-text" }, "retirée de ce cas") : creer(
          "label", { className: "a-conserver" },
          creer("input", { type: "radio", name: "garder", checked: choix.garder === membre.numero, onChange: function () { garder(membre.numero); } }),
          " À conserver ", Touche(String(rang + 1))
        ),
        un.membres.length > 2 ? creer(
          "button", { type: "button", className: "fr-btn fr-btn--tertiary fr-btn--sm", onClick: function () { retirer(membre.numero); } },
          retire ? "Remettre" : "Retirer du cas"
        ) : null
      );
    }));
  }

  function Lignes(un, choix, choisir, genre) {
    return creer("tbody", null, un.lignes.filter(function (une) { return une.genre === genre; }).map(function (ligne) {
      return Ligne(un, ligne, choix, choisir);
    }));
  }

  function Raisons(un, choix) {
    var dit = un.choix[choix.garder];
    if (!dit) return null;
    return creer(
      "div", { className: "raisons" },
      creer("p", null, creer("strong", null, "À conserver : " + choix.garder), dit.raisons.length ? " (" + dit.raisons.join(" ; ") + ")" : ""),
      dit.avertissements.map(function (texte, rang) { return creer("p", { key: rang, className: "avertissement" }, texte); })
    );
  }

  function Cas(props) {
    var un = props.cas, choix = props.choix;
    return creer(
      "div", { className: "cas" },
      creer("h2", { className: "fr-h5", tabIndex: -1, ref: props.titre }, un.titre),
      un.notes.map(function (texte, rang) { return creer("p", { key: rang, className: "note" }, texte); }),
      creer("div", { className: "tableau comparaison", role: "region", tabIndex: 0, "aria-label": un.titre },
        creer("table", { "data-demandes": un.membres.length },
          creer("caption", { className: "fr-sr-only" }, un.titre),
          creer("thead", null, Entete(un, choix, props.garder, props.retirer)),
          Lignes(un, choix, props.choisir, "compare"),
          Lignes(un, choix, props.choisir, "autour"))),
      Raisons(un, choix)
    );
  }

  function cles(liste) {
    return liste.map(function (un) { return un.cle; });
  }

  // What came from the server and is neither here nor just decided goes to the end.
  function ajouter(avant, arrives, faits) {
    var ici = cles(avant);
    return avant.concat((arrives || []).filter(function (un) { return ici.indexOf(un.cle) < 0 && !faits[un.cle]; }));
  }

  function Revue(props) {
    var etat = React.useState(function () { return ajouter([], props.pile, {}); }), file = etat[0], ranger = etat[1];
    var dits = React.useState(null), choix = dits[0], noter = dits[1];
    var voix = React.useState({}), message = voix[0], dire = voix[1];
    var m = React.useRef({ attente: [], encours: null, faits: {}, gestes: [], rang: 0, depuis: 0, file: [] }).current;
    var titre = React.useRef(null), racine = React.useRef(null);
    m.file = file;
    var courant = file[0], mien = courant && (choix && choix.cle === courant.cle ? choix : Object.assign({ cle: courant.cle }, choixDe(courant)));

    // How many wait: as many as the page was given, less those decided since on it.
    var faits = React.useState(0), decides = faits[0], compter = faits[1];

    // A new list (another filter) begins again; the rest of this one comes by `reponse`.
    var liste = React.useRef(props.liste);
    React.useEffect(function () {
      if (liste.current === props.liste) return;
      liste.current = props.liste;
      m.faits = {};
      compter(0);
      ranger(ajouter([], props.pile, {})); dire({});
    }, [props.liste]);

    React.useEffect(function () {
      m.depuis = window.performance.now();
      if (!courant || !titre.current) return;
      var ou = document.activeElement, perdu = !ou || ou === document.body || ou.id === "contenu";
      if (perdu || racine.current.contains(ou)) titre.current.focus({ preventScroll: true });
    }, [courant && courant.cle]);

    function partir() {
      if (m.encours || !m.attente.length) return;
      m.encours = m.attente.shift();
      if (m.encours.annuler) m.encours.geste = (m.gestes[m.gestes.length - 1] || {}).geste || "";
      m.rang += 1;
      props.setProps({ decision: Object.assign({ rang: m.rang, ici: cles(m.file) }, m.encours, { cas: undefined }) });
    }

    React.useEffect(function () {
      var r = props.reponse;
      if (!r || !m.encours || r.rang !== m.rang) return;
      var fait = m.encours;
      m.encours = null;
      if (fait.annuler && r.fait) {
        var dernier = m.gestes.pop();
        delete m.faits[dernier.cas.cle];
        compter(function (avant) { return avant - 1; });
        ranger(function (avant) { return [dernier.cas].concat(avant.filter(function (un) { return un.cle !== dernier.cas.cle; })); });
      } else if (!fait.annuler && r.fait) {
        m.gestes.push({ geste: r.geste, cas: fait.cas });
        compter(function (avant) { return avant + 1; });
      } else if (!fait.annuler && r.rendre) {
        delete m.faits[fait.cle];
        ranger(function (avant) { return [fait.cas].concat(avant); });
      }
      if (r.pile) ranger(function (avant) { return ajouter(avant, r.pile, m.faits); });
      dire({ texte: r.texte, alerte: !r.fait });
      partir();
    }, [props.reponse]);

    function decider(verdict) {
      if (!courant) return;
      var secondes = Math.round(window.performance.now() - m.depuis) / 1000;
      m.faits[courant.cle] = true;
      m.file = file.slice(1);
      m.attente.push({
        cle: courant.cle, numeros: courant.membres.map(function (un) { return un.numero; }), verdict: verdict, secondes: secondes,
        garder: mien.garder, valeurs: valeursDe(courant, mien), retires: mien.retires, cas: courant
      });
      ranger(m.file);
      noter(null);
      partir();
    }
    function annuler() {
      if (!m.gestes.length && !m.attente.length && !m.encours) { dire({ texte: "Il n’y a rien à annuler.", alerte: true }); return; }
      m.attente.push({ annuler: true });
      partir();
    }
    function passer() {
      if (file.length < 2) { dire({ texte: "Il n’y a pas d’autre cas.", alerte: false }); return; }
      ranger(file.slice(1).concat(file.slice(0, 1)));
    }
    function garder(numero) { if (mien.retires.indexOf(numero) < 0) noter(Object.assign({}, mien, { garder: numero })); }
    function choisir(champ, numero) {
      var valeurs = Object.assign({}, mien.valeurs); valeurs[champ] = numero;
      noter(Object.assign({}, mien, { valeurs: valeurs }));
    }
    function retirer(numero) {
      var retires = mien.retires.indexOf(numero) < 0 ? mien.retires.concat(numero) : mien.retires.filter(function (un) { return un !== numero; });
      var restants = courant.membres.map(function (un) { return un.numero; }).filter(function (un) { return retires.indexOf(un) < 0; });
      if (restants.length < 2) { dire({ texte: "Il faut garder deux demandes dans ce cas.", alerte: true }); return; }
      noter(Object.assign({}, mien, { retires: retires, garder: retires.indexOf(mien.garder) < 0 ? mien.garder : restants[0] }));
    }
    function frapper(e) {
      if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || e.repeat) return;
      var lettre = e.key.toLowerCase(), verdict = VERDICTS.find(function (un) { return un[0] === lettre; });
      var membre = courant && /^[1-9]$/.test(lettre) ? courant.membres[Number(lettre) - 1] : null;
      if (verdict) decider(verdict[1]);
      else if (lettre === "z") annuler();
      else if (lettre === "p") passer();
      else if (membre) garder(membre.numero);
      else return;
      e.preventDefault();
    }

    return creer(
      "section", { id: props.id, className: "revue", ref: racine, onKeyDown: frapper, "aria-label": "Revue des doublons" },
      creer("p", { className: "attente" },
        creer("strong", null, Math.max(props.nombre - decides, 0) + " cas à décider"),
        decides > 0 ? " sur " + props.nombre + ", " + decides + (decides > 1 ? " décidés" : " décidé") + " sur cette page" : ""),
      courant ? creer(Cas, { cas: courant, choix: mien, titre: titre, garder: garder, choisir: choisir, retirer: retirer }) : creer("p", { className: "fr-callout" }, props.vide),
      creer("div", { className: "verdicts", role: "group", "aria-label": "Décision" },
        creer("p", { role: message.alerte ? "alert" : "status", className: message.alerte ? "dit fr-error-text" : "dit" }, message.texte || ""),
        VERDICTS.map(function (un) {
          return creer("button", { key: un[1], type: "button", className: "fr-btn fr-btn--sm" + (un[1] === "meme" ? "" : " fr-btn--secondary"), disabled: !courant, onClick: function () { decider(un[1]); } }, un[2], " ", Touche(un[0]));
        }),
        creer("button", { type: "button", className: "fr-btn fr-btn--sm fr-btn--tertiary", disabled: file.length < 2, onClick: passer }, "Passer ", Touche("p")),
        creer("button", { type: "button", className: "fr-btn fr-btn--sm fr-btn--tertiary", onClick: annuler }, "Annuler la dernière ", Touche("z"))
      )
    );
  }

  Object.assign(window.infocentre, { Revue: Revue });
})();
