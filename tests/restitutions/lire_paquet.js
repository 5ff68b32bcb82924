// Reads a publication with the JavaScript reader of Data Packages: rows, by name, or what is wrong.
const fs = require("fs");
const { Package } = require("datapackage");

(async () => {
  const dossier = process.argv[2];
  const decrit = JSON.parse(fs.readFileSync(`${dossier}/datapackage.json`, "utf8"));
  const paquet = await Package.load(decrit, { basePath: dossier });
  const lus = { erreurs: paquet.errors.map((une) => une.message) };
  for (const table of paquet.resources) {
    lus[table.name] = (await table.read()).length; // each cell by its type and its constraints
    await table.checkRelations();
  }
  console.log(JSON.stringify(lus));
})().catch((erreur) => {
  console.log(JSON.stringify({ erreurs: [erreur, ...(erreur.errors || [])].map(String) }));
});
