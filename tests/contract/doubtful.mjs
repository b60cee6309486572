// Where a type says nothing: `any` and `unknown`, however deep.

import ts from "typescript";

/** The program of these files, under the settings of tsconfig.json. */
export function program(files) {
  const { config } = ts.readConfigFile(new URL("tsconfig.json", import.meta.url).pathname, ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ".");
  return ts.createProgram(files, options);
}

/** The type of the first parameter of each exported function of a file, by the function's name. */
export function parameters(made, file) {
  const checker = made.getTypeChecker();
  const functions = made.getSourceFile(file).statements.filter((statement) => ts.isFunctionDeclaration(statement) && statement.body);
  return new Map(functions.map((one) => [one.name.text, checker.getTypeAtLocation(one.parameters[0])]));
}

/** The paths at which a type is `any` or `unknown`. */
export function doubtful(made, type, path = "", seen = new Set()) {
  const checker = made.getTypeChecker();
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) {
    return [`${path}: ${checker.typeToString(type)}`];
  }
  if (seen.has(type) || type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike)) {
    return [];
  }
  seen.add(type);
  if (type.isUnion()) {
    return type.types.flatMap((part) => doubtful(made, part, path, seen));
  }
  if (checker.isArrayType(type)) {
    return checker.getTypeArguments(type).flatMap((part) => doubtful(made, part, `${path}[]`, seen));
  }
  const fields = checker.getPropertiesOfType(type).flatMap((field) => doubtful(made, checker.getTypeOfSymbol(field), `${path}.${field.name}`, seen));
  const others = checker.getIndexInfosOfType(type).flatMap((info) => doubtful(made, info.type, `${path}.*`, seen));
  return [...fields, ...others];
}
