// The infocentre's own components (dashboards/composants/natifs.py): React elements only.
(function () {
  "use strict";
  var React = window.React;
  var creer = React.createElement;

  // What a page that opens on filters kept was asked as, and where it is (dashboards/vues.py).
  var ouverte = {};

  function aller(adresse) {
    suivreAdresse(adresse === ouverte.demandee ? ouverte.adresse : adresse);
    window.scrollTo(0, 0);
  }

  function suivreAdresse(adresse) {
    window.history.pushState({}, "", adresse);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
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

  // What is typed is looked for once the hand rests; leaving the field, or Enter, does not wait.
  var REPOS = 400;

  function Recherche(champ, valeur, changer, saisir, attentes) {
    function valider(e) {
      var voulue = e.target.value.trim();
      clearTimeout(attentes[champ.nom]);
      delete attentes[champ.nom];
      if (voulue !== champ.valeur) changer(champ.nom, voulue);
    }
    function attendre(e) {
      var tapee = { target: { value: e.target.value } };
      clearTimeout(attentes[champ.nom]);
      attentes[champ.nom] = setTimeout(function () { valider(tapee); }, REPOS);
      saisir(champ.nom, e.target.value);
    }
    return creer(
      "div", { key: champ.nom, className: "filtre recherche" }, Etiquette(champ),
      creer("input", {
        id: "filtre-" + champ.nom, className: "fr-input", type: "search", autoComplete: "off", value: valeur, "data-filtre": champ.nom,
        onChange: attendre,
        onBlur: valider,
        onKeyDown: function (e) { if (e.key === "Enter") valider(e); }
      })
    );
  }

  function Cases(champ, valeur, changer, saisir) {
    var cochees = valeur ? valeur.split(".") : [];
    function cocher(e) {
      var autres = cochees.filter(function (un) { return un !== e.target.value; });
      saisir(champ.nom, (e.target.checked ? autres.concat(e.target.value) : autres).join("."));
    }
    return creer(
      "details", { key: champ.nom + "-cases", className: "repli choix-colonnes" }, creer("summary", null, champ.libelle),
      creer("div", { className: "colonnes" }, champ.groupes.map(function (groupe) {
        return creer("fieldset", { key: groupe[0] }, creer("legend", null, groupe[0]), groupe[1].map(function (une) {
          return creer("label", { key: une[0] }, creer("input", { type: "checkbox", value: une[0], checked: cochees.indexOf(une[0]) >= 0, onChange: cocher }), " ", une[1]);
        }));
      })),
      creer("button", { type: "button", className: "fr-btn fr-btn--sm", onClick: function () { changer(champ.nom, valeur); } }, "Afficher ces colonnes")
    );
  }

  function BarreFiltres(props) {
    var champs = props.champs || [], reglages = props.reglages || [];
    // What is being typed or has just been chosen, until the page answers.
    var etat = React.useState({}), saisies = etat[0], noter = etat[1], attentes = React.useRef({}).current;
    React.useEffect(function () {
      // An answer to what was asked before the last change says nothing of that change.
      if (props.adresse !== window.location.pathname + window.location.search) return;
      noter(function (avant) {
        var gardees = {};
        Object.keys(attentes).forEach(function (nom) { gardees[nom] = avant[nom]; });  // still typed
        return gardees;
      });
    }, [props.champs, props.reglages, props.adresse]);
    function saisir(nom, valeur) {
      noter(function (avant) { var apres = Object.assign({}, avant); apres[nom] = valeur; return apres; });
    }
    function changer(nom, valeur) {
      saisir(nom, valeur);
      props.setProps({ change: { nom: nom, valeur: valeur } });
    }
    function champ(un) {
      var valeur = un.nom in saisies ? saisies[un.nom] : un.valeur;
      return ({ recherche: Recherche, cases: Cases }[un.genre] || Choix)(un, valeur, changer, saisir, attentes);
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
          "li", { key: entree.chemin, className: "fr-nav__item" + (entree.leger ? " leger" : "") },
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
      creer("input", { id: "recherche-entete", className: "fr-input", type: "search", name: "q", autoComplete: "off", placeholder: "Guichet, indicateur, numéro…" }),
      creer("button", { className: "fr-btn", type: "submit" }, "Chercher")
    );
  }

  function commencer() {
    var contenu = document.getElementById("contenu");
    if (contenu) contenu.focus({ preventScroll: true });
  }

  function Annonce(props) {
    var page = props.page || {};
    var avant = React.useRef(null);
    React.useEffect(function () {
      if (page.titre) document.title = page.titre;
      ouverte = page;
      if (page.adresse !== page.demandee && window.location.pathname + window.location.search === page.demandee) {
        window.history.replaceState({}, "", page.adresse);
      }
      // Another page, or the same without what one was on: the next Tab starts at its beginning.
      if (avant.current && page.chemin) {
        if (avant.current !== page.chemin) commencer();
        else window.requestAnimationFrame(function () { if (document.activeElement === document.body) commencer(); });
      }
      avant.current = page.chemin || avant.current;
      // A place in the page is gone to once the page is there.
      var lieu = window.location.hash && document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
      if (lieu) window.requestAnimationFrame(function () { lieu.scrollIntoView(); });
    }, [page]);
    return creer("p", { className: "fr-sr-only", role: "status", id: "annonce-texte" }, page.texte || "");
  }

  // Whatever is asked once the session has ended, or while the server does not answer, the page says
  // so. A page that was asked waits, and is asked again; what acts is never sent twice.
  var FERMEE = "session-fermee", COUPEE = "serveur-muet", demander = window.fetch;
  var muet = null;  // what waits: `voulue`, the address of a page, and `reessayer`; {} is what acted
  function annoncer(nouveau) {
    if (nouveau === muet) return;
    muet = nouveau;
    window.dispatchEvent(new Event(COUPEE));
  }
  function appeler(demande) {
    return demander.apply(window, demande).then(function (reponse) {
      if (reponse.status > 501 && reponse.status < 505) throw new TypeError(reponse.statusText);
      if (reponse.status === 401) window.dispatchEvent(new Event(FERMEE));
      return reponse;
    });
  }
  window.fetch = function () {
    var demande = arguments, corps = String((demande[1] || {}).body || "");
    var page = corps.indexOf("contenu-page.children") > 0, acte = corps.indexOf('"changedPropIds"') > 0;
    var voulue = page ? JSON.parse(corps).inputs.map(function (un) { return un.value || ""; }).join("") : "";
    function recevoir(reponse) {
      if (muet && muet.voulue && page) window.history.replaceState({}, "", voulue);
      if (muet && muet.voulue && !page) muet.reessayer();
      else annoncer(null);
      return reponse;
    }
    return appeler(demande).then(recevoir, function (erreur) {
      if (!page) {
        if (acte && !muet) annoncer({});
        throw erreur;
      }
      // Asked again as often as one wants, even before the last attempt has failed: the first answer is it.
      return new Promise(function (fini) {
        annoncer({ voulue: voulue, reessayer: function () { appeler(demande).then(recevoir).then(fini, function () {}); } });
      });
    });
  };

  // Says that other data than those on the screen are published; `page` says which these are.
  var ARRIVEES = "infocentre-arrivees";

  // What came for the reader since they last looked at what waits for them, as /version says it.
  function Arrivees(props) {
    var lu = React.useState(0), nombre = lu[0], lire = lu[1];
    React.useEffect(function () {
      function dire(e) { lire(e.detail); }
      window.addEventListener(ARRIVEES, dire);
      return function () { window.removeEventListener(ARRIVEES, dire); };
    }, []);
    return creer(
      "div", { id: props.id, role: "status", className: "arrivees" },
      nombre ? creer("a", { href: "/", onClick: suivre, className: "fr-badge fr-badge--info fr-badge--no-icon", title: "Arrivé depuis votre dernière visite de l’accueil" }, nombre > 1 ? nombre + " nouvelles" : "1 nouvelle") : null
    );
  }

  // Who may query finds the tables ready: the first reading of a version makes their file, which
  // takes some seconds. It begins while they read another page.
  var AVANCE = 10000, avancee = null;
  function avancer(version) {
    if (avancee === version || !document.querySelector("#menu a[href^='/requetes']")) return;
    avancee = version;
    fetch("/requetes/schema.json?version=" + version).catch(function () {});
  }

  function VersionNouvelle(props) {
    var etat = React.useState(false), perimee = etat[0], dire = etat[1];
    var fin = React.useState(false), fermee = fin[0], clore = fin[1];
    var vide = React.useState(null), coupure = vide[0], couper = vide[1];
    React.useEffect(function () {
      var montree = (props.page || {}).version, fini = false;
      dire(false);
      function verifier() {
        if (document.hidden) return;
        fetch("/version").then(function (r) {
          if (r.status === 401) cesser();
          return r.ok ? r.json() : Promise.reject();
        }).then(function (lue) {
          if (!fini && typeof montree === "number" && lue.version !== montree) dire(true);
          if (!fini) window.dispatchEvent(new CustomEvent(ARRIVEES, { detail: lue.arrivees || 0 }));
        }).catch(function () {});
      }
      var minuteur = setInterval(verifier, 4000);
      function cesser() {
        clearInterval(minuteur);
        document.removeEventListener("visibilitychange", verifier);
      }
      document.addEventListener("visibilitychange", verifier);
      verifier();
      var avance = typeof montree === "number" && setTimeout(avancer, AVANCE, montree);
      return function () { fini = true; cesser(); clearTimeout(avance); };
    }, [props.page]);
    React.useEffect(function () {
      function fermer() { clore(true); }
      window.addEventListener(FERMEE, fermer);
      return function () { window.removeEventListener(FERMEE, fermer); };
    }, []);
    React.useEffect(function () {
      function entendre() {
        // The page of that address is not there: the address is that of the one on the screen.
        if (muet && muet.voulue && props.page) window.history.replaceState({}, "", props.page.adresse);
        couper(muet);
      }
      function revenir() { if (muet && muet.voulue) muet.reessayer(); }
      function redemander() {
        if (muet && muet.voulue === window.location.pathname + window.location.search) muet.reessayer();
      }
      window.addEventListener(COUPEE, entendre);
      window.addEventListener("online", revenir);
      window.addEventListener("_dashprivate_pushstate", redemander);
      return function () {
        window.removeEventListener(COUPEE, entendre);
        window.removeEventListener("online", revenir);
        window.removeEventListener("_dashprivate_pushstate", redemander);
      };
    }, [props.page]);
    if (coupure) {
      return creer(
        "div", { id: props.id, role: "alert", className: "version-nouvelle" },
        creer(
          "div", { className: "fr-notice fr-notice--info" },
          creer("div", { className: "fr-container" }, creer(
            "div", { className: "fr-notice__body" },
            creer("p", null,
              coupure.voulue ? "Le serveur ne répond pas : la page demandée n’est pas arrivée. " : "Le serveur ne répond pas : ce qui vient d’être demandé n’est peut-être pas fait. ",
              creer("button", {
                type: "button", className: "fr-btn fr-btn--sm fr-btn--secondary",
                onClick: function () { if (coupure.reessayer) coupure.reessayer(); else window.location.reload(); }
              }, coupure.voulue ? "Réessayer" : "Actualiser la page"))
          ))
        )
      );
    }
    if (fermee) {
      var retour = window.location.pathname + window.location.search;
      return creer(
        "div", { id: props.id, role: "alert", className: "version-nouvelle" },
        creer(
          "div", { className: "fr-notice fr-notice--info" },
          creer("div", { className: "fr-container" }, creer(
            "div", { className: "fr-notice__body" },
            creer("p", null, "Votre session est fermée : cette page ne répond plus. ", creer("a", { href: "/connexion?retour=" + encodeURIComponent(retour) }, "Se connecter de nouveau"))
          ))
        )
      );
    }
    return creer(
      "div", { id: props.id, role: "status", className: "version-nouvelle" },
      perimee ? creer(
        "div", { className: "fr-notice fr-notice--info" },
        creer("div", { className: "fr-container" }, creer(
          "div", { className: "fr-notice__body" },
          creer("p", null, "Les données ont changé. ", creer("a", { href: "" }, "Actualiser la page"))
        ))
      ) : null
    );
  }

  // A grid shows only what is on the screen: paper gets a table of all its rows, in its order.
  function GrillePapier(props) {
    var etat = React.useState(null), table = etat[0], montrer = etat[1];
    React.useEffect(function () {
      function imprimer() {
        var api = window.dash_ag_grid && window.dash_ag_grid.getApi(props.grille);
        if (api) window.ReactDOM.flushSync(function () { montrer(lireGrille(api)); });
      }
      function ranger() { montrer(null); }
      window.addEventListener("beforeprint", imprimer);
      window.addEventListener("afterprint", ranger);
      return function () {
        window.removeEventListener("beforeprint", imprimer);
        window.removeEventListener("afterprint", ranger);
      };
    }, [props.grille]);
    if (!table) return null;
    return creer(
      "div", { className: "tableau suivi-imprime sur-papier" },
      creer(
        "table", null, creer("caption", null, props.legende),
        creer("thead", null, creer("tr", null, table.colonnes.map(function (nom, rang) { return creer("th", { key: rang, scope: "col" }, nom); }))),
        creer("tbody", null, table.rangees.map(function (rangee, rang) {
          return creer("tr", { key: rang, className: rangee.ensemble ? "ligne-ensemble" : null }, rangee.cases.map(function (une, colonne) {
            return creer(colonne ? "td" : "th", { key: colonne, scope: colonne ? null : "row", className: une.classe }, une.texte);
          }));
        }))
      )
    );
  }

  function lireGrille(api) {
    var colonnes = api.getAllDisplayedColumns(), noeuds = [];
    for (var rang = 0; rang < api.getPinnedTopRowCount(); rang++) noeuds.push(api.getPinnedTopRow(rang));
    api.forEachNodeAfterFilterAndSort(function (noeud) { noeuds.push(noeud); });
    return {
      colonnes: colonnes.map(function (une) { return une.getColDef().headerName; }),
      rangees: noeuds.map(function (noeud) {
        return { ensemble: noeud.data.k, cases: colonnes.map(function (une) {
          return window.dashAgGridFunctions.direCase(api.getCellValue({ rowNode: noeud, colKey: une }), une.getColDef(), api.getGridOption("context"));
        }) };
      })
    };
  }

  // The grid's library is fetched by the first page that has a grid: what Dash finds under its name
  // until then, and after, is this.
  var apportee = null, vraie = null;
  function apporter() {
    apportee = apportee || Promise.all(
      document.querySelector("meta[name=scripts-grille]").content.split(" ").map(function (adresse) {
        return new Promise(function (fini, rate) {
          var script = document.createElement("script");
          script.src = adresse;
          script.onload = fini;
          script.onerror = rate;
          document.head.appendChild(script);
        });
      })
    ).then(function () {
      vraie = window.dash_ag_grid.AgGrid;
      window.dash_ag_grid = Object.assign({}, window.dash_ag_grid, { AgGrid: Grille });
    });
    return apportee;
  }

  function Grille(props) {
    var etat = React.useState(vraie ? "prete" : ""), ou = etat[0], dire = etat[1];
    React.useEffect(function () {
      if (ou) return undefined;
      var la = true;
      apporter().then(function () { if (la) dire("prete"); }, function () { apportee = null; if (la) dire("manque"); });
      return function () { la = false; };
    }, [ou]);
    if (ou === "prete") return creer(vraie, props);
    return creer(
      "div", { className: props.className, style: props.style },
      ou ? "Le tableau n’est pas arrivé. Actualiser la page." : "Chargement du tableau…"
    );
  }
  Grille.dashRenderType = true;
  window.dash_ag_grid = { AgGrid: Grille };

  // --- Trees of elements (dashboards/composants/balises.py) ---------------------------------------

  var NOMS = {
    "class": "className", "for": "htmlFor", tabindex: "tabIndex", colspan: "colSpan", rowspan: "rowSpan", autocomplete: "autoComplete",
    spellcheck: "spellCheck", enctype: "encType", maxlength: "maxLength", minlength: "minLength", readonly: "readOnly", inputmode: "inputMode"
  };
  var VRAIS = ["required", "checked", "disabled", "open", "download", "multiple", "hidden", "readonly"];

  function style(texte) {
    var regles = {};
    texte.split(";").forEach(function (regle) {
      var rang = regle.indexOf(":");
      if (rang < 0) return;
      var nom = regle.slice(0, rang).trim();
      if (nom.indexOf("--")) nom = nom.replace(/-([a-z])/g, function (_, lettre) { return lettre.toUpperCase(); });
      regles[nom] = regle.slice(rang + 1).trim();
    });
    return regles;
  }

  function proprietes(nom, attributs, enfants) {
    var lues = {};
    Object.keys(attributs).forEach(function (cle) {
      if (/^on/i.test(cle)) return;
      var valeur = attributs[cle];
      if (cle === "style") lues.style = style(valeur);
      else lues[NOMS[cle] || cle] = valeur === "" && VRAIS.indexOf(cle) >= 0 ? true : valeur;
    });
    // Fields hold what people type: the page gives what they begin with.
    if (nom === "input" && lues.type !== "hidden" && lues.type !== "checkbox" && "value" in lues) { lues.defaultValue = lues.value; delete lues.value; }
    if ("checked" in lues) { lues.defaultChecked = lues.checked; delete lues.checked; }
    if (nom === "textarea") lues.defaultValue = enfants.join("");
    if (nom === "select") {
      enfants.forEach(function (un) { if (un[1] && "selected" in un[1]) lues.defaultValue = un[1].value; });
    }
    if (nom === "option") delete lues.selected;
    if (nom === "a" && !("download" in lues) && !lues.target && /^\/(?!\/)/.test(lues.href || "")) lues.onClick = suivre;
    return lues;
  }

  function ecrit(noeud) {
    return Array.isArray(noeud) ? noeud.slice(2).map(ecrit).join("") : String(noeud);
  }

  // A block of code comes with what copies it.
  function construire(noeud) {
    if (!Array.isArray(noeud)) return noeud;
    var nom = noeud[0], enfants = noeud.slice(2);
    if (nom === "script" || nom === "iframe") return null;
    if (nom === "pre") return creer(window.infocentre.Code, { texte: ecrit(noeud).replace(/\n$/, "") });
    var lues = proprietes(nom, noeud[1], enfants);
    if (nom === "textarea") return creer(nom, lues);
    return creer.apply(null, [nom, lues].concat(enfants.map(construire)));
  }

  function Bloc(props) {
    return React.useMemo(function () { return construire(props.arbre); }, [props.arbre]);
  }

  // A queue: a button does what its own line asks, or that of a head what its lines do, those that
  // are ticked when some are; a link leads to their messages. Nothing is asked twice before an answer.
  function File(props) {
    var attend = React.useState(false), occupee = attend[0], occuper = attend[1];
    var arbre = React.useMemo(function () { return construire(props.arbre); }, [props.arbre]);
    var acte = React.useRef(false);
    React.useEffect(function () { occuper(false); }, [props.arbre, props.reponse]);
    React.useEffect(function () { if (props.vers) aller(props.vers); }, [props.vers]);
    // What was clicked is there no more: the next Tab starts at the head of the queue.
    React.useEffect(function () {
      var ici = document.getElementById(props.id);
      if (acte.current) ici.focus({ preventScroll: true });
      acte.current = false;
      ici.querySelectorAll("section").forEach(dire);
    }, [props.arbre]);
    function cochees(section) {
      return Array.from(section.querySelectorAll("input[type=checkbox]:checked")).map(function (un) { return un.value; });
    }
    function cliquer(e) {
      var bouton = e.target.closest("button[data-cle], button[data-tout]");
      if (!bouton || occupee) return;
      var section = bouton.closest("section"), siennes = cochees(section);
      var cles = bouton.dataset.cle ? [bouton.dataset.cle] : siennes;
      var groupe = cles.length ? "" : bouton.dataset.groupe;
      occuper(true);
      acte.current = true;
      props.setProps({ fait: { cles: cles, groupe: groupe, fois: ((props.fait || {}).fois || 0) + 1 } });
    }
    function cocher(e) {
      dire(e.target.closest("section"));
    }
    // What the button of a head does: all of it, or what is ticked.
    function dire(section) {
      var tout = section && section.querySelector("[data-tout]");
      if (!tout) return;
      var siennes = cochees(section), nombre = siennes.length;
      if (tout.dataset.vers) {
        tout.setAttribute("href", nombre ? tout.dataset.vers + "&affaires=" + siennes.join(",") : tout.dataset.tous);
        tout.textContent = nombre ? tout.dataset.verbe + " (" + nombre + ")" : tout.dataset.tout;
        return;
      }
      tout.textContent = !nombre ? tout.dataset.tout : tout.dataset.verbe + (nombre > 1 ? " les " + nombre + " cochées" : " la cochée");
    }
    return creer("div", { id: props.id, tabIndex: -1, onClick: cliquer, onChange: cocher, "aria-busy": occupee ? "true" : undefined, className: "file" }, arbre);
  }

  function octets(nombre) {
    return (nombre / 1e6).toFixed(1).replace(".", ",") + " Mo";
  }

  // Files go as they are, whatever their size, one after the other behind their list; the page may
  // be left once they are there.
  function corps(fichiers) {
    if (fichiers.length === 1) return { suite: "?nom=" + encodeURIComponent(fichiers[0].nom), contenu: fichiers[0].fichier };
    var liste = new Blob([JSON.stringify(fichiers.map(function (un) { return [un.nom, un.fichier.size]; }))]);
    return { suite: "?liste=" + liste.size, contenu: new Blob([liste].concat(fichiers.map(function (un) { return un.fichier; }))) };
  }

  function choisis(fichiers) {
    return Array.from(fichiers).map(function (un) { return { nom: un.webkitRelativePath || un.name, fichier: un }; });
  }

  // What is dropped: files, and those of folders.
  function laches(transfert) {
    var entrees = Array.from(transfert.items || []).map(function (un) { return un.webkitGetAsEntry && un.webkitGetAsEntry(); }).filter(Boolean);
    if (!entrees.some(function (une) { return une.isDirectory; })) return Promise.resolve(choisis(transfert.files));
    return Promise.all(entrees.map(parcourir)).then(function (lus) { return [].concat.apply([], lus); });
  }

  function parcourir(entree) {
    if (entree.isFile) return new Promise(function (fait, echec) {
      entree.file(function (un) { fait([{ nom: entree.fullPath.replace(/^\//, ""), fichier: un }]); }, echec);
    });
    var lecteur = entree.createReader(), toutes = [];
    function suite() {
      return new Promise(function (fait, echec) { lecteur.readEntries(fait, echec); }).then(function (lues) {
        if (!lues.length) return Promise.all(toutes.map(parcourir)).then(function (lus) { return [].concat.apply([], lus); });
        toutes = toutes.concat(lues);
        return suite();
      });
    }
    return suite();
  }

  function Depot(props) {
    var etat = React.useState({}), vu = etat[0], voir = etat[1];
    var encours = React.useRef(null);
    function deposer(fichiers) {
      if (!fichiers.length || encours.current) return;
      var lu = corps(fichiers), envoi = new XMLHttpRequest();
      var dossier = fichiers[0].nom.indexOf("/") > 0 ? fichiers[0].nom.split("/")[0] : "";
      var nom = fichiers.length === 1 ? "«\u202f" + fichiers[0].nom + "\u202f»" : dossier ? "«\u202f" + dossier + "\u202f», " + fichiers.length + " fichiers" : fichiers.length + " fichiers";
      encours.current = envoi;
      envoi.open("POST", props.adresse + lu.suite);
      envoi.setRequestHeader("Content-Type", "application/octet-stream");
      envoi.responseType = "json";
      envoi.upload.onprogress = function (e) { voir({ nom: nom, recus: e.loaded, taille: e.total }); };
      envoi.onload = function () {
        encours.current = null;
        if (envoi.status === 401) window.dispatchEvent(new Event(FERMEE));
        var rendu = envoi.response || {};
        if (rendu.travail) {
          voir({ dit: fichiers.length === 1 ? nom + "\u00a0: déposé." : nom + "\u00a0: déposés." });
          props.setProps({ depose: rendu.travail });
        } else voir({ refus: rendu.refus || "Le serveur n’a pas répondu. Déposer de nouveau la livraison." });
      };
      envoi.onerror = function () {
        encours.current = null;
        voir({ refus: "Le transfert s’est arrêté. Déposer de nouveau la livraison." });
      };
      envoi.onabort = function () { encours.current = null; voir({ dit: "Transfert abandonné, rien n’a été gardé." }); };
      voir({ nom: nom, recus: 0, taille: lu.contenu.size });
      envoi.send(lu.contenu);
    }
    function lacher(e) {
      e.preventDefault();
      laches(e.dataTransfer).then(deposer);
    }
    function champ(id, texte, second, plus) {
      return [
        creer("input", Object.assign({
          id: id, key: id, className: "fr-sr-only", type: "file", multiple: true, disabled: Boolean(vu.nom),
          "aria-describedby": "depot-aide", onChange: function (e) { deposer(choisis(e.target.files)); e.target.value = ""; }
        }, plus)),
        creer("label", { className: "fr-btn" + (second ? " fr-btn--secondary" : ""), htmlFor: id, key: id + "-nom" }, texte)
      ];
    }
    return creer(
      "div", { id: props.id, className: "depot", onDragOver: function (e) { e.preventDefault(); }, onDrop: lacher },
      creer("p", { className: "depot-champs" },
        champ("depot-fichier", "Choisir des fichiers", false),
        champ("depot-dossier", "Choisir un dossier", true, { webkitdirectory: "" })),
      creer("p", { className: "fr-hint-text", id: "depot-aide" }, "Une archive .zip, un dossier, ou les fichiers eux-mêmes (CSV, txt, xlsx, xls, ods), tels qu’ils ont été reçus. Ils peuvent aussi être glissés dans ce cadre."),
      vu.nom ? creer("div", null,
        creer("p", null, "Transfert de " + vu.nom + "\u00a0: " + octets(vu.recus) + " sur " + octets(vu.taille)),
        creer("progress", { value: vu.recus, max: vu.taille || 1, "aria-label": "Transfert" }),
        creer("button", { type: "button", className: "fr-btn fr-btn--sm fr-btn--secondary", onClick: function () { encours.current.abort(); } }, "Arrêter le transfert")
      ) : null,
      vu.dit ? creer("p", { role: "status" }, vu.dit) : null,
      vu.refus ? creer("p", { role: "alert", className: "fr-error-text" }, vu.refus) : null
    );
  }

  window.infocentre = { Bloc: Bloc, File: File, Arrivees: Arrivees, GrillePapier: GrillePapier, VersionNouvelle: VersionNouvelle, BarreFiltres: BarreFiltres, Menu: Menu, Annonce: Annonce, Chercher: Chercher, Depot: Depot, aller: aller, suivre: suivre };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.infocentre = {
    // What a person chooses goes to the address; the page follows the address.
    filtrer: function (change) {
      if (!change) return window.dash_clientside.no_update;
      var parametres = new URLSearchParams(window.location.search);
      if (change.valeur) parametres.set(change.nom, change.valeur);
      else parametres.delete(change.nom);
      parametres.delete("page");
      parametres.delete("vue");
      // Without any filter, the page would open on those that are kept.
      var lieux = ["departement", "mois", "epci"], reste = Array.from(parametres.keys()).some(function (nom) { return lieux.indexOf(nom) < 0; });
      if (ouverte.vue && !reste) parametres.set("vue", "aucune");
      var recherche = parametres.toString();
      // Said to the address itself: what Dash knows of it may be older (a page that opened on
      // filters kept, or that did not come).
      suivreAdresse(window.location.pathname + (recherche ? "?" + recherche : ""));
      return window.dash_clientside.no_update;
    },
    // What a gesture says, on the page that it is for, which may have been made again since.
    dire: function (dit, id) {
      if (!dit || dit.adresse !== window.location.pathname + window.location.search) return null;
      setTimeout(function () {
        var lieu = document.getElementById(id);
        var haut = lieu ? lieu.getBoundingClientRect().top : 0;
        if (lieu && lieu.firstChild && (haut < 0 || haut > 0.8 * window.innerHeight)) lieu.scrollIntoView();
      }, 100);
      return dit.dit;
    },
    // What was asked and is now there goes to the reader as a file.
    remettre: function (suivis) {
      ((suivis || {}).prets || []).forEach(function (adresse) {
        var lien = document.createElement("a");
        lien.href = adresse;
        lien.download = "";
        lien.click();
      });
      return window.dash_clientside.no_update;
    }
  };
})();
