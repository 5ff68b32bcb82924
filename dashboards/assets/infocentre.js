// Small things that Dash does not do: forms in the address, the phone's menu, what paper opens.
(function () {
  "use strict";

  var aller = window.infocentre.aller;

  // A double click on what does something does it once: before anything else hears of the second.
  document.addEventListener("click", function (evenement) {
    if (evenement.detail < 2 || !evenement.target.closest("button.fr-btn:not(.fr-btn--tertiary)")) return;
    evenement.preventDefault();
    evenement.stopImmediatePropagation();
  }, true);

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
  });

  document.addEventListener("keydown", function (evenement) {
    var bouton = document.getElementById("bouton-menu");
    if (evenement.key !== "Escape" || !bouton || bouton.getAttribute("aria-expanded") !== "true") return;
    bouton.click();
    bouton.focus();
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

  document.addEventListener("change", function (evenement) {
    var champ = evenement.target;
    var choisi = champ.type === "file" && champ.parentNode.querySelector(".choisi");
    if (choisi) choisi.textContent = champ.files.length ? champ.files[0].name : choisi.dataset.vide;
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

})();
