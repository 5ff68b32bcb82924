// The grid's own controls: search that goes with the typing, columns that are chosen.
(function () {
  "use strict";
  var GRILLE = "grille-suivi";

  function grille() {
    return document.getElementById(GRILLE) && window.dash_ag_grid ? window.dash_ag_grid.getApi(GRILLE) : null;
  }

  function simplifier(texte) {
    return texte.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().trim();
  }

  function suivreAdresse() {
    var cherche = new URL(window.location.href).searchParams.get("recherche") || "";
    window.infocentreRecherche = simplifier(cherche);
  }
  suivreAdresse();
  ["popstate", "_dashprivate_pushstate"].forEach(function (nom) { window.addEventListener(nom, suivreAdresse); });

  document.addEventListener("input", function (evenement) {
    var champ = evenement.target.closest("[data-recherche]");
    if (!champ) return;
    var adresse = new URL(window.location.href);
    if (champ.value.trim()) adresse.searchParams.set("recherche", champ.value.trim());
    else adresse.searchParams.delete("recherche");
    window.history.replaceState(window.history.state, "", adresse.pathname + adresse.search);
    window.infocentreRecherche = simplifier(champ.value);
    document.querySelectorAll("a[href^='/export/suivi.']").forEach(function (lien) {
      var export_ = new URL(lien.href);
      export_.searchParams.set("recherche", champ.value.trim());
      lien.setAttribute("href", export_.pathname + export_.search);
    });
    var api = grille();
    if (api) api.onFilterChanged();
  });
})();
