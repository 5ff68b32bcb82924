// Small things that Dash does not do: forms in the address, inline SVG and HTML, the phone's menu.
(function () {
  "use strict";

  var aller = window.infocentre.aller;

  document.addEventListener("click", function (evenement) {
    var bouton = evenement.target.closest("#bouton-menu");
    var menu = document.getElementById("menu");
    if (bouton) {
      var ouvert = bouton.getAttribute("aria-expanded") === "true";
      bouton.setAttribute("aria-expanded", String(!ouvert));
      menu.classList.toggle("menu--ouvert", !ouvert);
    } else if (evenement.target.closest("#menu a") && menu) {
      menu.classList.remove("menu--ouvert");
      document.getElementById("bouton-menu").setAttribute("aria-expanded", "false");
    }
    if (evenement.target.closest("[data-imprimer]")) window.print();
    if (evenement.ctrlKey || evenement.metaKey || evenement.shiftKey) return;
    var dedans = evenement.target.closest("[data-svg] a, [data-html] a[href^='/']:not([download])");
    if (dedans) {
      evenement.preventDefault();
      aller(dedans.getAttribute("href"));
    }
  });

  document.addEventListener("submit", function (evenement) {
    var formulaire = evenement.target.closest("form[data-navigation]");
    if (!formulaire) return;
    evenement.preventDefault();
    var parametres = new URLSearchParams();
    new FormData(formulaire).forEach(function (valeur, nom) {
      if (valeur.trim()) parametres.append(nom, valeur.trim());
    });
    aller(formulaire.getAttribute("action") + "?" + parametres.toString());
  });

  // What a sheet of paper must hold is opened for it, and closed again.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details[data-imprime]:not([open])").forEach(function (repli) {
      repli.open = true;
      repli.dataset.rouvert = "";
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-rouvert]").forEach(function (repli) {
      repli.open = false;
      delete repli.dataset.rouvert;
    });
  });

  function completer() {
    document.querySelectorAll("[data-svg]").forEach(function (bloc) {
      if (bloc.__svg === bloc.dataset.svg) return;
      bloc.__svg = bloc.dataset.svg;
      bloc.innerHTML = bloc.dataset.svg;
    });
    document.querySelectorAll("[data-html]").forEach(function (bloc) {
      if (bloc.__html === bloc.dataset.html) return;
      bloc.__html = bloc.dataset.html;
      bloc.innerHTML = bloc.dataset.html;
    });
  }
  new MutationObserver(completer).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-svg", "data-html"] });

  var connue = null;
  function verifier() {
    fetch("/version").then(function (r) { return r.json(); }).then(function (reponse) {
      var bandeau = document.getElementById("version-nouvelle");
      if (connue === null) connue = reponse.version;
      if (!bandeau || reponse.version === connue) return;
      bandeau.innerHTML = '<div class="fr-notice fr-notice--info"><div class="fr-container"><div class="fr-notice__body"><p>De nouvelles données sont publiées. <a href="">Actualiser la page</a></p></div></div></div>';
    }).catch(function () {});
  }
  var vue = window.location.pathname + window.location.search;
  function suivre() {
    var ici = window.location.pathname + window.location.search;
    if (ici === vue) return;
    vue = ici;
    connue = null;
    var bandeau = document.getElementById("version-nouvelle");
    if (bandeau) bandeau.innerHTML = "";
    verifier();
  }
  ["popstate", "_dashprivate_pushstate"].forEach(function (nom) { window.addEventListener(nom, suivre); });
  setInterval(verifier, 15000);
  document.addEventListener("DOMContentLoaded", verifier);
})();
