// What follows plotly.js in our file: French, fingers, paper.
(function () {
  "use strict";
  var module = { exports: {} };
  /* plotly.js-locales/fr.js */
  var locale = module.exports, Plotly = window.Plotly;
  locale.format.shortMonths = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
  locale.format.thousands = "\u202f";
  Plotly.register(locale);

  // Charts of a page are drawn one after the other, and what people do goes between.
  var react = Plotly.react, derniere = Promise.resolve();
  Plotly.react = function (ou, figure) {
    // A finger that slides over a chart scrolls the page; the bar of the chart zooms.
    if (figure.layout && !figure.layout.dragmode && window.matchMedia("(pointer: coarse)").matches) figure.layout.dragmode = false;
    derniere = derniere.then(function () {
      return new Promise(function (suivre) { setTimeout(suivre); });
    }).then(function () {
      return ou.isConnected ? react(ou, figure) : ou;
    }).catch(function (erreur) { console.error(erreur); });
    return derniere;
  };

  // A sheet of paper is narrower than a screen.
  function chaque(faire) {
    document.querySelectorAll(".js-plotly-plot").forEach(faire);
  }
  window.addEventListener("beforeprint", function () {
    chaque(function (gd) {
      var large = Math.min(gd.clientWidth, 690), place = gd.closest(".trace");
      var taille = { autosize: false, width: large };
      if (place && place.style.aspectRatio) taille.height = gd.clientHeight * large / gd.clientWidth;
      Plotly.relayout(gd, taille);
    });
  });
  window.addEventListener("afterprint", function () {
    chaque(function (gd) { Plotly.relayout(gd, { autosize: true, width: null, height: null }); });
  });
})();
