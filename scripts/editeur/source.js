// The SQL editor of the page Requêtes: CodeMirror 6 in French, over a plain text area that stays
// the form's field. Bundled by scripts/vendor_editeur.py; nothing here reaches the network.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { PostgreSQL, SQLDialect, sql } from "@codemirror/lang-sql";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const MOTS = "anti asof exclude ilike pivot positional qualify semi summarize unpivot";
const TYPES = "hugeint tinyint utinyint usmallint uinteger ubigint double struct map list";
const FONCTIONS =
  "abs any_value arg_max arg_min avg bool_and bool_or ceil coalesce concat count count_if date_diff date_part " +
  "date_trunc dayofweek dense_rank extract first floor format greatest group_concat ifnull lag last last_day lead " +
  "least left length list lower lpad ltrim make_date max median min mode month nullif ntile quantile_cont quarter " +
  "rank regexp_matches regexp_replace replace right round row_number rpad rtrim split_part stddev strftime " +
  "string_agg strptime substr sum trim unnest upper variance week year";

const DUCKDB = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: PostgreSQL.spec.keywords + " " + MOTS,
  types: PostgreSQL.spec.types + " " + TYPES,
  builtin: FONCTIONS,
  specialVar: "$",
  charSetCasts: false,
  slashComments: false,
  hashComments: false,
});

const SORTIE_MS = 2000;

const PHRASES = {
  "Completions": "Propositions",
  "Diagnostics": "Erreurs",
  "No diagnostics": "Aucune erreur",
};

const COULEURS = HighlightStyle.define([
  { tag: tags.keyword, color: "#000091", fontWeight: "700" },
  { tag: [tags.string, tags.special(tags.string)], color: "#18753c" },
  { tag: [tags.number, tags.bool, tags.null], color: "#8d533e" },
  { tag: [tags.lineComment, tags.blockComment], color: "#5a5a5a" },
  { tag: tags.typeName, color: "#6e445a" },
  { tag: tags.standard(tags.name), color: "#6e445a" },
  { tag: tags.special(tags.name), color: "#b34000", fontWeight: "700" },
]);

const THEME = EditorView.theme({
  "&": { backgroundColor: "#fff", border: "1px solid #6a6a6a", fontSize: "0.9375rem" },
  "&.cm-focused": { outline: "2px solid #0a76f6", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace", lineHeight: "1.5", minHeight: "11rem", maxHeight: "45vh", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "#f6f6f6", color: "#666", borderRight: "1px solid #ddd" },
  ".cm-activeLine": { backgroundColor: "#f5f5fe99" },
  ".cm-tooltip": { backgroundColor: "#fff", border: "1px solid #6a6a6a" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "#000091", color: "#fff" },
  ".cm-tooltip-autocomplete ul li": { padding: "0.2rem 0.5rem" },
  ".cm-completionDetail": { fontStyle: "normal", color: "#666" },
  "li[aria-selected] .cm-completionDetail": { color: "#fff" },
  ".cm-completionInfo": { padding: "0.5rem", maxWidth: "22rem", fontFamily: "Marianne, arial, sans-serif" },
  ".cm-diagnostic": { fontFamily: "Marianne, arial, sans-serif" },
});

const SOURCES = /\b(?:from|join)\s+([a-z_][a-z0-9_]*)/gi;

// Columns of the tables that the text reads, without having to write the table before them.
function colonnesDesTables(tables) {
  return function (contexte) {
    const avant = contexte.state.sliceDoc(contexte.state.doc.lineAt(contexte.pos).from, contexte.pos);
    if (avant.split("'").length % 2 === 0) return null;  // inside quotes
    const mot = contexte.matchBefore(/[a-zA-Z_][\w]*/);
    if (!mot && !contexte.explicit) return null;
    const debut = mot ? mot.from : contexte.pos;
    if (contexte.state.sliceDoc(debut - 1, debut) === ".") return null;
    const lues = new Set();
    for (const trouve of contexte.state.doc.toString().matchAll(SOURCES)) lues.add(trouve[1].toLowerCase());
    const options = [...lues].flatMap((nom) => (tables[nom] || []).map((une) => ({ ...une, boost: 50 })));
    return options.length ? { from: debut, options, validFor: /^\w*$/ } : null;
  };
}

const AVANT_VALEUR = /([a-zA-Z_]\w*)\s*(?:=|<>|!=|\bin\s*\((?:\s*'[^']*'\s*,)*|\bnot\s+in\s*\((?:\s*'[^']*'\s*,)*)\s*'([^']*)$/i;

