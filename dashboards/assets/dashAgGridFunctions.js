// Functions that AG Grid calls by name. A row's cells travel as one text, read when first shown:
// « position,état,numerateur,denominateur,numerateur beside,denominateur beside,rang,state beside,
// révisée;… ».
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

(function () {
  "use strict";
  var ETROIT = 768;
  var lues = new WeakMap();
  var POURCENT = new Intl.NumberFormat("fr-FR", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

  function nombre(texte) {
    return texte ? Number(texte) : null;
  }

  function lire(donnees, contexte) {
    var cases = {};
    donnees.c.split(";").forEach(function (texte) {
      var m = texte.split(",");
      var une = { e: contexte.etats[m[1]], n: nombre(m[2]), d: nombre(m[3]), n2: nombre(m[4]), d2: nombre(m[5]), r: nombre(m[6]), e2: m[7] ? contexte.etats[m[7]] : null, revisee: m[8] === "1" };
      une.masquee = une.n === null && une.e.unites;
      une.v = contexte.contenu === "numerateur" ? une.n : contexte.contenu === "rang" ? une.r : une.d ? une.n / une.d : null;
      cases[m[0]] = une;
    });
    return cases;
  }

  dagfuncs.lireCase = function (params, position) {
    if (!params.data || !params.data.c) return null;
    if (!lues.has(params.data)) lues.set(params.data, lire(params.data, params.context));
    return lues.get(params.data)[position] || null;
  };

  // Whichever the order, cells without a value come last.
  dagfuncs.comparerCases = function (a, b, noeudA, noeudB, descendant) {
    var x = a && a.v !== null ? a.v : null;
    var y = b && b.v !== null ? b.v : null;
    if (x === null || y === null) return (x === y ? 0 : x === null ? 1 : -1) * (descendant ? -1 : 1);
    return x - y;
  };

  dagfuncs.comparerNoms = function (a, b) {
    return (a || "").localeCompare(b || "", "fr", { numeric: true });
  };

  // Each group stays together behind its pooled row; the order asked for holds within a group.
  dagfuncs.garderGroupes = function (params) {
    if (!params.context.groupes) return;
    var ordonnes = params.nodes.map(function (noeud, rang) { return { noeud: noeud, rang: rang }; });
    ordonnes.sort(function (a, b) {
      var x = a.noeud.data, y = b.noeud.data;
      return x.o - y.o || (y.k ? 1 : 0) - (x.k ? 1 : 0) || a.rang - b.rang;
    });
    ordonnes.forEach(function (un, rang) { params.nodes[rang] = un.noeud; });
  };

  // Rouge and à traiter first, then orange; by name where they are as many.
  dagfuncs.problemes = function (params) {
    return params.data && params.data.p;
  };

  dagfuncs.comparerProblemes = function (a, b, noeudA, noeudB, descendant) {
    function poids(p) { return p ? (p[0] + p[1]) * 1000 + p[2] : -1; }
    return poids(a) - poids(b) || (descendant ? -1 : 1) * dagfuncs.comparerNoms(noeudA.data.nom, noeudB.data.nom);
  };

  // The order goes to the address and to the exports, which are then those of what is shown.
  dagfuncs.noterTri = function (params) {
    var triee = params.api.getColumnState().filter(function (une) { return une.sort; })[0];
    if (!triee || params.source !== "uiColumnSorted") return;
    var habituel = triee.colId === "nom" ? "asc" : "desc";
    var tri = (triee.sort === habituel ? "" : "-") + (triee.colId === "etat" ? "" : triee.colId);
    function ecrire(adresse) {
      if (tri) adresse.searchParams.set("tri", tri);
      else adresse.searchParams.delete("tri");
      return adresse.pathname + adresse.search;
    }
    window.history.replaceState(window.history.state, "", ecrire(new URL(window.location.href)));
    document.querySelectorAll("main a[href^='/export/suivi.'], main a[href^='/suivi?']").forEach(function (lien) {
      lien.setAttribute("href", ecrire(new URL(lien.href)));
    });
  };

  // What a cell says in one text, for paper.
  dagfuncs.direCase = function (valeur, colonne, contexte) {
    if (typeof valeur === "string") return { texte: valeur };
    if (Array.isArray(valeur)) {
      var signes = [2, 3, 1].map(function (rang, place) { return valeur[place] ? contexte.etats[rang].signe + " " + valeur[place] : ""; });
      return { texte: signes.filter(Boolean).join(" ") };
    }
    if (valeur && valeur.masquee) return { texte: (valeur.e.signe + " s").trim(), classe: "case-" + valeur.e.code };
    if (!valeur || !valeur.d) return { texte: (valeur ? valeur.e : colonne.cellRendererParams || {}).calculable === false ? "n.c." : colonne.cellRendererParams ? "s.o." : "" };
    var dit = valeur.v === null ? "–" : contexte.contenu === "taux" ? POURCENT.format(valeur.v) : String(valeur.v);
    return { texte: (valeur.e.signe + " " + dit).trim(), classe: "case-" + valeur.e.code };
  };

  dagfuncs.ouvrirCase = function (params) {
    var evenement = params.event;
    var lien = evenement && evenement.key === "Enter" && evenement.target.querySelector("a[href]");
    if (lien) lien.click();
  };

  // On a telephone the names leave room for the figures. Tab leaves the grid, arrows move in it.
  dagfuncs.ajuster = function (params) {
    if (window.innerWidth < ETROIT) params.api.setColumnWidths([{ key: "nom", newWidth: 132 }, { key: "etat", newWidth: 72 }]);
    function sortir() { return false; }
    params.api.setGridOption("tabToNextCell", sortir);
    params.api.setGridOption("tabToNextHeader", sortir);
  };

  dagfuncs.themeInfocentre = function (theme) {
    return theme.withParams({
      fontFamily: "Marianne, arial, sans-serif",
      fontSize: 13,
      headerFontSize: 12,
      accentColor: "#000091",
      headerBackgroundColor: "#f5f5fe",
      borderRadius: 0,
      wrapperBorderRadius: 0,
      cellHorizontalPadding: 8,
      headerColumnBorder: { color: "#dddddd" },
      columnBorder: { color: "#eeeeee" },
    });
  };
})();
