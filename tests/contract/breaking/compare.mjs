// What a document took away from those who used an earlier one: docs/api-changes.md says what may change, this finds the rest.

import { schemaFindings } from "./schema.mjs";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/** Components that no operation refers to in 3.1, and who writes them. */
const FRAMES = { ControlFrame: "answer", ServerFrame: "answer", ClientFrame: "request", BuildEvent: "answer", LogLine: "answer", ErrorBody: "answer" };

/** Every change from the earlier document to the later one that breaks a client: `{ rule, at }`. */
export function breakingChanges(earlier, later) {
  const found = [];
  const look = { earlier, later, say: (rule, at) => found.push({ rule, at }) };
  for (const [path, item] of Object.entries(earlier.paths)) {
    for (const method of METHODS.filter((method) => item[method])) {
      const at = `${method.toUpperCase()} ${path}`;
      const now = later.paths[path]?.[method];
      now ? operation(look, item[method], now, at) : look.say("operation removed", at);
    }
  }
  for (const [name, direction] of Object.entries(FRAMES).filter(([name]) => earlier.components?.schemas?.[name])) {
    const now = later.components.schemas[name];
    now ? schemas(look, earlier.components.schemas[name], now, direction, name) : look.say("component removed", name);
  }
  return found;
}

function operation(look, before, now, at) {
  if (before.operationId !== now.operationId) {
    look.say("operation renamed", at);
  }
  security(look, before.security ?? [], now.security ?? [], at);
  parameters(look, before.parameters ?? [], now.parameters ?? [], at);
  body(look, before.requestBody, now.requestBody, at);
  for (const [status, answer] of Object.entries(before.responses)) {
    const of = `${at} ${status}`;
    const answered = now.responses[status];
    if (answered) {
      content(look, answer.content ?? {}, answered.content ?? {}, "answer", of);
      headers(look, answer.headers ?? {}, answered.headers ?? {}, of);
    } else if (status.startsWith("2") || status.startsWith("3")) {
      look.say("status removed", of);
    }
  }
}

/** Each way in that there was has to be there; an operation that was open stays open. */
function security(look, before, now, at) {
  const ways = (list) => (list.length === 0 ? ["{}"] : list.map((way) => JSON.stringify(way)));
  const left = ways(now);
  if (!left.includes("{}") && ways(before).some((way) => !left.includes(way))) {
    look.say("security narrowed", at);
  }
}

function parameters(look, before, now, at) {
  const same = (one) => (other) => one.in === other.in && one.name.toLowerCase() === other.name.toLowerCase();
  for (const parameter of before) {
    const of = `${at} ${parameter.in} ${parameter.name}`;
    const kept = now.find(same(parameter));
    if (!kept) {
      look.say("parameter removed", of);
      continue;
    }
    if (kept.required && !parameter.required) {
      look.say("parameter required", of);
    }
    schemas(look, parameter.schema, kept.schema, "request", of);
  }
  for (const parameter of now.filter((parameter) => parameter.required && !before.some(same(parameter)))) {
    look.say("parameter required", `${at} ${parameter.in} ${parameter.name}`);
  }
}

function body(look, before, now, at) {
  if (now?.required && !before?.required) {
    look.say("body required", at);
  }
  if (before && !now) {
    look.say("body removed", at);
  } else if (before) {
    content(look, before.content, now.content, "request", `${at} body`);
  }
}

function content(look, before, now, direction, at) {
  for (const [type, media] of Object.entries(before)) {
    if (!now[type]) {
      look.say("media type removed", `${at} ${type}`);
    } else if (media.schema && now[type].schema) {
      schemas(look, media.schema, now[type].schema, direction, `${at} ${type}`);
    }
  }
}

function headers(look, before, now, at) {
  const left = Object.keys(now).map((name) => name.toLowerCase());
  for (const name of Object.keys(before).filter((name) => !left.includes(name.toLowerCase()))) {
    look.say("header removed", `${at} ${name}`);
  }
}

function schemas(look, before, now, direction, at) {
  for (const { rule, at: of } of schemaFindings(look.earlier, look.later, before, now, direction, at)) {
    look.say(rule, of);
  }
}
