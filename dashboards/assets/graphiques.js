// A click on a mark of a chart goes to the address that the mark bears. Under a finger, the first
// touch shows what the mark says, the second one goes.
(function () {
  "use strict";
  var touche = "";
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    graphiques: {
      ouvrir: function () {
        var rien = window.dash_clientside.no_update;
        var cause = window.dash_clientside.callback_context.triggered[0];
        var points = (cause && cause.value && cause.value.points) || [];
        var lien = points.length ? [].concat(points[0].customdata)[0] : "";
        if (typeof lien !== "string" || lien[0] !== "/") return rien;
        var revenu = touche === lien;
        touche = revenu ? "" : lien;
        return revenu || !window.matchMedia("(pointer: coarse)").matches ? lien : rien;
      },
    },
  });
})();
