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

  // A file takes its time, and may be refused: both are said where one clicked.
  var FICHIER = /\.(pdf|docx|pptx|xlsx|ods|csv|csv-excel|json|zip)$/;
  document.addEventListener("click", function (evenement) {
    var lien = evenement.target.closest("a[href]");
    var autre = evenement.button || evenement.ctrlKey || evenement.metaKey || evenement.shiftKey || evenement.altKey;
    if (!lien || autre || lien.target || lien.origin !== window.location.origin || !FICHIER.test(lien.pathname)) return;
    evenement.preventDefault();
    if (lien.getAttribute("aria-busy")) return;
    lien.setAttribute("aria-busy", "true");
    var avant = lien.nextElementSibling;
    if (avant && avant.matches(".refus-de-fichier")) avant.remove();
    window.fetch(lien.href).then(function (reponse) {
      var dit = /filename\*=UTF-8''([^;]+)|filename="?([^";]+)/.exec(reponse.headers.get("Content-Disposition") || "");
      if (reponse.ok && dit) {
        return reponse.blob().then(function (contenu) { remettre(contenu, decodeURIComponent(dit[1] || dit[2])); });
      }
      if (!/^text\/plain/.test(reponse.headers.get("Content-Type"))) throw new Error(reponse.status);
      return reponse.text().then(function (refus) { refuser(lien, refus); });
    }).catch(function () {
      window.location.assign(lien.href);
    }).then(function () {
      lien.removeAttribute("aria-busy");
    });
  });

  function refuser(lien, refus) {
    var dit = document.createElement("span");
    dit.className = "fr-error-text refus-de-fichier";
    dit.setAttribute("role", "alert");
    dit.textContent = refus;
    lien.after(dit);
  }

  function remettre(contenu, nom) {
    var lien = document.createElement("a");
    lien.href = URL.createObjectURL(contenu);
    lien.download = nom;
    lien.click();
    window.setTimeout(function () { URL.revokeObjectURL(lien.href); }, 60000);
  }

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
