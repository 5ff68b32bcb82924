// Functions that AG Grid calls by name. A row's cells travel as one text, read when first shown:
// « position,état,numerateur,denominateur,numerateur beside,denominateur beside,rang,révisée;… ».
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});

(function () {
  "use strict";
  var ETROIT = 768;
  var lues = new WeakMap();

  function nombre(texte) {
    return texte ? Number(texte) : null;
  }

  function lire(donnees, contexte) {
    var cases = {};
    donnees.c.split(";").forEach(function (texte) {
      var m = texte.split(",");
      var une = { e: contexte.etats[m[1]], n: nombre(m[2]), d: nombre(m[3]), n2: nombre(m[4]), d2: nombre(m[5]), r: nombre(m[6]), revisee: m[7] === "1" };
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

  dagfuncs.rechercheActive = function () {
    return Boolean(window.infocentreRecherche);
  };

  dagfuncs.trouve = function (noeud) {
    return noeud.data.r.indexOf(window.infocentreRecherche) >= 0;
  };

  dagfuncs.ouvrirCase = function (params) {
    var evenement = params.event;
    var lien = evenement && evenement.key === "Enter" && evenement.target.querySelector("a[href]");
    if (lien) lien.click();
  };

  // On a telephone the names leave room for two columns of figures.
  dagfuncs.ajusterNoms = function (params) {
    if (window.innerWidth < ETROIT) params.api.setColumnWidths([{ key: "nom", newWidth: 144 }]);
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
