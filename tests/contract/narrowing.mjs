// Sources that a compiler has to take, and lines that it has to refuse: of every code of every union, from the document.

import { kinds, membersByWord, resolve } from "./document.mjs";

const BY_CODE = ["BuildEvent", "ErrorBody"];
const BY_TYPE = ["ControlFrame", "ServerFrame", "ClientFrame"];

/** A file that narrows each union on each of its words: `type(name)` writes a component's type as a generator names it. */
export function right(document, imports, type) {
  const same = "type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;";
  const cases = (union) =>
    membersByWord(document, union).map(({ word, schema }) => {
      const params = resolve(document, schema.properties.params);
      const lines = Object.entries(params.properties ?? {}).map(([name, field]) => {
        const optional = params.required?.includes(name) ? "" : " | undefined";
        return `      yes<Same<typeof value.params.${name}, ${written(document, field)}${optional}>>(true);`;
      });
      return `    case "${word}":\n${lines.join("\n")}\n      return;`;
    });
  const byCode = BY_CODE.map((union) => narrowed(union, "code", type(union), cases(union)));
  // an error frame is an error's body, whatever a generator makes of a body beside a type
  const ofError = `      yes<Same<typeof value.code, ${type("ErrorBody")}["code"]>>(true);\n`;
  const ofType = (word) => `    case "${word}":\n${word === "error" ? ofError : ""}      return;`;
  const byType = BY_TYPE.map((union) => narrowed(union, "type", type(union), kinds(document, union).map(ofType)));
  return [imports, same, "declare function yes<T extends true>(value: T): void;", ...byCode, ...byType].join("\n\n") + "\n";
}

function narrowed(union, key, type, cases) {
  const end = "    default: {\n      const none: never = value;\n      return none;\n    }";
  return `export function narrow${union}(value: ${type}): void {\n  switch (value.${key}) {\n${cases.join("\n")}\n${end}\n  }\n}`;
}

/** A file of which the compiler must refuse every statement: a param of another type, one that the code has not, a code that there is not. */
export function wrong(document, imports, type) {
  const refused = BY_CODE.flatMap((union) => {
    const params = `export type ${union}Params<C extends ${type(union)}["code"]> = Extract<${type(union)}, { code: C }>["params"];`;
    const lines = membersByWord(document, union).flatMap(({ word, schema }) => ofCode(document, `${union}Params<"${word}">`, schema));
    return [params, ...[...lines, `null! as ${union}Params<"NO_SUCH_CODE">;`].map((line) => `// @ts-expect-error\n${line}`)];
  });
  return [imports, ...refused].join("\n") + "\n";
}

function ofCode(document, params, schema) {
  const fields = Object.entries(resolve(document, schema.properties.params).properties ?? {});
  const mistaken = fields.map(([name, field]) => `null! as ${params}["${name}"] satisfies ${other(document, field)};`);
  return [`({ notThere: true }) satisfies ${params};`, ...mistaken];
}

/** The type that a compiler must take a field for. */
function written(document, field) {
  const schema = resolve(document, field);
  if (schema.enum) {
    return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  }
  switch (schema.type) {
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
      return schema.type;
    case "array":
      return `(${written(document, schema.items)})[]`;
    default:
      return `{ ${Object.entries(schema.properties).map(([name, part]) => `${name}: ${written(document, part)}`).join("; ")} }`;
  }
}

/** A type that the field is not of. */
function other(document, field) {
  return resolve(document, field).type === "string" ? "number" : "string";
}
