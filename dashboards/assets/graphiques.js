// A click on a mark of a chart goes to the address that the mark bears, once it is known not to be
// the first of two, which show the whole chart again. Under a finger, the first touch shows what
// the mark says, the second one goes.
(function () {
  "use strict";
  var DEUX = 300; // milliseconds between two clicks that are one
  var presse = -DEUX, double = false, touche = "";
  document.addEventListener("mousedown", function (evenement) {
    double = evenement.timeStamp - presse < DEUX;
    presse = evenement.timeStamp;
  }, true);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    graphiques: {
      ouvrir: function () {
        var rien = window.dash_clientside.no_update;
        var cause = window.dash_clientside.callback_context.triggered[0];
        var points = (cause && cause.value && cause.value.points) || [];
        var lien = points.length ? [].concat(points[0].customdata)[0] : "";
        if (typeof lien !== "string" || lien[0] !== "/") return rien;
        if (window.matchMedia("(pointer: coarse)").matches) {
          var revenu = touche === lien;
          touche = revenu ? "" : lien;
          return revenu ? lien : rien;
        }
        return new Promise(function (rendre) {
          setTimeout(function () { rendre(double ? rien : lien); }, DEUX + 20);
        });
      },
    },
  });
})();
