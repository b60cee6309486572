// The committed documents, and ways through them.

import { readFileSync } from "node:fs";

const HERE = new URL(".", import.meta.url);

/** A JSON file of the repository, by its path from the root. */
export function json(path) {
  return JSON.parse(readFileSync(new URL(`../../${path}`, HERE), "utf8"));
}

/** What a local reference leads to. */
export function resolve(document, schema) {
  let found = schema;
  while (found.$ref !== undefined) {
    found = found.$ref
      .slice(2)
      .split("/")
      .reduce((part, key) => part[key.replaceAll("~1", "/").replaceAll("~0", "~")], document);
  }
  return found;
}

/** The members of a union of components, by the word that tells them apart. */
export function membersByWord(document, union) {
  return document.components.schemas[union].oneOf.map(({ $ref }) => {
    const schema = resolve(document, { $ref });
    return { word: schema.properties.code.enum[0], name: $ref.split("/").at(-1), schema };
  });
}

/** The words of `type` of a union that is written out. */
export function kinds(document, union) {
  return document.components.schemas[union].oneOf.map((member) => kind(document, member));
}

function kind(document, schema) {
  const own = schema.properties?.type?.enum?.[0];
  return own ?? (schema.allOf ?? []).map((part) => kind(document, resolve(document, part))).find((word) => word !== undefined);
}
