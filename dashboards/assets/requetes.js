// The page Requêtes: the editor over its text area, run and cancel, the grid of the result, its
// chart, its exports, what is kept. The address always names the query that is on the screen.
(function () {
  "use strict";
  var PAR_PAGE = 100;
  var LIEN_MAX = 3000;
  var SERIES_MAX = 8;
  var TEXTE_MAX = 240;
  var ATTENTE_S = 120;
  var REPRISE_MS = 700;
  var MODULE = null;
  var CHAQUE = -2;
  var nombre = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });
  var petit = new Intl.NumberFormat("fr-FR", { maximumSignificantDigits: 3 });
  var entier = new Intl.NumberFormat("fr-FR");
  var secondes = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  var page = null;

  function creer(nom, attributs, contenu) {
    var element = document.createElement(nom);
    Object.entries(attributs || {}).forEach(function (un) {
      if (un[1] !== null && un[1] !== false) element.setAttribute(un[0], un[1] === true ? "" : un[1]);
    });
    [].concat(contenu === undefined ? [] : contenu).forEach(function (un) { if (un !== null) element.append(un); });
    return element;
  }

  function appeler(adresse, corps) {
    return fetch(adresse, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(corps) });
  }

  function demander(adresse, corps) {
    return appeler(adresse, corps).then(function (reponse) {
      return reponse.json().then(function (lu) {
        if (lu.refus || !reponse.ok) throw lu;
        return lu;
      });
    }).catch(function (erreur) {
      if (erreur && erreur.refus) throw erreur;
      throw { refus: alerte("Le serveur ne répond pas. Réessayer dans un instant."), place: [] };
    });
  }

  function alerte(texte) {
    return '<div class="fr-alert fr-alert--error fr-alert--sm"><p>' + texte + "</p></div>";
  }

  function pluriel(n, mot) {
    return entier.format(n) + " " + mot + (n > 1 ? "s" : "");
  }

  // ---- The editor ------------------------------------------------------------------------------

  function charger(adresse) {
    if (!MODULE) {
      MODULE = new Promise(function (fini, echec) {
        var script = creer("script", { src: adresse });
        script.onload = function () { fini(window.infocentreEditeur); };
        script.onerror = echec;
        document.head.append(script);
      });
    }
    return MODULE;
  }

  function preparer(formulaire) {
    if (page && page.formulaire === formulaire) return;
    if (page) quitter();
    var champ = formulaire.querySelector("textarea");
    page = { formulaire: formulaire, champ: champ, editeur: null, encours: null, export: null, resultat: null, gardee: champ.value, parametres: "" };
    var celle = page;
    celle.parametres = noms(champ.value);
    document.getElementById("resultat").replaceChildren();
    champ.addEventListener("input", changer);
    champ.addEventListener("keydown", function (evenement) {
      if (evenement.key === "Enter" && (evenement.ctrlKey || evenement.metaKey)) { evenement.preventDefault(); lancer(); }
    });
    var tables = fetch(formulaire.dataset.schema).then(function (r) { return r.json(); }).then(function (lu) {
      var bloc = document.querySelector("[data-tables]");
      if (page === celle && bloc) bloc.innerHTML = lu.html;
      return lu;
    }).catch(function () { return { tables: [] }; });
    charger(formulaire.dataset.script).then(function (module) {
      if (page !== celle) return;
      celle.editeur = module.creer(champ, tables, { parent: champ.parentNode, nom: "Requête SQL", aide: "sql-aide", executer: lancer, changer: changer });
      champ.hidden = true;
      formulaire.querySelector("label[for='sql']").addEventListener("click", celle.editeur.focaliser);
    }).catch(function () {});  // the text area stays: everything but highlighting works with it
  }

  // Nobody waits any more for a query whose page is left.
  function quitter() {
    [page.encours, page.export].forEach(function (une) {
      if (!une) return;
      une.abandon = true;
      navigator.sendBeacon("/requetes/annuler", new Blob([JSON.stringify({ identifiant: une.identifiant })], { type: "application/json" }));
    });
    if (page.editeur) page.editeur.fermer();
    page = null;
  }

  function texte() {
    return page.champ.value;
  }

  function ecrire(sql) {
    if (page.editeur) page.editeur.ecrire(sql);
    else { page.champ.value = sql; changer(); }
    window.scrollTo({ top: 0 });
  }

  function inserer(mot) {
    if (page.editeur) { page.editeur.inserer(mot); return; }
    page.champ.setRangeText(mot, page.champ.selectionStart, page.champ.selectionEnd, "end");
    page.champ.focus();
  }

  // What the form of the parameters depends on: their names, and the header that describes them.
  function noms(sql) {
    var entete = /^(?:--.*(?:\n|$))*/.exec(sql)[0];
    var nommes = sql.match(/\$[a-z_]\w*/gi) || [];
    return nommes.length || /^-- parametre/m.test(entete) ? entete + nommes.join(" ") : "";
  }

  var attente = null;
  function changer() {
    clearTimeout(attente);
    attente = setTimeout(function () {
      if (noms(texte()) === page.parametres) return;
      page.parametres = noms(texte());
      demander("/requetes/parametres", { sql: texte(), parametres: valeurs() }).then(function (lu) {
        page.formulaire.querySelector("[data-parametres]").innerHTML = lu.champs;
      }).catch(function (erreur) {
        if (erreur.motif !== "occupe" || !page) return;
        page.parametres = null;
        changer();
      });
    }, 500);
  }

  // The list of a parameter is a query: it runs when it is asked for.
  function lireListe(bouton) {
    var celle = page;
    var nom = bouton.dataset.liste;
    bouton.disabled = true;
    bouton.textContent = "Lecture de la liste…";
    var debut = performance.now();
    insister({ duree: function () { return (performance.now() - debut) / 1000; } }, function () { return demander("/requetes/liste", { sql: texte(), parametres: valeurs(), nom: nom }); }).then(function (lu) {
      var groupe = bouton.closest("[data-champ]");
      var neuf = creer("div");
      neuf.innerHTML = lu.champ;
      groupe.replaceWith(neuf.firstElementChild);
      var choix = document.getElementById("p-" + nom);
      if (choix) choix.focus();
    }).catch(function (erreur) {
      bouton.disabled = false;
      bouton.textContent = "Charger la liste";
      if (page === celle) document.getElementById("resultat").innerHTML = erreur.refus;
    });
  }

  function valeurs() {
    var lues = {};
    new FormData(page.formulaire).forEach(function (valeur, nom) {
      if (nom.startsWith("p_")) lues[nom.slice(2)] = valeur;
    });
    return lues;
  }

  // ---- The address -----------------------------------------------------------------------------

  function lien() {
    var donnees = page.formulaire.dataset;
    var parametres = new URLSearchParams();
    var inchangee = texte() === page.gardee;
    if (donnees.id && inchangee) parametres.set("requete", donnees.id);
    else if (donnees.bibliotheque && inchangee) parametres.set("bibliotheque", donnees.bibliotheque);
    else parametres.set("sql", texte());
    Object.entries(valeurs()).forEach(function (une) { if (une[1]) parametres.set("p_" + une[0], une[1]); });
    var adresse = "/requetes?" + parametres.toString();
    return adresse.length <= LIEN_MAX ? adresse : null;
  }

  function situer() {
    window.history.replaceState(window.history.state, "", lien() || "/requetes");
  }

  function copier() {
    situer();
    var adresse = lien();
    if (!adresse) { dire("Requête trop longue pour un lien : l'enregistrer, puis copier le lien."); return; }
    var entiere = window.location.origin + adresse;
    var privee = page.formulaire.dataset.id && texte() === page.gardee && !page.formulaire.dataset.partagee;
    var suite = privee ? " Requête privée : vous seul pouvez l'ouvrir." : "";
    navigator.clipboard.writeText(entiere).then(function () { dire("Lien copié." + suite); }, function () { dire("Le lien est dans la barre d'adresse." + suite); });
  }

  // ---- Run, cancel -----------------------------------------------------------------------------

  function dire(message) {
    page.formulaire.querySelector("[data-temps]").textContent = message;
  }

  function occuper(oui) {
    page.formulaire.querySelector("[data-executer]").disabled = oui;
    page.formulaire.querySelector("[data-annuler]").hidden = !oui;
    document.getElementById("resultat").setAttribute("aria-busy", String(oui));
  }

  // What this query is stopped by; nobody else can guess it.
  function nommerRequete() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (o) { return o.toString(16).padStart(2, "0"); }).join("");
  }

  // A call on its way, whose progress is said: it may have to wait for its turn.
  function partir(identifiant, mot, dire) {
    var debut = performance.now();
    var course = { identifiant: identifiant, attend: false, abandon: false, duree: function () { return (performance.now() - debut) / 1000; } };
    var horloge = setInterval(function () {
      var quoi = course.abandon ? "Arrêt" : course.attend ? "En attente, d'autres requêtes sont en cours" : mot;
      dire(quoi + "… " + secondes.format(course.duree()) + " s");
    }, 200);
    var sonde = setInterval(function () {
      if (identifiant) demander("/requetes/etat", { identifiant: identifiant }).then(function (lu) { if (lu.etat) course.attend = lu.etat === "attente"; }).catch(function () {});
    }, 1000);
    course.finir = function () { clearInterval(horloge); clearInterval(sonde); };
    dire(mot + "…");
    return course;
  }

  // Nobody is sent away because others ask: the call is made again until there is a place.
  function insister(course, faire) {
    return faire().catch(function (erreur) {
      if (!erreur || erreur.motif !== "occupe" || course.duree() > ATTENTE_S) throw erreur;
      course.attend = true;
      return new Promise(function (suite) { setTimeout(suite, REPRISE_MS); }).then(function () {
        if (course.abandon) throw { motif: "annulee", refus: alerte("<b>La requête a été annulée.</b>"), place: [] };
        return insister(course, faire);
      });
    });
  }

  function arreter(course) {
    if (!course) return;
    course.abandon = true;
    demander("/requetes/annuler", { identifiant: course.identifiant }).catch(function () {});
  }

  function lancer() {
    if (page.encours || !page.formulaire.reportValidity()) return;
    var celle = page;
    var course = partir(nommerRequete(), "En cours", function (mot) { if (page === celle) dire(mot); });
    celle.encours = course;
    arreter(celle.export);
    if (celle.editeur) celle.editeur.signaler(null);
    occuper(true);
    var envoye = { sql: texte(), parametres: valeurs(), identifiant: course.identifiant };
    situer();
    insister(course, function () { return demander("/requetes/executer", envoye); }).then(function (lu) {
      var duree = course.duree();
      celle.resultat = Object.assign(lu, { envoye: envoye, debut: 0, dessin: null });
      return function () { montrer(lu, duree); };
    }, function (erreur) {
      return function () { refuser(erreur); };
    }).then(function (finir) {
      course.finir();
      celle.encours = null;
      if (page !== celle) return;
      occuper(false);
      finir();
      rafraichir();
    });
  }

  function annuler() {
    arreter(page.encours);
  }

  function refuser(erreur) {
    page.resultat = null;
    dire(erreur.motif === "annulee" ? "Requête annulée." : "");
    var bloc = document.getElementById("resultat");
    bloc.innerHTML = erreur.refus;
    setTimeout(function () { voir(bloc); }, 100);  // once the editor has shown the place
    if (page.editeur && erreur.place && erreur.place[0]) page.editeur.signaler(erreur.quoi, erreur.place[0], erreur.place[1], erreur.place[2]);
  }

  function rafraichir() {
    var champ = document.querySelector("[data-chercher-requete]");
    demander("/requetes/listes", { recherche: champ ? champ.value : "" }).then(poser).catch(function () {});
  }

  function poser(listes) {
    ["gardees", "executions"].forEach(function (nom) {
      var bloc = document.getElementById(nom);
      if (bloc && listes[nom] !== undefined) bloc.innerHTML = listes[nom];
    });
  }

  // ---- The grid --------------------------------------------------------------------------------

  var NUMERIQUES = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/;
  // Numbers that are names: neither thousands nor sums.
  var NOMS_CHIFFRES = /^(ann[ée]e|mois|code|rang|ordre|siren)/i;
  var TAUX = /^(part|taux|évolution)(_.*)?$/;

  function numerique(colonne) {
    return NUMERIQUES.test(colonne[1]);
  }

  function lisible(valeur, colonne) {
    if (valeur === null) return "";
    if (typeof valeur === "boolean") return valeur ? "oui" : "non";
    if (typeof valeur === "number") return chiffres(valeur, colonne[0]);
    if (/^DATE$|^TIMESTAMP/.test(colonne[1])) return instant(valeur);
    return colonne[1] === "INTERVAL" ? duree(valeur) : String(valeur);
  }

  function chiffres(valeur, nom) {
    if (NOMS_CHIFFRES.test(nom) && Number.isInteger(valeur)) return String(valeur);
    return TAUX.test(nom) ? pourcent(valeur) : (Math.abs(valeur) < 1 ? petit : nombre).format(valeur);
  }

  // A day, and its time when it is not midnight: date_trunc makes instants of days.
  function instant(valeur) {
    var lu = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d))?/.exec(valeur);
    if (!lu) return String(valeur);
    return lu[3] + "/" + lu[2] + "/" + lu[1] + (lu[4] && lu[4] !== "00:00:00" ? " " + lu[4] : "");
  }

  function duree(valeur) {
    return String(valeur).replace(/(\d+) days?/, function (_, jours) { return pluriel(Number(jours), "jour"); });
  }

  function pourcent(valeur) {
    return new Intl.NumberFormat("fr-FR", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(valeur);
  }

  function montrer(lu, duree) {
    var bloc = document.getElementById("resultat");
    dire("");
    var combien = lu.tronque ? "Les " + entier.format(lu.lignes.length) + " premières lignes" : lu.lignes.length ? pluriel(lu.lignes.length, "ligne") : "Aucune ligne";
    var suite = lu.tronque ? " : l'écran n'en montre pas plus, les exports donnent le résultat entier." : ".";
    var resume = creer("p", { role: "status", class: "resume" }, [creer("b", {}, combien), " en " + secondes.format(duree) + " s" + suite]);
    bloc.replaceChildren(creer("h2", { class: "fr-h5" }, "Résultat"), resume);
    if (lu.lignes.length) bloc.append(outils(lu), creer("div", { id: "dessin", hidden: true }));
    bloc.append(creer("div", { id: "grille" }));
    paginer(0);
    voir(bloc);
  }

  // On a small screen the answer comes under the tables: bring its beginning into sight.
  function voir(bloc) {
    var haut = bloc.getBoundingClientRect().top;
    if (haut < 0 || haut > 0.8 * window.innerHeight) bloc.scrollIntoView();
  }

  function outils(lu) {
    var boutons = [];
    if (lu.colonnes.some(numerique)) boutons.push(creer("button", { type: "button", class: "fr-btn fr-btn--secondary fr-btn--sm", "data-graphique": "", "aria-expanded": "false", "aria-controls": "dessin" }, "Graphique"));
    ["csv", "xlsx", "parquet"].forEach(function (format) {
      boutons.push(creer("button", { type: "button", class: "fr-btn fr-btn--tertiary fr-btn--sm", "data-exporter": format }, "Exporter en " + format));
    });
    boutons.push(creer("button", { type: "button", class: "fr-btn fr-btn--secondary fr-btn--sm", "data-export-annuler": "", hidden: true }, "Annuler l'export"));
    boutons.push(creer("span", { class: "temps", "data-export-dit": "", role: "status" }));
    return creer("div", { class: "actions ecran" }, boutons);
  }

  function paginer(debut) {
    var lu = page.resultat;
    lu.debut = debut;
    var lignes = lu.lignes.slice(debut, debut + PAR_PAGE);
    var entete = creer("tr", {}, [creer("th", { scope: "col" }, "n°")].concat(lu.colonnes.map(function (c) {
      return creer("th", { scope: "col", class: numerique(c) ? "nombre" : null, title: c[1] }, c[0]);
    })));
    var corps = lignes.map(function (ligne, rang) {
      return creer("tr", {}, [creer("th", { scope: "row" }, entier.format(debut + rang + 1))].concat(ligne.map(function (valeur, i) {
        return cellule(valeur, lu.colonnes[i]);
      })));
    });
    var de = "Lignes " + entier.format(debut + 1) + " à " + entier.format(debut + lignes.length) + " sur " + entier.format(lu.lignes.length);
    var dit = lu.lignes.length > PAR_PAGE ? creer("caption", {}, de) : creer("caption", { class: "fr-sr-only" }, "Résultat de la requête");
    var table = creer("table", {}, [dit, creer("thead", {}, entete), creer("tbody", {}, corps)]);
    var cadre = creer("div", { class: "tableau grille-requete", role: "region", tabindex: "0", "aria-label": "Résultat de la requête" }, table);
    document.getElementById("grille").replaceChildren(cadre, pages(debut, lu.lignes.length));
  }

  // What is unknown is told from an empty text; a long text is opened on demand.
  function cellule(valeur, colonne) {
    if (valeur === null) return creer("td", { class: numerique(colonne) ? "nombre nul" : "nul" }, "null");
    var dit = lisible(valeur, colonne);
    if (numerique(colonne)) return creer("td", { class: "nombre", title: String(valeur) === dit ? null : String(valeur) }, dit);
    var classe = dit.indexOf("\n") >= 0 ? "tel-quel" : null;
    if (classe || dit.length <= TEXTE_MAX) return creer("td", { class: classe }, dit);
    var suite = creer("button", { type: "button", "data-lire": "" }, "lire la suite");
    var texte = creer("span", {}, dit.slice(0, TEXTE_MAX) + "… ");
    texte.entier = dit;
    return creer("td", {}, [texte, suite]);
  }

  function lireSuite(bouton) {
    var texte = bouton.previousSibling;
    texte.textContent = texte.entier;
    bouton.remove();
  }

  function pages(debut, total) {
    var nav = creer("nav", { class: "pages ecran", "aria-label": "Pages du résultat" });
    if (total <= PAR_PAGE) return nav;
    var derniere = Math.floor((total - 1) / PAR_PAGE) * PAR_PAGE;
    [["Première", 0], ["Précédente", debut - PAR_PAGE], ["Suivante", debut + PAR_PAGE], ["Dernière", derniere]].forEach(function (une) {
      var inutile = une[1] < 0 || une[1] > derniere || une[1] === debut;
      nav.append(creer("button", { type: "button", class: "fr-btn fr-btn--tertiary fr-btn--sm", "data-page": une[1], disabled: inutile }, une[0]));
    });
    nav.append(creer("span", {}, "page " + entier.format(debut / PAR_PAGE + 1) + " sur " + entier.format(derniere / PAR_PAGE + 1)));
    return nav;
  }

  // ---- The chart -------------------------------------------------------------------------------

  function distincts(lu, i) {
    return new Set(lu.lignes.map(function (ligne) { return ligne[i]; })).size;
  }

  // The first column of names that says something, cut by the next one when names come back.
  function proposer(lu) {
    var rangs = lu.colonnes.map(function (_, i) { return i; });
    var mesures = rangs.filter(function (i) { return numerique(lu.colonnes[i]) && !NOMS_CHIFFRES.test(lu.colonnes[i][0]); });
    if (!mesures.length) mesures = rangs.filter(function (i) { return numerique(lu.colonnes[i]); });
    var textes = rangs.filter(function (i) { return mesures.indexOf(i) < 0; });
    var parlants = textes.filter(function (i) { return distincts(lu, i) > 1; });
    var abscisse = parlants.length ? nommant(lu, parlants) : textes.length ? textes[0] : CHAQUE;
    var serie = -1;
    if (abscisse >= 0 && distincts(lu, abscisse) < lu.lignes.length) {
      var coupes = parlants.filter(function (i) { return i !== abscisse && distincts(lu, i) <= SERIES_MAX && uniques(lu, abscisse, i); });
      if (coupes.length) serie = coupes[0];
      else abscisse = CHAQUE;
    }
    var forme = temporel(lu, abscisse) ? (serie < 0 ? "courbe" : "colonnes") : serie < 0 && courts(lu, abscisse) ? "colonnes" : "barres";
    return { abscisse: abscisse, mesure: mesures.length ? mesures[0] : -1, serie: serie, forme: forme };
  }

  // A code gives way to the name that says the same: G1302, then « Provence Habitat ».
  function nommant(lu, parlants) {
    var premier = parlants[0];
    if (lu.lignes.some(function (ligne) { return /[a-zà-ÿ]/.test(String(ligne[premier])); }) || temporel(lu, premier)) return premier;
    var noms = parlants.filter(function (i) { return distincts(lu, i) === distincts(lu, premier) && lu.lignes.some(function (ligne) { return /[a-zà-ÿ]{2}/.test(String(ligne[i])); }); });
    return noms.length ? noms[0] : premier;
  }

  function courts(lu, i) {
    return lu.lignes.length <= 6 && lu.lignes.every(function (ligne) { return i < 0 || String(ligne[i]).length <= 14; });
  }

  function temporel(lu, i) {
    return i >= 0 && lu.lignes.every(function (ligne) { return ligne[i] === null || /^\d{4}(-\d\d|-T\d)?(-\d\d( 00:00:00)?)?$/.test(String(ligne[i])); });
  }

  // Days that are all the first of their month are months.
  function mensuel(lu, i) {
    return temporel(lu, i) && lu.lignes.every(function (ligne) { return ligne[i] === null || /^\d{4}-\d\d-01/.test(String(ligne[i])); });
  }

  function uniques(lu, i, j) {
    return new Set(lu.lignes.map(function (ligne) { return JSON.stringify([ligne[i], ligne[j]]); })).size === lu.lignes.length;
  }

  function ouvrirDessin(bouton) {
    var bloc = document.getElementById("dessin");
    var ouvert = bloc.hidden;
    bloc.hidden = !ouvert;
    bouton.setAttribute("aria-expanded", String(ouvert));
    if (!ouvert || bloc.firstChild) return;
    var lu = page.resultat;
    lu.dessin = proposer(lu);
    bloc.append(reglages(lu), creer("div", { id: "image" }));
    dessiner();
  }

  function reglages(lu) {
    var formes = creer("fieldset", { class: "formes" }, [creer("legend", {}, "Forme")].concat([["barres", "Barres"], ["colonnes", "Colonnes"], ["courbe", "Courbe"]].map(function (une) {
      return creer("label", {}, [creer("input", { type: "radio", name: "forme", value: une[0], "data-dessin": "forme", checked: lu.dessin.forme === une[0] }), " " + une[1]]);
    })));
    var toutes = lu.colonnes.map(function (c, i) { return [i, c[0]]; });
    var nombres = toutes.filter(function (une) { return numerique(lu.colonnes[une[0]]); });
    return creer("div", { class: "reglages ecran" }, [
      formes,
      selection("mesure", "Montrer", nombres, lu.dessin.mesure),
      selection("abscisse", "Par", toutes.concat([[CHAQUE, "chaque ligne"]]), lu.dessin.abscisse),
      selection("serie", "Découper par", [[-1, "–"]].concat(toutes), lu.dessin.serie),
    ]);
  }

  function selection(nom, libelle, options, choisie) {
    var champ = creer("select", { class: "fr-select", id: "dessin-" + nom, "data-dessin": nom }, options.map(function (une) {
      return creer("option", { value: une[0], selected: une[0] === choisie }, une[1]);
    }));
    return creer("div", {}, [creer("label", { class: "fr-label", for: "dessin-" + nom }, libelle), champ]);
  }

  function nommer(lu, ligne, rang) {
    var d = lu.dessin;
    if (d.abscisse !== CHAQUE && mensuel(lu, d.abscisse) && ligne[d.abscisse]) return ligne[d.abscisse].slice(0, 7);
    if (d.abscisse !== CHAQUE) return lisible(ligne[d.abscisse], lu.colonnes[d.abscisse]) || "non renseigné";
    var textes = ligne.filter(function (_, i) { return !numerique(lu.colonnes[i]) && distincts(lu, i) > 1; });
    return textes.join(", ") || entier.format(rang + 1);
  }

  // Parts and their total are not stacked together.
  function sansTotaux(lu) {
    var j = lu.dessin.serie;
    if (j < 0) return lu.lignes;
    var parts = lu.lignes.filter(function (ligne) { return !/^(tou(s|te|tes)|total|ensemble)$/i.test(String(ligne[j])); });
    return parts.length ? parts : lu.lignes;
  }

  // Time runs from left to right, whatever the order of the rows.
  function ranger(lu) {
    var i = lu.dessin.abscisse;
    var lignes = sansTotaux(lu);
    if (lu.dessin.forme === "barres" || !temporel(lu, i)) return lignes;
    return lignes.slice().sort(function (a, b) { return String(a[i]).localeCompare(String(b[i])); });
  }

  function dessiner() {
    var lu = page.resultat;
    var image = document.getElementById("image");
    var d = lu.dessin;
    var lignes = ranger(lu).slice(0, 1000).map(function (ligne, rang) {
      return [nommer(lu, ligne, rang), d.serie < 0 ? "" : lisible(ligne[d.serie], lu.colonnes[d.serie]) || "non renseigné", ligne[d.mesure]];
    });
    var abscisse = d.abscisse === CHAQUE ? "ligne" : lu.colonnes[d.abscisse][0];
    var corps = { forme: d.forme, abscisse: abscisse, mesure: lu.colonnes[d.mesure][0], lignes: lignes, largeur: image.clientWidth };
    demander("/requetes/graphique", corps).then(function (dessin) {
      if (page.resultat !== lu) return;
      var total = ranger(lu).length;
      var note = dessin.dessinees < total ? "Les " + entier.format(dessin.dessinees) + " premières lignes sur " + entier.format(total) + "." : total < lu.lignes.length ? "Sans les lignes de total." : "";
      var cadre = creer("div", { role: "img", "aria-label": dessin.titre });
      cadre.innerHTML = dessin.svg;
      image.replaceChildren(creer("h3", { class: "fr-h6" }, dessin.titre), creer("figure", { class: "graphique" }, cadre), creer("p", { class: "fr-hint-text" }, note));
    }).catch(function (erreur) { image.innerHTML = erreur.refus; });
  }

  // ---- Exports, what is kept -------------------------------------------------------------------

  function exporter(format) {
    var celle = page;
    var lu = page.resultat;
    if (celle.export) return;
    var dit = document.querySelector("[data-export-dit]");
    var arret = document.querySelector("[data-export-annuler]");
    var course = partir(nommerRequete(), "Préparation du fichier", function (mot) { dit.textContent = mot; });
    celle.export = course;
    arret.hidden = false;
    var envoye = Object.assign({ titre: titre() }, lu.envoye, { identifiant: course.identifiant });
    insister(course, function () {
      return appeler("/requetes/export/" + format, envoye).then(function (reponse) {
        if (reponse.ok && !/json/.test(reponse.headers.get("Content-Type"))) return reponse;
        return reponse.json().then(function (erreur) { throw erreur; });
      });
    }).then(function (reponse) {
      return reponse.blob().then(function (contenu) {
        var nomme = /filename="?([^";]+)/.exec(reponse.headers.get("Content-Disposition") || "");
        var adresse = URL.createObjectURL(contenu);
        creer("a", { href: adresse, download: nomme ? nomme[1] : "resultat." + format }).click();
        setTimeout(function () { URL.revokeObjectURL(adresse); }, 60000);
        return "Fichier prêt.";
      });
    }).catch(function (erreur) {
      if (erreur && erreur.motif === "annulee") return "Export annulé.";
      return erreur && erreur.refus ? erreur.refus : alerte("L'export n'a pas abouti. Réessayer.");
    }).then(function (suite) {
      course.finir();
      celle.export = null;
      arret.hidden = true;
      dit.innerHTML = suite;
    });
  }

  function titre() {
    var h = page.formulaire.querySelector("[data-origine] h2");
    return h && texte() === page.gardee ? h.firstChild.textContent.trim() : "";
  }

  function garder(formulaire) {
    var donnees = new FormData(formulaire);
    var mienne = page.formulaire.dataset.mienne && !donnees.get("copie");
    var corps = { id: mienne ? page.formulaire.dataset.id : "", titre: donnees.get("titre"), sql: texte(), partagee: Boolean(donnees.get("partagee")) };
    demander("/requetes/garder", corps).then(function (lu) {
      Object.assign(page.formulaire.dataset, { id: lu.id, mienne: "oui", bibliotheque: "", partagee: corps.partagee ? "oui" : "" });
      page.gardee = corps.sql;
      formulaire.hidden = true;
      document.querySelector("[data-ouvrir='garder']").setAttribute("aria-expanded", "false");
      formulaire.querySelector("[data-copie]").hidden = false;
      formulaire.querySelector("[name='copie']").checked = false;
      page.formulaire.querySelector("[data-origine]").replaceChildren(creer("h2", { class: "fr-h6" }, [lu.titre + " ", creer("small", {}, "la vôtre, " + (corps.partagee ? "partagée" : "privée"))]));
      situer();
      poser(lu);
      dire("Requête enregistrée.");
    }).catch(function (erreur) { document.getElementById("resultat").innerHTML = erreur.refus; });
  }

  function supprimer(bouton) {
    if (!window.confirm("Supprimer la requête « " + bouton.dataset.titre + " » ?")) return;
    demander("/requetes/supprimer", { id: bouton.dataset.supprimer }).then(function (lu) {
      if (page.formulaire.dataset.id === bouton.dataset.supprimer) Object.assign(page.formulaire.dataset, { id: "", mienne: "" });
      poser(lu);
      dire("Requête supprimée.");
    }).catch(function (erreur) { document.getElementById("resultat").innerHTML = erreur.refus; });
  }

  function filtrerTables(cherche) {
    var mot = cherche.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().trim();
    document.querySelectorAll("[data-table]").forEach(function (table) {
      var trouvees = 0;
      table.querySelectorAll(":scope > ul > li").forEach(function (colonne) {
        var dit = colonne.textContent.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
        colonne.hidden = Boolean(mot) && dit.indexOf(mot) < 0;
        if (!colonne.hidden) trouvees += 1;
      });
      var nommee = table.querySelector("summary").textContent.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().indexOf(mot) >= 0;
      if (nommee) table.querySelectorAll(":scope > ul > li").forEach(function (colonne) { colonne.hidden = false; });
      table.hidden = Boolean(mot) && !nommee && !trouvees;
      table.open = Boolean(mot) && !nommee && trouvees > 0;
    });
  }

  // ---- From a query to an indicator -------------------------------------------------------------

  function essayer(formulaire) {
    var bouton = formulaire.querySelector("[data-essayer]");
    var dit = formulaire.querySelector("[data-essai-dit]");
    var bloc = document.getElementById("apercu");
    var course = partir("", "Calcul en cours", function (mot) { dit.textContent = mot; });
    bouton.disabled = true;
    var envoye = Object.fromEntries(new FormData(formulaire));
    envoye.largeur = bloc.clientWidth;
    insister(course, function () { return demander("/requetes/indicateur/essayer", envoye); }).then(function (lu) {
      bloc.innerHTML = lu.html;
    }, function (erreur) { bloc.innerHTML = erreur.refus; }).then(function () {
      course.finir();
      dit.textContent = "";
      bouton.disabled = false;
      bloc.scrollIntoView({ block: "nearest" });
    });
  }

  function versIndicateur() {
    var donnees = page.formulaire.dataset;
    var parametres = new URLSearchParams(donnees.id && texte() === page.gardee ? { requete: donnees.id } : { sql: texte() });
    window.history.pushState({}, "", "/requetes/indicateur?" + parametres.toString());
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  // ---- Events ----------------------------------------------------------------------------------

  function surClic(evenement) {
    var bouton = evenement.target.closest("button");
    if (!bouton || !page || !page.formulaire.isConnected) return;
    var d = bouton.dataset;
    if ("annuler" in d) annuler();
    else if ("exportAnnuler" in d) arreter(page.export);
    else if ("lien" in d) copier();
    else if ("indicateur" in d) versIndicateur();
    else if ("liste" in d) lireListe(bouton);
    else if ("inserer" in d) inserer(d.inserer);
    else if ("reprendre" in d) ecrire(d.reprendre);
    else if ("supprimer" in d) supprimer(bouton);
    else if ("lire" in d) lireSuite(bouton);
    else if ("page" in d) { paginer(Number(d.page)); document.getElementById("grille").scrollIntoView(); }
    else if ("graphique" in d) ouvrirDessin(bouton);
    else if ("exporter" in d) exporter(d.exporter);
    else if (d.ouvrir === "garder") {
      var panneau = document.getElementById("garder");
      panneau.hidden = !panneau.hidden;
      bouton.setAttribute("aria-expanded", String(!panneau.hidden));
      if (!panneau.hidden) panneau.querySelector("input").focus();
    }
  }

  window.addEventListener("pagehide", function () { if (page) quitter(); });
  document.addEventListener("click", surClic);
  document.addEventListener("submit", function (evenement) {
    if (evenement.target.closest("[data-requete]")) { evenement.preventDefault(); lancer(); }
    else if (evenement.target.closest("[data-candidat]")) { evenement.preventDefault(); essayer(evenement.target); }
    else if (evenement.target.closest("[data-garder]")) { evenement.preventDefault(); garder(evenement.target); }
  });
  document.addEventListener("change", function (evenement) {
    var nom = evenement.target.dataset && evenement.target.dataset.dessin;
    if (!nom || !page || !page.resultat) return;
    page.resultat.dessin[nom] = nom === "forme" ? evenement.target.value : Number(evenement.target.value);
    dessiner();
  });
  document.addEventListener("input", function (evenement) {
    if (evenement.target.matches("[data-chercher-colonne]")) filtrerTables(evenement.target.value);
    if (evenement.target.matches("[data-chercher-requete]")) { clearTimeout(attente); attente = setTimeout(rafraichir, 300); }
  });

  new MutationObserver(function () {
    var formulaire = document.querySelector("form[data-requete]");
    if (formulaire) preparer(formulaire);
    else if (page) quitter();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
