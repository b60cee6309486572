// A schema as the list of plain schemas that it may be: references followed, unions spread out, parts of allOf put together.

import { resolve } from "../document.mjs";

/** The plain schemas. */
export function variants(document, schema) {
  const plain = resolve(document, schema);
  const choices = plain.oneOf ?? plain.anyOf;
  const parts = [...(plain.allOf ?? []).map((part) => variants(document, part)), ...(choices ? [choices.flatMap((choice) => variants(document, choice))] : [])];
  const { allOf, oneOf, anyOf, ...own } = plain;
  const several = Array.isArray(own.type) ? own.type.map((type) => ofType(own, type)) : [own];
  return [several, ...parts].reduce((made, part) => made.flatMap((one) => part.map((other) => joined(one, other))));
}

/** Of a schema of several types what says something of one. */
function ofType(schema, type) {
  const words = schema.enum?.filter((word) => (word === null) === (type === "null"));
  return { ...schema, type, ...(words && type !== "null" ? { enum: words } : { enum: undefined }) };
}

function joined(one, other) {
  const merged = { ...one, ...other };
  if (one.properties || other.properties) {
    merged.properties = { ...one.properties, ...other.properties };
    merged.required = [...(one.required ?? []), ...(other.required ?? [])];
  }
  return merged;
}

/** The word that tells a variant from the others of its union, where it has one. */
export function tag(document, variant) {
  for (const name of ["type", "code"]) {
    const field = variant.properties?.[name];
    const words = field && resolve(document, field).enum;
    if (words?.length === 1) {
      return `${name}=${words[0]}`;
    }
  }
  return undefined;
}
