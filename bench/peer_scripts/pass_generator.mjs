// Passes by passkit-generator: node pass_generator.mjs MODULES FOLDER CALLS; FOLDER as for pass_libraries.py.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";

const [modules, folder, calls] = process.argv.slice(2);
const { PKPass } = createRequire(join(modules, "package.json"))("passkit-generator");
const read = (name) => readFileSync(join(folder, "keys", name));
const certificates = { signerCert: read("certificate.pem"), signerKey: read("key.pem"), wwdr: read("wwdr.pem") };
const content = JSON.parse(readFileSync(join(folder, "pass.json")));
const files = Object.fromEntries(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !(entry.parentPath ?? entry.path).endsWith("keys"))
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((name) => name !== "pass.json")
    .map((name) => [name, readFileSync(join(folder, name))]),
);

function make(number) {
  const document = { ...content, serialNumber: String(number).padStart(20, "0") };
  return new PKPass({ ...files, "pass.json": Buffer.from(JSON.stringify(document)) }, certificates).getAsBuffer();
}

make(0);
const begun = process.cpuUsage();
for (let number = 0; number < Number(calls); number += 1) make(number);
const used = process.cpuUsage(begun);
console.log(JSON.stringify({ cost_us: (used.user + used.system) / Number(calls) }));