// The codes of a column, with what each means, inside the quotes of a comparison.
function valeursDesCodes(listes, codes) {
  return function (contexte) {
    const ligne = contexte.state.doc.lineAt(contexte.pos);
    const trouve = AVANT_VALEUR.exec(contexte.state.sliceDoc(Math.max(ligne.from, contexte.pos - 2000), contexte.pos));
    const liste = trouve && listes[trouve[1].toLowerCase()];
    if (!liste || !codes[liste]) return null;
    const options = codes[liste].map(([code, libelle], rang) => ({ label: code, detail: libelle, type: "constant", boost: 99 - rang / 10 }));
    return { from: contexte.pos - trouve[2].length, options, validFor: /^[^']*$/ };
  };
}

// `schema` is {tables: [{nom, libelle, colonnes: [{nom, type, sens, liste}]}], codes: {liste: [[code, label]]}}.
function completions(schema) {
  const tables = {};
  const noms = [];
  const listes = {};
  for (const table of schema.tables) {
    noms.push({ label: table.nom, type: "class", detail: "table", info: table.libelle });
    tables[table.nom] = table.colonnes.map((une) => ({ label: une.nom, type: "property", detail: une.type, info: une.sens }));
    for (const une of table.colonnes) if (une.liste) listes[une.nom] = une.liste;
  }
  const langage = sql({ dialect: DUCKDB, schema: tables, tables: noms });
  const proposer = (source) => langage.language.data.of({ autocomplete: source });
  return [langage, proposer(colonnesDesTables(tables)), proposer(valeursDesCodes(listes, schema.codes || {}))];
}

// What stands between a word that is inserted and what is before it: names follow one another by
// commas, a keyword and what it takes by a space.
const ATTEND_UN_NOM = /\b(select|distinct|from|join|where|and|or|not|by|on|having|when|then|else|case|between|like|in|as)$/i;
function avantLeMot(texte) {
  if (ATTEND_UN_NOM.test(texte)) return " ";
  return /[\p{L}\p{N}_"]$/u.test(texte) ? ", " : "";
}

// Turn the text area into an editor; give back what the page may ask of it. `schema` is a promise:
// people write while the tables are still being read.
function creer(champ, schema, options) {
  const langage = new Compartment();
  const raccourcis = Prec.highest(
    keymap.of([
      { key: "Mod-Enter", run: (editeur) => (closeCompletion(editeur), options.executer(), true) },
      { key: "Tab", run: acceptCompletion },
      // Even when Escape closes something: the next Tab leaves the editor.
      { key: "Escape", run: (editeur) => (editeur.setTabFocusMode(SORTIE_MS), false) },
    ]),
  );
  const suivre = EditorView.updateListener.of((changement) => {
    if (!changement.docChanged) return;
    champ.value = changement.state.doc.toString();
    options.changer();
  });
  const vue = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: champ.value,
      selection: { anchor: champ.value.length },
      extensions: [
        raccourcis,
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        lintGutter(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": options.nom, "aria-describedby": options.aide, tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
        EditorState.phrases.of(PHRASES),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        syntaxHighlighting(COULEURS),
        THEME,
        langage.of(completions({ tables: [] })),
        suivre,
      ],
    }),
  });
  schema.then((lu) => vue.dispatch({ effects: langage.reconfigure(completions(lu)) }));
  return {
    texte: () => vue.state.doc.toString(),
    ecrire(texte) {
      vue.dispatch({ changes: { from: 0, to: vue.state.doc.length, insert: texte }, selection: { anchor: texte.length } });
    },
    inserer(mot) {
      const { from, to } = vue.state.selection.main;
      const ligne = vue.state.doc.lineAt(from);
      const apres = /^[\p{L}\p{N}_"]/u.test(vue.state.sliceDoc(to, to + 1)) ? " " : "";
      vue.dispatch(vue.state.replaceSelection(avantLeMot(vue.state.sliceDoc(ligne.from, from)) + mot + apres));
      vue.focus();
    },
    // Underline what is wrong: `longueur` characters from `ligne` and `colonne`, which count from 1;
    // null when the place is unknown.
    signaler(message, ligne, colonne, longueur) {
      if (!message || !ligne || ligne > vue.state.doc.lines) {
        vue.dispatch(setDiagnostics(vue.state, []));
        return;
      }
      const rangee = vue.state.doc.line(ligne);
      const lettres = Array.from(rangee.text);  // the server counts characters, the editor units
      const avant = lettres.slice(0, Math.max(0, (colonne || 1) - 1)).join("").length;
      const de = Math.min(rangee.from + avant, rangee.to);
      const mot = /^[\p{L}\p{N}_"]+/u.exec(vue.state.sliceDoc(de, rangee.to));
      const a = Math.min(de + (longueur > 1 ? longueur : mot ? mot[0].length : 1), rangee.to);
      vue.dispatch(setDiagnostics(vue.state, [{ from: Math.min(de, a), to: a, severity: "error", message }]), {
        effects: EditorView.scrollIntoView(de),
      });
    },
    focaliser: () => vue.focus(),
    fermer: () => vue.destroy(),
  };
}

window.infocentreEditeur = { creer };
