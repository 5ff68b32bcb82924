// The infocentre's own components (dashboards/composants/natifs.py): React elements only.
(function () {
  "use strict";
  var React = window.React;
  var creer = React.createElement;

  function aller(adresse) {
    window.history.pushState({}, "", adresse);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  }

  // A click that stays in the application; any other is left to the browser.
  function suivre(evenement) {
    if (evenement.defaultPrevented || evenement.button || evenement.ctrlKey || evenement.metaKey || evenement.shiftKey || evenement.altKey) return;
    evenement.preventDefault();
    aller(evenement.currentTarget.getAttribute("href"));
  }

  function Etiquette(champ) {
    return creer("label", { className: "fr-label", htmlFor: "filtre-" + champ.nom }, champ.libelle);
  }

  function Choix(champ, valeur, changer) {
    return creer(
      "div", { key: champ.nom, className: "fr-select-group filtre" }, Etiquette(champ),
      creer(
        "select",
        { id: "filtre-" + champ.nom, className: "fr-select", value: valeur, "data-filtre": champ.nom, onChange: function (e) { changer(champ.nom, e.target.value); } },
        champ.options.map(function (option) { return creer("option", { key: option[0], value: option[0] }, option[1]); })
      )
    );
  }

  function Recherche(champ, valeur, changer, saisir) {
    function valider(e) { if (e.target.value.trim() !== champ.valeur) changer(champ.nom, e.target.value.trim()); }
    return creer(
      "div", { key: champ.nom, className: "filtre recherche" }, Etiquette(champ),
      creer("input", {
        id: "filtre-" + champ.nom, className: "fr-input", type: "search", autoComplete: "off", value: valeur, "data-filtre": champ.nom,
        onChange: function (e) { saisir(champ.nom, e.target.value); },
        onBlur: valider,
        onKeyDown: function (e) { if (e.key === "Enter") valider(e); }
      })
    );
  }

  function BarreFiltres(props) {
    var champs = props.champs || [], reglages = props.reglages || [];
    // What is being typed or has just been chosen, until the page answers.
    var etat = React.useState({}), saisies = etat[0], noter = etat[1];
    React.useEffect(function () { noter({}); }, [props.champs, props.reglages]);
    function saisir(nom, valeur) {
      noter(function (avant) { var apres = Object.assign({}, avant); apres[nom] = valeur; return apres; });
    }
    function changer(nom, valeur) {
      saisir(nom, valeur);
      props.setProps({ change: { nom: nom, valeur: valeur } });
    }
    function champ(un) {
      var valeur = un.nom in saisies ? saisies[un.nom] : un.valeur;
      return (un.genre === "recherche" ? Recherche : Choix)(un, valeur, changer, saisir);
    }
    if (!champs.length && !reglages.length) return null;
    return creer(
      "div", { id: props.id, className: "filtres", role: "group", "aria-label": "Filtres" },
      champs.map(champ),
      reglages.length ? creer(
        "details", { key: "+", className: "repli plus" }, creer("summary", null, "Plus de réglages"),
        creer("div", { className: "filtres" }, reglages.map(champ))
      ) : null
    );
  }

  function courant(entree, ici) {
    var racine = "/" + ici.split("/")[1];
    if (entree.dessous.indexOf(racine) >= 0) return true;
    return entree.chemin === "/" ? ici === "/" : ici === entree.chemin || ici.indexOf(entree.chemin + "/") === 0;
  }

  function Menu(props) {
    var ici = props.chemin || "";
    return creer(
      "ul", { className: "fr-nav__list" },
      props.entrees.map(function (entree) {
        return creer(
          "li", { key: entree.chemin, className: "fr-nav__item" },
          creer("a", {
            className: "fr-nav__link", href: entree.chemin + (props.suite || ""), onClick: suivre,
            "aria-current": courant(entree, ici) ? "page" : undefined
          }, entree.nom)
        );
      }),
      props.pastille ? creer(
        "li", { key: "mois", className: "fr-nav__item pastille" },
        creer("p", { className: "fr-badge fr-badge--warning fr-badge--no-icon" }, props.pastille)
      ) : null
    );
  }

  function Chercher(props) {
    function chercher(evenement) {
      evenement.preventDefault();
      var ici = new URLSearchParams(window.location.search), parametres = new URLSearchParams();
      ["departement", "mois"].forEach(function (nom) { if (ici.get(nom)) parametres.set(nom, ici.get(nom)); });
      parametres.set("q", evenement.target.elements.q.value.trim());
      aller("/recherche?" + parametres.toString());
    }
    return creer(
      "form", { id: props.id, role: "search", className: "recherche-entete", action: "/recherche", onSubmit: chercher },
      creer("label", { className: "fr-sr-only", htmlFor: "recherche-entete" }, "Chercher un guichet, un indicateur, une commune, une demande"),
      creer("input", { id: "recherche-entete", className: "fr-input", type: "search", name: "q", autoComplete: "off", placeholder: "Guichet, indicateur, commune, numéro…" }),
      creer("button", { className: "fr-btn", type: "submit" }, "Chercher")
    );
  }

  function Annonce(props) {
    var page = props.page || {};
    var avant = React.useRef(null);
    React.useEffect(function () {
      if (page.titre) document.title = page.titre;
      // Another page: the next Tab starts at its beginning.
      if (avant.current && page.chemin && avant.current !== page.chemin) {
        var contenu = document.getElementById("contenu");
        if (contenu) contenu.focus({ preventScroll: true });
      }
      avant.current = page.chemin || avant.current;
    }, [page]);
    return creer("p", { className: "fr-sr-only", role: "status", id: "annonce-texte" }, page.texte || "");
  }

  window.infocentre = { BarreFiltres: BarreFiltres, Menu: Menu, Annonce: Annonce, Chercher: Chercher, aller: aller, suivre: suivre };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.infocentre = {
    // What a person chooses goes to the address; the page follows the address.
    filtrer: function (change) {
      if (!change) return window.dash_clientside.no_update;
      var parametres = new URLSearchParams(window.location.search);
      if (change.valeur) parametres.set(change.nom, change.valeur);
      else parametres.delete(change.nom);
      parametres.delete("page");
      var recherche = parametres.toString();
      return recherche ? "?" + recherche : "";
    }
  };
})();
