// Values of a query's result as French people write them, and the links that some of them are.
var dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
var dagcomponentfuncs = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

(function () {
  "use strict";
  var nombre = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });
  var petit = new Intl.NumberFormat("fr-FR", { maximumSignificantDigits: 3 });
  var pourcent = new Intl.NumberFormat("fr-FR", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

  // A day, and its time when it is not midnight: date_trunc makes instants of days.
  function instant(valeur) {
    var lu = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d))?/.exec(valeur);
    if (!lu) return String(valeur);
    return lu[3] + "/" + lu[2] + "/" + lu[1] + (lu[4] && lu[4] !== "00:00:00" ? " " + lu[4] : "");
  }

  function duree(valeur) {
    return String(valeur).replace(/(\d+) days?/, function (_, n) { return n + (Number(n) > 1 ? " jours" : " jour"); });
  }

  dagfuncs.ecrireValeur = function (params, genre) {
    var valeur = params.value;
    if (valeur === null || valeur === undefined) return "null";
    if (typeof valeur === "boolean") return valeur ? "oui" : "non";
    if (genre === "instant") return instant(valeur);
    if (genre === "duree") return duree(valeur);
    if (typeof valeur !== "number" || (genre === "code" && Number.isInteger(valeur))) return String(valeur);
    if (genre === "taux") return pourcent.format(valeur);
    return (Math.abs(valeur) < 1 ? petit : nombre).format(valeur);
  };

  // Tab leaves the rows: arrows move in them.
  dagfuncs.sortirDesLignes = function (params) {
    params.api.setGridOption("tabToNextCell", function () { return false; });
  };

  dagcomponentfuncs.Lien = function (props) {
    if (!props.value) return props.valueFormatted === "null" ? "null" : props.value;
    var adresse = props.vers + encodeURIComponent(props.value).replace("%40", "@");
    var suivre = props.vers.charAt(0) === "/" ? window.infocentre.suivre : undefined;
    return window.React.createElement("a", { href: adresse, onClick: suivre }, props.value);
  };
})();
