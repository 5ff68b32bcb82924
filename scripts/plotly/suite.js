// What follows plotly.js in our file: French, fingers, paper.
(function () {
  "use strict";
  var module = { exports: {} };
  /* plotly.js-locales/fr.js */
  var locale = module.exports, Plotly = window.Plotly;
  locale.format.shortMonths = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
  locale.format.thousands = "\u202f";
  Plotly.register(locale);

  // A finger that slides over a chart scrolls the page; the bar of the chart zooms.
  var react = Plotly.react;
  Plotly.react = function (ou, figure) {
    if (figure.layout && !figure.layout.dragmode && window.matchMedia("(pointer: coarse)").matches) figure.layout.dragmode = false;
    return react.apply(this, arguments);
  };

  // A sheet of paper is narrower than a screen.
  function chaque(faire) {
    document.querySelectorAll(".js-plotly-plot").forEach(faire);
  }
  window.addEventListener("beforeprint", function () {
    chaque(function (gd) { Plotly.relayout(gd, { autosize: false, width: Math.min(gd.clientWidth, 690) }); });
  });
  window.addEventListener("afterprint", function () {
    chaque(function (gd) { Plotly.relayout(gd, { autosize: true, width: null }); });
  });
})();
