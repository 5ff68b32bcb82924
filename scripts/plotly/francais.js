// French for plotly.js: its own words, and the months as the rest of the application writes them.
(function () {
  "use strict";
  var module = { exports: {} };
  /* plotly.js-locales/fr.js */
  var locale = module.exports;
  locale.format.shortMonths = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
  locale.format.thousands = "\u202f";
  window.Plotly.register(locale);
})();
