// Runs both generators on the 3.1 document, and writes what a compiler is to take and to refuse, into generated/.

import { createClient } from "@hey-api/openapi-ts";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import { json } from "./document.mjs";
import { right, wrong } from "./narrowing.mjs";

const DOCUMENT = new URL("../../openapi/openapi.json", import.meta.url);
const INTO = new URL("generated/", import.meta.url);

rmSync(INTO, { recursive: true, force: true });
mkdirSync(INTO);
const write = (name, text) => writeFileSync(new URL(name, INTO), text);

write("openapi-typescript.ts", astToString(await openapiTS(DOCUMENT)));
await createClient({
  input: fileURLToPath(DOCUMENT),
  output: fileURLToPath(new URL("hey-api", INTO)),
  plugins: ["@hey-api/typescript"],
  logs: { level: "error", file: false },
});

const document = json("openapi/openapi.json");
const named = (name) => name;
const generators = {
  "openapi-typescript": ['import type { components } from "./openapi-typescript";', (name) => `components["schemas"]["${name}"]`],
  "hey-api": ['import type { BuildEvent, ClientFrame, ControlFrame, ErrorBody, ServerFrame } from "./hey-api/types.gen";', named],
};
for (const [name, [imports, type]] of Object.entries(generators)) {
  write(`${name}.right.ts`, right(document, imports, type));
  write(`${name}.wrong.ts`, wrong(document, imports, type));
}
