// The components of the pages about queries (dashboards/composants/saisie.py): the editor over its
// text area, the tables beside it, a form of native fields. React elements only.
(function () {
  "use strict";
  var React = window.React;
  var creer = React.createElement;
  var PAUSE_MS = 400;
  var LETTRES = 120;
  var entier = new Intl.NumberFormat("fr-FR");
  var schemas = {};
  var modules = {};

  function lireSchema(adresse) {
    if (!schemas[adresse]) {
      schemas[adresse] = fetch(adresse).then(function (reponse) { return reponse.json(); }).catch(function () {
        delete schemas[adresse];
        return { tables: [], codes: {}, refus: "Les tables n’ont pas pu être lues. Actualiser la page." };
      });
    }
    return schemas[adresse];
  }

  function lireModule(adresse) {
    if (!modules[adresse]) {
      modules[adresse] = new Promise(function (fini, echec) {
        var script = document.createElement("script");
        script.src = adresse;
        script.onload = function () { if (window.infocentreEditeur) fini(window.infocentreEditeur); else echec(); };
        script.onerror = echec;
        document.head.append(script);
      });
    }
    return modules[adresse];
  }

  // ---- The editor --------------------------------------------------------------------------------

  // The text area stays the field: without the editor's script, everything works but its help.
  function Editeur(props) {
    var lieu = React.useRef(null), champ = React.useRef(null), vue = React.useRef(null);
    var recu = React.useRef(props.valeur || ""), attente = React.useRef(null), ici = React.useRef(props);
    ici.current = props;

    function dire(suite) {
      clearTimeout(attente.current);
      var texte = champ.current.value;
      var dit = Object.assign(texte === recu.current ? {} : { valeur: texte }, suite);
      recu.current = texte;
      if (Object.keys(dit).length) ici.current.setProps(dit);
    }
    function changer() {
      clearTimeout(attente.current);
      attente.current = setTimeout(dire, PAUSE_MS);
    }
    function executer() { dire({ executions: (ici.current.executions || 0) + 1 }); }
    function ecrire(texte) {
      recu.current = texte;
      if (vue.current) vue.current.ecrire(texte);
      else champ.current.value = texte;
      clearTimeout(attente.current);
    }
    function inserer(mot) {
      if (vue.current) { vue.current.inserer(mot); return; }
      champ.current.setRangeText(mot, champ.current.selectionStart, champ.current.selectionEnd, "end");
      champ.current.focus();
      changer();
    }

    React.useEffect(function () {
      var present = true;
      lireModule(props.script).then(function (module) {
        if (!present) return;
        vue.current = module.creer(champ.current, lireSchema(props.schema), { parent: lieu.current, nom: props.nom, aide: "sql-aide", executer: executer, changer: changer });
        champ.current.hidden = true;
      }).catch(function () {});
      // Nobody waits any more for a query whose page is left.
      function partir() {
        var corps = JSON.stringify({ identifiant: ici.current.identifiant });
        navigator.sendBeacon("/requetes/annuler", new Blob([corps], { type: "application/json" }));
      }
      window.addEventListener("pagehide", partir);
      return function () {
        present = false;
        clearTimeout(attente.current);
        window.removeEventListener("pagehide", partir);
        partir();
        if (vue.current) vue.current.fermer();
      };
    }, []);
    React.useEffect(function () {
      if ((props.valeur || "") !== recu.current) ecrire(props.valeur || "");
    }, [props.valeur]);
    React.useEffect(function () {
      var p = props.place;
      if (vue.current) vue.current.signaler(p && p.quoi, p && p.ligne, p && p.colonne, p && p.longueur);
    }, [props.place]);
    React.useEffect(function () {
      if (props.insertion) inserer(props.insertion.mot);
    }, [props.insertion]);

    return creer(
      "div", { className: "bloc-editeur" },
      creer("label", { className: "fr-label", htmlFor: "sql", onClick: function () { if (vue.current) vue.current.focaliser(); } }, props.nom),
      creer(
        "div", { className: "editeur", ref: lieu, onBlur: function () { dire(); } },
        creer("textarea", {
          ref: champ, id: "sql", className: "fr-input", rows: 11, spellCheck: false, "aria-describedby": "sql-aide", defaultValue: props.valeur, onChange: changer,
          onKeyDown: function (e) { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); executer(); } }
        })
      )
    );
  }

  // ---- The tables --------------------------------------------------------------------------------

  function nu(texte) {
    return texte.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  // What of a table answers a search: all of it by its name, some columns, nothing.
  function retenir(table, mot) {
    if (!mot) return { colonnes: table.colonnes, ouverte: false };
    if (nu(table.nom + " " + table.libelle).indexOf(mot) >= 0) return { colonnes: table.colonnes, ouverte: false };
    var colonnes = table.colonnes.filter(function (une) { return nu([une.nom, une.type, une.sens].join(" ")).indexOf(mot) >= 0; });
    return colonnes.length ? { colonnes: colonnes, ouverte: true } : null;
  }

  function Tables(props) {
    var lu = React.useState(null), recherche = React.useState(""), ouvertes = React.useState({});
    React.useEffect(function () {
      var present = true;
      lireSchema(props.adresse).then(function (schema) { if (present) lu[1](schema); });
      return function () { present = false; };
    }, [props.adresse]);
    function inserer(mot) {
      return creer("button", { type: "button", "data-inserer": mot, title: "Insérer « " + mot + " » dans la requête", onClick: function () { props.setProps({ choisi: { mot: mot, fois: ((props.choisi || {}).fois || 0) + 1 } }); } }, mot);
    }
    function codes(liste) {
      var connus = lu[0].codes[liste];
      return connus ? creer(
        "details", null, creer("summary", null, "liste " + liste),
        creer("ul", null, connus.map(function (un) { return creer("li", { key: un[0] }, creer("code", null, un[0]), " " + un[1]); }))
      ) : null;
    }
    function colonne(une) {
      return creer("li", { key: une.nom }, inserer(une.nom), " ", creer("i", null, une.type), " ", creer("span", null, une.sens), une.liste ? codes(une.liste) : null);
    }
    function table(une) {
      var gardee = retenir(une, nu(recherche[0]).trim());
      if (!gardee) return null;
      var ouverte = gardee.ouverte || Boolean(ouvertes[0][une.nom]);
      function basculer(e) {
        var apres = Object.assign({}, ouvertes[0]);
        apres[une.nom] = e.currentTarget.open;
        if (e.currentTarget.open !== ouverte) ouvertes[1](apres);
      }
      return creer(
        "details", { key: une.nom, "data-table": une.nom, open: ouverte, onToggle: basculer },
        creer("summary", null, creer("b", null, une.nom), " ", creer("span", null, une.libelle)),
        ouverte ? creer("p", null, une.objet + ". " + entier.format(une.lignes) + (une.lignes > 1 ? " lignes. " : " ligne. "), inserer(une.nom)) : null,
        ouverte ? creer("ul", null, gardee.colonnes.map(colonne)) : null
      );
    }
    return creer(
      "div", { className: "schema" },
      creer("label", { className: "fr-label", htmlFor: "chercher-colonne" }, "Chercher une table, une colonne, un sens"),
      creer("input", { className: "fr-input", id: "chercher-colonne", type: "search", autoComplete: "off", value: recherche[0], onChange: function (e) { recherche[1](e.target.value); } }),
      creer("div", { className: "tables" }, lu[0] ? (lu[0].refus ? creer("p", { role: "alert" }, lu[0].refus) : lu[0].tables.map(table)) : creer("p", { role: "status" }, "Lecture des tables… La première fois après une livraison, quelques dizaines de secondes."))
    );
  }

  // ---- A form ------------------------------------------------------------------------------------

  function attributs(nom, champ, valeur, changer) {
    var poses = Object.assign({ id: champ.id, name: champ.nom }, champ.precisions);
    if (champ.genre === "case") return Object.assign(poses, { type: "checkbox", checked: Boolean(valeur), onChange: function (e) { changer(champ.nom, e.target.checked ? "oui" : ""); } });
    return Object.assign(poses, { value: valeur, autoComplete: "off", onChange: function (e) { changer(champ.nom, e.target.value); } });
  }

  function option(une) { return creer("option", { key: une[0], value: une[0] }, une[1]); }

  function saisie(champ, valeur, changer) {
    var poses = attributs(champ.nom, champ, valeur, changer);
    if (champ.genre === "liste") return creer("select", Object.assign(poses, { className: "fr-select" }), champ.options.map(option));
    if (champ.genre === "zone") return creer("textarea", Object.assign(poses, { className: champ.sql ? "fr-input sql" : "fr-input", spellCheck: false }));
    return creer("input", Object.assign(poses, { className: "fr-input", type: champ.genre }));
  }

  function choix(champ, valeur, changer) {
    return creer(
      "fieldset", { key: champ.nom, className: "choix" }, creer("legend", null, champ.libelle),
      champ.options.map(function (une) {
        return creer("label", { key: une[0] }, creer("input", { type: "radio", name: champ.id, value: une[0], checked: une[0] === valeur, onChange: function () { changer(champ.nom, une[0]); } }), " " + une[1]);
      })
    );
  }

  function ligne(champ, valeur, changer, props) {
    if (champ.genre === "choix") return choix(champ, valeur, changer);
    if (champ.genre === "case") return creer("label", { key: champ.nom, className: "case" }, creer("input", attributs(champ.nom, champ, valeur, changer)), " " + champ.libelle, champ.aide ? creer("span", { className: "fr-hint-text" }, champ.aide) : null);
    return creer(
      "div", { key: champ.nom, className: (champ.genre === "liste" ? "fr-select-group" : "fr-input-group") + (champ.large ? " large" : "") },
      creer("label", { className: "fr-label", htmlFor: champ.id }, champ.libelle, champ.aide ? creer("span", { className: "fr-hint-text" }, champ.aide) : null),
      saisie(champ, valeur, changer),
      champ.charger ? creer("button", { type: "button", className: "fr-btn fr-btn--tertiary fr-btn--sm", onClick: function () { props.setProps({ charge: { nom: champ.nom, fois: ((props.charge || {}).fois || 0) + 1 } }); } }, "Charger la liste") : null
    );
  }

  function Formulaire(props) {
    var valeurs = props.valeurs || {};
    function changer(nom, valeur) {
      var apres = Object.assign({}, valeurs);
      apres[nom] = valeur;
      props.setProps({ valeurs: apres });
    }
    function envoyer(e) {
      e.preventDefault();
      if (props.bouton) props.setProps({ envois: (props.envois || 0) + 1 });
    }
    function groupe(un, rang) {
      var champs = un.champs.map(function (champ) { return ligne(champ, valeurs[champ.nom] || "", changer, props); });
      return un.legende ? creer("fieldset", { key: rang, className: "groupe" }, creer("legend", null, un.legende), creer("div", null, champs)) : creer("div", { key: rang, className: "groupe" }, champs);
    }
    // Groups that are folded stand together, after the others, under the title of the first.
    function blocs() {
      var vus = [], replies = [], titre = "";
      props.groupes.forEach(function (un, rang) {
        if (un.repli) titre = titre || un.repli;
        (un.repli ? replies : vus).push(groupe(un, rang));
      });
      return titre ? vus.concat([creer("details", { key: "repli", className: "repli" }, creer("summary", null, titre), replies)]) : vus;
    }
    if (!(props.groupes || []).length) return null;
    return creer(
      "div", { className: props.classe },
      creer(
        "form", { onSubmit: envoyer, autoComplete: "off" }, blocs(),
        props.bouton ? creer("button", { type: "submit", className: props.second ? "fr-btn fr-btn--secondary" : "fr-btn", disabled: Boolean(props.occupe) }, props.bouton) : null
      )
    );
  }

  // ---- A text to copy ----------------------------------------------------------------------------

  function Code(props) {
    var dit = React.useState("");
    function copier() {
      navigator.clipboard.writeText(props.texte).then(function () { dit[1]("Copié"); }, function () { dit[1]("Copie refusée par le navigateur"); });
    }
    return creer(
      "div", { className: "code" },
      creer("pre", { tabIndex: 0 }, creer("code", null, props.texte)),
      creer("button", { type: "button", className: "fr-btn fr-btn--tertiary fr-btn--sm", onClick: copier }, "Copier"),
      creer("span", { className: "temps", role: "status" }, dit[0])
    );
  }

  window.infocentre = Object.assign(window.infocentre || {}, { Editeur: Editeur, Tables: Tables, Formulaire: Formulaire, Code: Code });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    requetes: {
      // The address names the query that is on the screen, without asking for the page again.
      situer: function (adresse) {
        if (adresse) window.history.replaceState(window.history.state, "", adresse);
        return window.dash_clientside.no_update;
      },
      copier: function (lien) {
        if (!lien) return window.dash_clientside.no_update;
        if (!lien.adresse) return lien.dit || lien;  // a sentence says why there is none
        window.history.replaceState(window.history.state, "", lien.adresse);
        return navigator.clipboard.writeText(window.location.origin + lien.adresse).then(
          function () { return "Lien copié." + lien.dit; },
          function () { return "Le lien est dans la barre d’adresse." + lien.dit; }
        );
      },
      // Of the rows on the screen, what a chart needs: names, value, series.
      choisir: function (valeurs, lignes) {
        if (!valeurs || !lignes) return window.dash_clientside.no_update;
        var noms = (valeurs.abscisse || valeurs.textes || "").split(",").filter(Boolean);
        function lire(une, nom) {
          var lu = nom in une ? une[nom] : null;
          return typeof lu === "string" ? lu.slice(0, LETTRES) : lu;
        }
        return {
          valeurs: valeurs,
          total: lignes.length,
          lignes: lignes.map(function (une) { return [noms.map(function (nom) { return lire(une, nom); }), lire(une, valeurs.mesure), lire(une, valeurs.serie)]; }),
        };
      },
      inserer: function (choisi) {
        return choisi || window.dash_clientside.no_update;
      },
      // On a small screen the answer comes under the tables: bring its beginning into sight.
      voir: function () {
        setTimeout(function () {
          var bloc = document.getElementById("resultat");
          var haut = bloc ? bloc.getBoundingClientRect().top : 0;
          if (bloc && bloc.firstChild && (haut < 0 || haut > 0.8 * window.innerHeight)) bloc.scrollIntoView();
        }, 100);
        return window.dash_clientside.no_update;
      },
      lireRegle: function (envois, valeurs) {
        if (!envois) return window.dash_clientside.no_update;
        window.infocentre.aller("/requetes/indicateur?" + new URLSearchParams(valeurs).toString());
        return window.dash_clientside.no_update;
      },
      emporter: function (adresse) {
        if (adresse) window.location.assign(adresse);
        return window.dash_clientside.no_update;
      },
    },
  });
})();
