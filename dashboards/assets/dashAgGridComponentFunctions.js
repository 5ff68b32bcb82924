// Cells of the grid: a link inside the application, and a rate with its sign.
var dagcomponentfuncs = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

(function () {
  var SIGNES = { vert: "●", orange: "▲", rouge: "■", a_traiter: "✖", effectif_insuffisant: "○", sans_objet: "s.o.", non_calculable: "n.c.", contexte: "" };
  var pourcent = new Intl.NumberFormat("fr-FR", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  var entier = new Intl.NumberFormat("fr-FR");

  function aller(evenement, adresse) {
    if (evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return;
    evenement.preventDefault();
    window.history.pushState({}, "", adresse);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  function lien(adresse, contenu, titre) {
    return React.createElement("a", { href: adresse, title: titre, onClick: function (e) { aller(e, adresse); } }, contenu);
  }

  dagcomponentfuncs.LienInterne = function (props) {
    return props.value ? lien(props.value.h, props.value.t, props.value.t) : null;
  };

  dagcomponentfuncs.CaseSuivi = function (props) {
    var c = props.value;
    if (!c) return React.createElement("span", null, "s.o.");
    var nombre = c.v === null || c.v === undefined ? "" : c.p ? pourcent.format(c.v) : entier.format(c.v);
    var mois = c.m === null || c.m === undefined ? "" : " (" + pourcent.format(c.m) + ")";
    var titre = entier.format(c.n || 0) + " sur " + entier.format(c.d || 0);
    return lien(c.h, [SIGNES[c.e] || "", nombre].filter(Boolean).join(" ") + mois, titre);
  };
})();
