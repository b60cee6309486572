// What a schema took away: from an answer's readers what they found there, from a request's writers what they could say.

import { tag, variants } from "./variants.mjs";

/** The limits of a request, and whether a change from one value to the other leaves less room. */
const LIMITS = {
  minLength: (before, now) => now > (before ?? 0),
  minItems: (before, now) => now > (before ?? 0),
  minProperties: (before, now) => now > (before ?? 0),
  minimum: (before, now) => now > (before ?? -Infinity),
  exclusiveMinimum: (before, now) => now > (before ?? -Infinity),
  maxLength: (before, now) => now < (before ?? Infinity),
  maxItems: (before, now) => now < (before ?? Infinity),
  maxProperties: (before, now) => now < (before ?? Infinity),
  maximum: (before, now) => now < (before ?? Infinity),
  exclusiveMaximum: (before, now) => now < (before ?? Infinity),
  pattern: (before, now) => now !== before,
  format: (before, now) => now !== before,
};

const TYPE_CHANGED = "type changed";

/** The findings: `{ rule, at }`. `direction` is `answer` or `request`. */
export function schemaFindings(earlier, later, before, now, direction, at, seen = new Set()) {
  const pair = `${before.$ref} ${now.$ref} ${direction}`;
  if (before.$ref && now.$ref && seen.has(pair)) {
    return [];
  }
  const look = { earlier, later, direction, seen: new Set(seen).add(pair) };
  const [old, young] = [variants(earlier, before), variants(later, now)];
  return direction === "answer" ? answered(look, old, young, at) : asked(look, old, young, at);
}

/** All that an answer may be has to be something that it could be before, or something new with a word of its own. */
function answered(look, old, young, at) {
  const tags = old.map((variant) => tag(look.earlier, variant));
  const left = young.map((variant) => tag(look.later, variant));
  const found = tags.filter((word) => word !== undefined && !left.includes(word)).map((word) => ({ rule: "code removed", at: `${at} ${word}` }));
  for (const variant of young) {
    const word = tag(look.later, variant);
    if (word !== undefined && !tags.includes(word) && tags.every((known) => known !== undefined)) {
      continue;
    }
    const alike = tags.includes(word) && word !== undefined ? old.filter((_, index) => tags[index] === word) : old;
    found.push(...best(alike.map((earlier) => plain(look, earlier, variant, word ? `${at} ${word}` : at))));
  }
  return [...found, ...gone(old, young, at)];
}

/** A field that need not have been there is missed when no form of the answer has it any more. */
function gone(old, young, at) {
  const optional = old.flatMap((variant) => Object.keys(variant.properties ?? {}).filter((name) => !variant.required?.includes(name)));
  const left = new Set(young.flatMap((variant) => Object.keys(variant.properties ?? {})));
  return [...new Set(optional)].filter((name) => !left.has(name)).map((name) => ({ rule: "field removed", at: `${at}.${name}` }));
}

/** All that a request could be has to be something that it may be. */
function asked(look, old, young, at) {
  return old.flatMap((variant) => best(young.map((now) => plain(look, variant, now, at))));
}

/** The findings of the pair that goes together best: two of one type before any two of different ones. */
function best(findings) {
  const cost = (list) => list.reduce((sum, { rule }) => sum + (rule === TYPE_CHANGED ? 1000 : 1), 0);
  return findings.reduce((least, one) => (cost(one) < cost(least) ? one : least));
}

function plain(look, before, now, at) {
  const found = look.direction === "answer" ? ofAnswer(look, before, now, at) : ofRequest(look, before, now, at);
  if (before.items && now.items) {
    found.push(...deeper(look, before.items, now.items, `${at}[]`));
  }
  const [more, moreNow] = [before.additionalProperties, now.additionalProperties];
  if (typeof more === "object" && typeof moreNow === "object") {
    found.push(...deeper(look, more, moreNow, `${at}.*`));
  }
  for (const [name, field] of Object.entries(before.properties ?? {}).filter(([name]) => now.properties?.[name])) {
    found.push(...deeper(look, field, now.properties[name], `${at}.${name}`));
  }
  return found;
}

function deeper(look, before, now, at) {
  return schemaFindings(look.earlier, look.later, before, now, look.direction, at, look.seen);
}

function ofAnswer(look, before, now, at) {
  const found = [];
  if (!within(now.type, before.type)) {
    return [{ rule: TYPE_CHANGED, at }];
  }
  const required = before.required ?? [];
  for (const name of required) {
    if (!now.properties?.[name]) {
      found.push({ rule: "field removed", at: `${at}.${name}` });
    } else if (!now.required?.includes(name)) {
      found.push({ rule: "field may be missing", at: `${at}.${name}` });
    }
  }
  if (before.enum?.length === 1 && now.enum?.[0] !== before.enum[0]) {
    found.push({ rule: "word changed", at });
  }
  return found;
}

function ofRequest(look, before, now, at) {
  const found = [];
  if (!within(before.type, now.type)) {
    return [{ rule: TYPE_CHANGED, at }];
  }
  const closed = now.additionalProperties === false;
  for (const name of Object.keys(before.properties ?? {}).filter((name) => closed && !now.properties?.[name])) {
    found.push({ rule: "field refused", at: `${at}.${name}` });
  }
  if (closed && before.properties && before.additionalProperties !== false) {
    found.push({ rule: "other fields refused", at });
  }
  for (const name of (now.required ?? []).filter((name) => !before.required?.includes(name))) {
    found.push({ rule: "field required", at: `${at}.${name}` });
  }
  if (now.enum && (!before.enum || before.enum.some((word) => !now.enum.includes(word)))) {
    found.push({ rule: "enum narrowed", at });
  }
  for (const [name, narrows] of Object.entries(LIMITS)) {
    if (now[name] !== undefined && narrows(before[name], now[name])) {
      found.push({ rule: `${name} narrowed`, at });
    }
  }
  return found;
}

/** Whether all values of one type are of the other. */
function within(type, of) {
  return of === undefined || type === of || (type === "integer" && of === "number");
}
