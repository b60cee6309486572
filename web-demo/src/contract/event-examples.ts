// One example of each code's own params, with only what the code always has, made from the
// document. For tests: a message must read well without the optional ones.

import { readFileSync } from 'node:fs';
import type { EventCode, ParamsOf, Phase } from '@buildcast/client';

type Common = 'timestamp' | 'projectId';

interface Schema {
  type?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, Schema>;
  $ref?: string;
}

const url = new URL('../../../openapi/openapi.json', import.meta.url);
const schemas = JSON.parse(readFileSync(url, 'utf8')).components.schemas as Record<string, Schema> & {
  BuildEvent: { discriminator: { mapping: Record<EventCode, string> } };
};

/** All codes. */
export const EVENT_CODES = Object.keys(schemas.BuildEvent.discriminator.mapping) as EventCode[];

/** Each code's phase; null where it is that of the step that failed. */
export const EVENT_PHASES = ofEach((code) => (fieldOf(code, 'phase').enum?.[0] ?? null) as Phase | null);

export const LEAST_PARAMS: { [C in EventCode]: Omit<ParamsOf<C>, Common> } = ofEach((code) => example(fieldOf(code, 'params')));

function ofEach<T>(make: (code: EventCode) => T): { [C in EventCode]: never } & Record<EventCode, T> {
  return Object.fromEntries(EVENT_CODES.map((code) => [code, make(code)])) as never;
}

function fieldOf(code: EventCode, name: string): Schema {
  const event = named(schemas.BuildEvent.discriminator.mapping[code]);
  const field = event.properties?.[name] ?? {};
  return field.$ref && name === 'params' ? named(field.$ref) : field;
}

function named(ref: string): Schema {
  return schemas[ref.split('/').at(-1) ?? ''] ?? {};
}

function example({ required = [], properties = {} }: Schema): Record<string, unknown> {
  const own = required.filter((name) => name !== 'timestamp' && name !== 'projectId');
  return Object.fromEntries(own.map((name) => [name, value(name, properties[name] ?? {})]));
}

function value(name: string, { type, enum: words, $ref }: Schema): unknown {
  if (name === 'url') return 'http://127.0.0.1:8081/p/p-1/';
  if ($ref) return named($ref).enum?.[0];
  if (words) return words[0];
  return { integer: 1, number: 1.5, boolean: false, string: 'word' }[type ?? ''];
}
