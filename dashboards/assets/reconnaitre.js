// Unknown files, to confirm (dashboards/pages/reconnaitre.py): each file, each column with a few
// masked values, what it would become, what is still asked. What a person answers stays here until
// they ask for a trial; a file whose table they choose is read again at once.
(function () {
  "use strict";
  var React = window.React;
  var creer = React.createElement;

  var LAISSER = "";
  var ETATS = { "certain": "● certain", "à confirmer": "▲ à confirmer", "à choisir": "✖ à choisir", "laissée": "○ laissée", "connue": "● déjà confirmée" };
  var OUVERTS = { "à confirmer": true, "à choisir": true };
  var ENSEMBLES = ["fichiers", "colonnes", "valeurs", "vues"];

  function nombre(valeur) { return valeur.toLocaleString("fr-FR"); }
  function accorder(n, un, des) { return nombre(n) + " " + (n > 1 ? des : un); }

  // --- Answers, by the rank of files and columns ---------------------------------------------------

  function vides(donnees) {
    var lues = donnees.reponses || {}, reponses = {};
    ENSEMBLES.forEach(function (un) { reponses[un] = lues[un] || {}; });
    ["source", "departement", "arrete"].forEach(function (un) { reponses[un] = lues[un] || donnees[un] || ""; });
    return reponses;
  }

  function repondue(reponses, ensemble, f, c) {
    var siennes = reponses[ensemble][f];
    return siennes && siennes[c] !== undefined ? siennes[c] : undefined;
  }

  function avec(reponses, ensemble, f, c, valeur) {
    var copie = Object.assign({}, reponses), siennes = Object.assign({}, reponses[ensemble][f]);
    siennes[c] = valeur;
    copie[ensemble] = Object.assign({}, reponses[ensemble]);
    copie[ensemble][f] = siennes;
    return copie;
  }

  function voir(reponses, f, rangs, vues) {
    var copie = Object.assign({}, reponses), siennes = (reponses.vues[f] || []).filter(function (un) { return rangs.indexOf(un) < 0; });
    copie.vues = Object.assign({}, reponses.vues);
    copie.vues[f] = vues ? siennes.concat(rangs) : siennes;
    return copie;
  }

  function estVue(reponses, f, colonne) {
    return colonne.etat === "connue" || (reponses.vues[f.rang] || []).indexOf(colonne.rang) >= 0;
  }

  // What a column becomes: what was answered, else what is certain, else nothing yet.
  function retenue(reponses, f, colonne) {
    var dite = repondue(reponses, "colonnes", f.rang, colonne.rang);
    if (dite !== undefined) return dite;
    return OUVERTS[colonne.etat] ? null : colonne.vers;
  }

  function sansReponse(reponses, f, colonne) {
    return Boolean(OUVERTS[colonne.etat]) && repondue(reponses, "colonnes", f.rang, colonne.rang) === undefined;
  }

  function valeursAttendues(reponses, f, colonne) {
    return (colonne.valeurs.length + colonne.cachees > 0) && retenue(reponses, f, colonne) === colonne.vers &&
      repondue(reponses, "valeurs", f.rang, colonne.rang) === undefined;
  }

  function manquantes(reponses, f) {
    var donnees = f.colonnes.map(function (une) { return retenue(reponses, f, une); });
    return f.manquent.filter(function (un) { return donnees.indexOf(un[0]) < 0; });
  }

  function aVoir(reponses, f) {
    return f.colonnes.filter(function (une) { return une.obligatoire && !estVue(reponses, f, une); });
  }

  function questions(reponses, f) {
    if (f.a_choisir) return 1;
    var ouvertes = f.colonnes.filter(function (une) {
      return !une.obligatoire && (sansReponse(reponses, f, une) || valeursAttendues(reponses, f, une));
    }).length;
    var valeurs = f.colonnes.filter(function (une) { return une.obligatoire && valeursAttendues(reponses, f, une); }).length;
    return ouvertes + valeurs + manquantes(reponses, f).length + (aVoir(reponses, f).length ? 1 : 0);
  }

  // Yes to what is proposed of these columns: their place, and values read as they stand.
  function accepter(reponses, f, colonnes) {
    colonnes.forEach(function (une) {
      if (une.etat === "à confirmer" && sansReponse(reponses, f, une)) reponses = avec(reponses, "colonnes", f.rang, une.rang, une.vers);
      if (valeursAttendues(reponses, f, une)) reponses = avec(reponses, "valeurs", f.rang, une.rang, {});
    });
    return reponses;
  }

  // The same name in another file is the same column, when it may be there.
  function choisirPartout(reponses, donnees, f, colonne, vers) {
    reponses = avec(reponses, "colonnes", f.rang, colonne.rang, vers);
    donnees.fichiers.forEach(function (autre) {
      if (autre.rang === f.rang || autre.a_choisir) return;
      autre.colonnes.forEach(function (une) {
        var permise = vers === LAISSER || (donnees.colonnes[autre.options] || []).some(function (un) { return un[0] === vers; });
        if (une.nom === colonne.nom && permise && sansReponse(reponses, autre, une)) reponses = avec(reponses, "colonnes", autre.rang, une.rang, vers);
      });
    });
    return reponses;
  }

  // --- A column ------------------------------------------------------------------------------------

  function Options(props) {
    var probables = props.candidats, autres = props.colonnes.filter(function (une) { return probables.indexOf(une[0]) < 0; });
    var premieres = props.colonnes.filter(function (une) { return probables.indexOf(une[0]) >= 0; });
    premieres.sort(function (a, b) { return probables.indexOf(a[0]) - probables.indexOf(b[0]); });
    function option(une) { return creer("option", { key: une[0], value: une[0] }, une[1]); }
    return [
      props.attente ? creer("option", { key: "?", value: "?" }, "Choisir…") : null,
      premieres.length ? creer("optgroup", { key: "probables", label: "Proposées" }, premieres.map(option)) : null,
      creer("option", { key: "laisser", value: LAISSER }, "Ne pas lire"),
      creer("optgroup", { key: "autres", label: "Toutes les autres" }, autres.map(option))
    ];
  }

  function Valeurs(f, colonne, reponses, repondre) {
    var base = "valeur-" + f.rang + "-" + colonne.rang, dites = repondue(reponses, "valeurs", f.rang, colonne.rang);
    function choisir(rang, code) {
      var suite = Object.assign({}, dites);
      suite[rang] = code;
      repondre(avec(reponses, "valeurs", f.rang, colonne.rang, suite));
    }
    var total = colonne.valeurs.length + colonne.cachees;
    return creer("fieldset", { className: "valeurs-sans-code" },
      creer("legend", null, accorder(total, "valeur sans code", "valeurs sans code")),
      colonne.valeurs.map(function (une) {
        var id = base + "-" + une[0];
        return creer("p", { key: une[0] },
          creer("label", { htmlFor: id, className: "fr-label" }, "«\u202f" + une[1] + "\u202f»" + (une[3] ? ", " + une[3] : "") + " (" + accorder(une[2], "ligne", "lignes") + ")"),
          creer("select", { id: id, className: "fr-select", value: (dites || {})[une[0]] || LAISSER, onChange: function (e) { choisir(une[0], e.target.value); } },
            creer("option", { value: LAISSER }, "Laisser telle quelle"),
            colonne.codes.map(function (code) { return creer("option", { key: code[0], value: code[0] }, code[1]); })));
      }),
      colonne.cachees ? creer("p", { className: "fr-hint-text" }, accorder(colonne.cachees, "autre valeur, trop rare pour être montrée, sera lue telle quelle.", "autres valeurs, trop rares pour être montrées, seront lues telles quelles.")) : null,
      dites === undefined ? creer("button", { type: "button", className: "fr-btn fr-btn--sm fr-btn--secondary", onClick: function () { repondre(avec(reponses, "valeurs", f.rang, colonne.rang, {})); } }, "Laisser toutes les valeurs telles quelles") : null
    );
  }

  function Colonne(props) {
    var f = props.fichier, colonne = props.colonne, reponses = props.reponses, base = f.rang + "-" + colonne.rang;
    var attente = sansReponse(reponses, f, colonne), dite = retenue(reponses, f, colonne);
    var valeur = dite === null ? (colonne.etat === "à confirmer" ? colonne.vers : "?") : dite;
    function choisir(e) {
      if (e.target.value === "?") return;
      var suite = choisirPartout(reponses, props.donnees, f, colonne, e.target.value);
      props.repondre(colonne.obligatoire ? voir(suite, f.rang, [colonne.rang], true) : suite);
    }
    function confirmer() { props.repondre(accepter(reponses, f, [colonne])); }
    function cocher(e) {
      var suite = e.target.checked ? accepter(reponses, f, [colonne]) : reponses;
      props.repondre(voir(suite, f.rang, [colonne.rang], e.target.checked));
    }
    var repondu = OUVERTS[colonne.etat] && !attente ? "● répondu" : ETATS[colonne.etat];
    return creer(
      "li", { className: "colonne-recue" + (attente ? " attend" : "") },
      creer("div", null,
        creer("p", { className: "nom", id: "nom-" + base }, colonne.nom),
        creer("p", { className: "etat-colonne" }, repondu, colonne.raison ? creer("span", { className: "fr-hint-text" }, colonne.raison) : null)),
      creer("ul", { className: "apercu", "aria-label": "Ce que contient " + colonne.nom }, colonne.apercu.map(function (un, rang) { return creer("li", { key: rang }, un); })),
      creer("div", { className: "devient" },
        creer("label", { className: "fr-label", htmlFor: "vers-" + base }, "Devient", creer("span", { className: "fr-sr-only" }, "\u00a0: " + colonne.nom)),
        creer("select", { id: "vers-" + base, className: "fr-select", value: valeur, onChange: choisir },
          Options({ attente: valeur === "?", candidats: colonne.candidats, colonnes: props.donnees.colonnes[f.options] || [] })),
        attente && colonne.etat === "à confirmer" && !colonne.obligatoire ? creer("button", { type: "button", className: "fr-btn fr-btn--sm fr-btn--secondary", onClick: confirmer }, "C’est bien cela", creer("span", { className: "fr-sr-only" }, "\u00a0: " + colonne.nom)) : null,
        colonne.obligatoire && colonne.etat !== "connue" ? creer("label", { className: "vu" },
          creer("input", { type: "checkbox", checked: estVue(reponses, f, colonne), onChange: cocher }),
          " J’ai vu ses valeurs", creer("span", { className: "fr-sr-only" }, "\u00a0: " + colonne.nom)) : null,
        colonne.valeurs.length + colonne.cachees && dite !== LAISSER && (dite === null || dite === colonne.vers) ? Valeurs(f, colonne, reponses, props.repondre) : null)
    );
  }

  function Liste(props, colonnes) {
    return creer("ul", { className: "colonnes-recues" }, colonnes.map(function (une) {
      return creer(Colonne, { key: une.rang, fichier: props.fichier, colonne: une, donnees: props.donnees, reponses: props.reponses, repondre: props.repondre });
    }));
  }

  function Repli(props, titre, colonnes) {
    return colonnes.length ? creer("details", { className: "repli" }, creer("summary", null, titre), Liste(props, colonnes)) : null;
  }

  // --- A file --------------------------------------------------------------------------------------

  function Table(props) {
    var f = props.fichier, id = "table-" + f.rang, dite = props.reponses.fichiers[f.rang];
    if (f.genre === "codes" || f.genre === "complément" || f.genre === "partage") return null;
    var possibles = f.possibles, tables = props.donnees.tables;
    function choisir(e) {
      if (e.target.value === "?") return;
      var suite = Object.assign({}, props.reponses);
      suite.fichiers = Object.assign({}, suite.fichiers);
      suite.fichiers[f.rang] = e.target.value;
      ["colonnes", "valeurs", "vues"].forEach(function (un) { suite[un] = Object.assign({}, suite[un]); delete suite[un][f.rang]; });
      props.relire(suite);
    }
    var valeur = f.a_choisir ? "?" : dite !== undefined ? dite : f.table;
    var premieres = tables.filter(function (une) { return possibles.indexOf(une[0]) >= 0; });
    var autres = tables.filter(function (une) { return possibles.indexOf(une[0]) < 0; });
    function option(une) { return creer("option", { key: une[0], value: une[0] }, une[1]); }
    return creer("div", { className: "fr-select-group" },
      creer("label", { className: "fr-label", htmlFor: id }, "Ce fichier contient", creer("span", { className: "fr-sr-only" }, " (" + f.nom + ")")),
      creer("select", { id: id, className: "fr-select", value: valeur, onChange: choisir, disabled: props.occupe },
        f.a_choisir ? creer("option", { value: "?" }, "Choisir…") : null,
        premieres.map(option), creer("option", { value: LAISSER }, "Ne pas lire ce fichier"), autres.map(option)));
  }

  function Fichier(props) {
    var f = props.fichier, reponses = props.reponses, colonnes = f.colonnes;
    var obligatoires = colonnes.filter(function (une) { return une.obligatoire && une.etat !== "connue"; });
    var reste = colonnes.filter(function (une) { return obligatoires.indexOf(une) < 0; });
    var ouvertes = reste.filter(function (une) { return OUVERTS[une.etat] || ((une.etat === "certain" || une.etat === "connue") && une.valeurs.length + une.cachees); });
    var sures = reste.filter(function (une) { return (une.etat === "certain" || une.etat === "connue") && ouvertes.indexOf(une) < 0; });
    var laissees = reste.filter(function (une) { return une.etat === "laissée"; });
    var restent = questions(reponses, f), choisies = obligatoires.filter(function (une) { return une.etat !== "à choisir" || !sansReponse(reponses, f, une); });
    function toutVu() { props.repondre(voir(accepter(reponses, f, choisies), f.rang, choisies.map(function (une) { return une.rang; }), true)); }
    return creer(
      "section", { className: "fichier-recu", id: "fichier-" + f.rang, "aria-labelledby": "titre-" + f.rang },
      creer("h2", { className: "fr-h5", id: "titre-" + f.rang, tabIndex: -1 }, f.nom),
      creer("p", { className: "fr-hint-text" }, f.ecriture),
      f.raison ? creer("p", null, f.raison) : null,
      creer(Table, props),
      manquantes(reponses, f).map(function (un) {
        return creer("p", { key: un[0], className: "avertissement" }, "Aucune colonne n’est «\u202f" + un[1] + "\u202f», qui est obligatoire. ",
          un[2].length ? "Celles-ci y ressemblent : " + un[2].join(", ") + ". La choisir dans la liste de sa colonne." : "La choisir parmi les colonnes, ou ne pas lire ce fichier.");
      }),
      ouvertes.length ? creer("h3", { className: "fr-h6" }, "À confirmer") : null,
      ouvertes.length ? Liste(props, ouvertes) : null,
      obligatoires.length ? creer("h3", { className: "fr-h6" }, "Colonnes obligatoires") : null,
      obligatoires.length ? Liste(props, obligatoires) : null,
      aVoir(reponses, f).length ? creer("p", null, creer("button", { type: "button", className: "fr-btn fr-btn--sm", onClick: toutVu },
        choisies.length > 1 ? "J’ai vu ces " + choisies.length + " colonnes, elles sont les bonnes" : "J’ai vu cette colonne, elle est la bonne")) : null,
      Repli(props, accorder(sures.length, "colonne reconnue", "colonnes reconnues"), sures),
      Repli(props, accorder(laissees.length, "colonne laissée de côté", "colonnes laissées de côté"), laissees),
      !restent && colonnes.length ? creer("p", { className: "fait" }, "● Rien ne reste à répondre ici.") : null
    );
  }

  function Tuile(f, reponses) {
    var restent = questions(reponses, f);
    return creer("li", { key: f.rang, className: restent ? "attend" : null },
      creer("p", { className: "nom" }, f.colonnes.length || f.a_choisir ? creer("a", { href: "#titre-" + f.rang }, f.nom) : f.nom),
      creer("p", null, f.quoi),
      creer("p", { className: "fr-hint-text" }, f.ecriture),
      f.avis.map(function (un, rang) { return creer("p", { key: rang, className: "avertissement" }, un); }),
      f.genre === "codes" ? null : creer("p", { className: "etat-colonne" }, restent ? "▲ " + accorder(restent, "question", "questions") : "● prêt"));
  }

  // --- What they will have, and the trial ----------------------------------------------------------

  var DITS = { disponible: "● disponible", partiel: "▲ en partie", absent: "○ non disponible" };

  function Groupe(groupe) {
    var tous = groupe.elements, prets = tous.filter(function (un) { return un[2] === "disponible"; }).length;
    var autres = tous.filter(function (un) { return un[2] !== "disponible"; });
    var dits = autres.length ? "\u202f; " + accorder(autres.length, "attend des colonnes ou des fichiers", "attendent des colonnes ou des fichiers") : "";
    return creer("div", { key: groupe.titre, className: "groupe-apport" },
      creer("h3", { className: "fr-h6" }, groupe.titre + "\u00a0: " + prets + " sur " + tous.length + dits),
      autres.length ? creer("ul", null, autres.map(function (un, rang) {
        var manques = un[3].slice(0, 4), suite = un[3].length - manques.length;
        return creer("li", { key: rang }, creer("strong", null, un[1]), " – " + DITS[un[2]] + ". Il manque " + manques.join(", ") + (suite > 0 ? " et " + accorder(suite, "autre", "autres") : "") + ".");
      })) : null,
      creer("details", { className: "repli" }, creer("summary", null, "Ce qui est disponible"),
        creer("ul", null, tous.filter(function (un) { return un[2] === "disponible"; }).map(function (un, rang) { return creer("li", { key: rang }, un[1]); }))));
  }

  function Apport(apport) {
    return creer("section", { className: "apport", "aria-labelledby": "titre-apport" },
      creer("h2", { className: "fr-h5", id: "titre-apport", tabIndex: -1 }, "Ce que vous aurez"), apport.map(Groupe));
  }

  function Essai(essai) {
    return creer("section", { className: "essai-recu", "aria-labelledby": "titre-essai" },
      creer("h2", { className: "fr-h5", id: "titre-essai" }, "Essai sur les 1 000 premières lignes de chaque fichier"),
      creer("p", null, "Département " + essai.departement + ", données arrêtées au " + essai.arrete + "." + (essai.annees.length ? " Ces fichiers sont de plusieurs années : " + essai.annees.join(", ") + "." : "")),
      creer("ul", { className: "tables-essayees" }, essai.tables.map(function (une) {
        return creer("li", { key: une.table },
          creer("p", null, creer("strong", null, une.table), ", " + une.fichier),
          creer("p", null, accorder(une.lues, "ligne lue", "lignes lues") + ", " + accorder(une.gardees, "gardée", "gardées") + (une.rejets.length ? ", rejetées\u00a0: " : ", aucune rejetée."),
            une.rejets.map(function (un) { return un[0] + " (" + nombre(un[1]) + ")"; }).join(", ")),
          une.anomalies.length ? creer("p", { className: "fr-hint-text" }, "Valeurs à regarder : " + une.anomalies.map(function (un) { return un[0] + ", " + un[1] + " (" + nombre(un[2]) + ")"; }).join("\u202f; ") + ".") : null);
      })));
  }

  // --- The whole -----------------------------------------------------------------------------------

  function Champ(nom, titre, aide, reponses, repondre) {
    return creer("div", { className: "fr-input-group" },
      creer("label", { className: "fr-label", htmlFor: "reconnaitre-" + nom }, titre, creer("span", { className: "fr-hint-text" }, aide)),
      creer("input", { className: "fr-input", id: "reconnaitre-" + nom, maxLength: 120, value: reponses[nom], onChange: function (e) {
        var suite = Object.assign({}, reponses);
        suite[nom] = e.target.value;
        repondre(suite);
      } }));
  }

  function Reconnaissance(props) {
    var donnees = props.donnees;
    var etat = React.useState(null), gardee = etat[0], garder = etat[1];
    var alerte = React.useState(false), insiste = alerte[0], insister = alerte[1];
    var envoyees = React.useRef(null), travail = React.useRef(null);
    // What was answered while files were looked at again is not lost.
    React.useEffect(function () {
      if (gardee === envoyees.current || travail.current !== (donnees || {}).travail) garder(null);
      travail.current = (donnees || {}).travail;
      insister(false);
    }, [donnees]);
    React.useEffect(function () {
      var titre = donnees && (donnees.apport || donnees.refus) && document.getElementById("reconnaitre-resultat");
      if (titre) titre.focus();
    }, [donnees]);
    if (!donnees) return creer("div", { id: props.id });
    var reponses = gardee || vides(donnees), change = Boolean(gardee);
    var lus = donnees.fichiers.filter(function (f) { return f.genre !== "codes"; });
    var restent = lus.reduce(function (somme, f) { return somme + questions(reponses, f); }, 0);
    var proposees = lus.some(function (f) { return f.colonnes.some(function (une) { return !une.obligatoire && (une.etat === "à confirmer" && sansReponse(reponses, f, une) || valeursAttendues(reponses, f, une)); }); });
    function repondre(suite) { garder(suite); }
    function envoyer(quoi, suite) {
      envoyees.current = gardee === null && quoi !== "relire" ? null : suite;
      props.setProps({ reponse: { quoi: quoi, reponses: Object.assign({}, suite, { essayer: quoi !== "relire" }), rang: Date.now() } });
    }
    function relire(suite) { garder(suite); envoyer("relire", suite); }
    function toutAccepter() {
      var suite = reponses;
      lus.forEach(function (f) { suite = accepter(suite, f, f.colonnes.filter(function (une) { return !une.obligatoire; })); });
      repondre(suite);
    }
    function essayer() {
      if (restent) {
        insister(true);
        var premier = lus.filter(function (f) { return questions(reponses, f); })[0];
        document.getElementById("titre-" + premier.rang).focus();
      } else envoyer("essayer", reponses);
    }
    var pret = donnees.essai && !change && !(donnees.refus || []).length;
    return creer(
      "div", { id: props.id, className: "reconnaissance" },
      (donnees.change || []).map(function (un, rang) { return creer("p", { key: "c" + rang, className: "avertissement" }, un); }),
      donnees.avis.map(function (un, rang) { return creer("p", { key: "a" + rang, className: "avertissement" }, un); }),
      creer("div", { className: "restent" },
        creer("p", { role: "status", className: "fr-text--lead" }, restent ? "Il reste " + accorder(restent, "question", "questions") + "." : "Tout est répondu."),
        proposees ? creer("button", { type: "button", className: "fr-btn", onClick: toutAccepter }, "Tout ce qui est proposé me convient") : null),
      creer("ul", { className: "fichiers-recus" }, donnees.fichiers.map(function (f) { return Tuile(f, reponses); })),
      lus.filter(function (f) { return f.colonnes.length || f.a_choisir || f.possibles.length || f.genre === "inconnu"; }).map(function (f) {
        return creer(Fichier, { key: f.rang, fichier: f, donnees: donnees, reponses: reponses, repondre: repondre, relire: relire, occupe: props.occupe });
      }),
      creer("section", { className: "fr-callout", "aria-labelledby": "titre-suite" },
        creer("h2", { className: "fr-h5", id: "titre-suite" }, "Essayer"),
        Champ("source", "Nom de la source", "Qui envoie ces fichiers : elle sera reconnue le mois prochain.", reponses, repondre),
        Champ("departement", "Département", "Son code, par exemple 13.", reponses, repondre),
        (donnees.annees || []).length ? creer("p", null, "Ces fichiers sont de plusieurs années\u00a0: " + donnees.annees.join(", ") + ". Chacune sera chargée à son 31 décembre.") : Champ("arrete", "Données arrêtées au", "Le dernier jour d’un mois, par exemple 31/10/2026.", reponses, repondre),
        insiste && restent ? creer("p", { role: "alert", className: "fr-error-text" }, "Il reste " + accorder(restent, "question", "questions") + "\u00a0: y répondre d’abord.") : null,
        creer("button", { type: "button", className: "fr-btn" + (pret ? " fr-btn--secondary" : ""), onClick: essayer, disabled: props.occupe }, "Essayer sur 1 000 lignes")),
      (donnees.apport || (donnees.refus || []).length) && !change ? creer("div", null,
        creer("h2", { className: "fr-sr-only", id: "reconnaitre-resultat", tabIndex: -1 }, "Résultat de l’essai"),
        (donnees.refus || []).length ? creer("div", { className: "fr-callout", role: "alert" }, creer("p", null, (donnees.refus[1] ? donnees.refus[1] + "\u00a0: " : "") + donnees.refus[0]), creer("p", null, donnees.refus[2])) : null,
        donnees.apport ? Apport(donnees.apport) : null,
        donnees.essai ? Essai(donnees.essai) : null) : null,
      donnees.essai && change ? creer("p", { className: "avertissement" }, "Les réponses ont changé : essayer de nouveau avant d’utiliser ces fichiers.") : null,
      pret ? creer("div", { className: "fr-callout" },
        creer("p", null, "Rien n’est encore écrit. «\u202fUtiliser\u202f» garde ces réponses pour les mois suivants, et charge ces fichiers."),
        creer("button", { type: "button", className: "fr-btn", disabled: props.occupe, onClick: function () { envoyer("utiliser", reponses); } }, "Utiliser")) : null
    );
  }

  Object.assign(window.infocentre, { Reconnaissance: Reconnaissance });
})();
