// Cells of the grid: a name, a rate with its sign and what stands beside it, a header that leads
// to its indicator.
var dagcomponentfuncs = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

(function () {
  "use strict";
  var pourcent = new Intl.NumberFormat("fr-FR", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  var entier = new Intl.NumberFormat("fr-FR");
  var creer = React.createElement;

  function aller(evenement, adresse) {
    if (evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return;
    evenement.preventDefault();
    window.history.pushState({}, "", adresse);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  function lien(adresse, precisions, contenu) {
    var attributs = Object.assign({ href: adresse, onClick: function (e) { aller(e, adresse); } }, precisions);
    return creer("a", attributs, contenu);
  }

  function sur(n, d) {
    return entier.format(n) + " sur " + entier.format(d);
  }

  function taux(n, d) {
    return !d ? "s.o." : n === null ? "s" : pourcent.format(n / d);
  }

  dagcomponentfuncs.NomSuivi = function (props) {
    var ligne = props.data;
    if (!ligne.h) return creer("span", { className: "nom-suivi", title: ligne.nom }, ligne.nom);
    return lien(ligne.h + "?" + props.context.adresse, { className: "nom-suivi", title: ligne.nom + " (" + ligne.id + ")", tabIndex: -1 }, ligne.nom);
  };

  dagcomponentfuncs.ProblemesSuivi = function (props) {
    var p = props.value, etats = props.context.etats;
    if (!p) return null;
    var dits = [[2, p[0]], [3, p[1]], [1, p[2]]].filter(function (un) { return un[1]; });
    return creer("span", { className: "problemes" }, dits.map(function (un) {
      var etat = etats[un[0]];
      return creer("b", { key: etat.code, className: "etat-" + etat.code, title: un[1] + " en " + etat.mot },
        creer("span", { role: "img", "aria-label": etat.mot }, etat.signe), " " + un[1]);
    }));
  };

  function principal(c, contenu) {
    if (c.masquee) return "s";
    if (contenu === "rang") return c.r === null ? "–" : entier.format(c.r) + (c.r === 1 ? "er" : "e");
    return contenu === "numerateur" ? entier.format(c.n) : taux(c.n, c.d);
  }

  function acote(c, contenu, periode) {
    if (c.masquee) return null;
    if (contenu === "rang") return taux(c.n, c.d);
    if (contenu === "numerateur") return "sur " + entier.format(c.d);
    // The month alone is said only where it is not judged as the 12 months are.
    if (c.d2 === null || !c.e2 || !c.e2.juge || c.e2.code === c.e.code) return null;
    return periode.replace(" :", "") + " " + c.e2.signe + " " + taux(c.n2, c.d2);
  }

  function description(c, props, periode) {
    if (c.masquee) return props.colDef.headerName + " : secret statistique";
    return [
      props.colDef.headerName + " : " + sur(c.n, c.d),
      taux(c.n, c.d),
      c.d2 === null ? null : periode + " " + (!c.d2 ? "sans objet" : c.n2 === null ? "s" : sur(c.n2, c.d2)),
      c.revisee ? "valeur révisée" : null,
    ].filter(Boolean).join(", ");
  }

  dagcomponentfuncs.CaseSuivi = function (props) {
    var c = props.value;
    var reglages = props.colDef.cellRendererParams;
    if (!c || (!c.d && !c.masquee)) {
      var calculable = c ? c.e.calculable : reglages.calculable;
      return creer("span", { className: "case case-absente", title: calculable ? "sans objet" : ["non calculable", reglages.motif].filter(Boolean).join(" : ") }, calculable ? "s.o." : "n.c.");
    }
    var contenu = props.context.contenu;
    var dit = description(c, props, reglages.periode);
    var signe = c.e.signe ? creer("span", { key: "s", role: "img", "aria-label": c.e.mot }, c.e.signe + " ") : null;
    var morceaux = [
      creer("small", { key: "m" }, acote(c, contenu, reglages.periode)),
      creer("b", { key: "v" }, [signe, principal(c, contenu) + (c.revisee ? " ʳ" : "")]),
    ];
    var precisions = { className: "case case-" + c.e.code, title: dit, tabIndex: -1 };
    var ligne = props.data;
    if (!props.context.demandes || ligne.k === "type" || ligne.k === "organisme") return creer("span", { className: precisions.className, title: dit }, morceaux);
    var guichet = ligne.k ? "" : "&guichet=" + encodeURIComponent(ligne.id);
    return lien("/demandes?" + props.context.adresse + "&code=" + reglages.code + guichet, precisions, morceaux);
  };

  // The grid listens to clicks on the whole header: the link must stop its own before the grid.
  function retenir(element) {
    if (!element || element.retenu) return;
    element.retenu = true;
    element.addEventListener("click", function (evenement) {
      evenement.stopPropagation();
      aller(evenement, element.getAttribute("href"));
    });
  }

  dagcomponentfuncs.EnteteIndicateur = function (props) {
    return creer("span", { className: "entete-suivi", title: props.displayName }, [
      props.tardive ? creer("span", { key: "t", role: "img", "aria-label": "saisie tardive probable", title: "Saisie tardive probable : une part des actes de ce mois arrivera dans les prochaines livraisons." }, "⚠ ") : null,
      creer("a", { key: "a", href: props.adresse, ref: retenir, tabIndex: -1 }, props.displayName),
    ]);
  };
})();
