// Every code of the server's document: its phase, its params, an example. Pure: the document in, the reference out.

export interface Param {
  name: string;
  type: string;
  /** Always there. */
  required: boolean;
  /** In English, as the document has it, with the unit. */
  meaning: string;
}

export interface CodeEntry {
  code: string;
  /** Null for an event that belongs to whatever phase it ended, and for errors. */
  phase: string | null;
  meaning: string;
  params: Param[];
  /** The document's example of an event, or of an error's body; its params are real values. */
  example: { params: Record<string, unknown> };
}

export interface Reference {
  events: CodeEntry[];
  errors: CodeEntry[];
}

interface Schema {
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: string[];
  examples?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
  $ref?: string;
}

type Schemas = Record<string, Schema>;

/** What every event's params have; told once, above. */
const COMMON = ['timestamp', 'projectId'];

/** Throws on what is no document of a server. */
export function readReference(document: unknown): Reference {
  const { components } = document as { components: { schemas: Schemas } };
  const { schemas } = components;
  return { events: entriesOf(schemas, 'BuildEvent', COMMON), errors: entriesOf(schemas, 'ErrorBody', []) };
}

function entriesOf(schemas: Schemas, union: string, left: string[]): CodeEntry[] {
  const members = schemas[union]?.oneOf;
  if (!members) throw new Error(`no ${union} in the document`);
  return members.map((member) => entryOf(schemas, resolved(schemas, member), left));
}

function entryOf(schemas: Schemas, schema: Schema, left: string[]): CodeEntry {
  const { code, phase, params } = schema.properties ?? {};
  const { properties = {}, required = [] } = resolved(schemas, params ?? {});
  const example = (schema.examples?.[0] ?? {}) as { params?: Record<string, unknown> };
  return {
    code: code?.enum?.[0] ?? '',
    phase: phase?.enum?.[0] ?? null,
    meaning: schema.description ?? '',
    params: Object.entries(properties)
      .filter(([name]) => !left.includes(name))
      .map(([name, each]) => ({
        name,
        type: typeOf(schemas, each),
        required: required.includes(name),
        meaning: each.description ?? '',
      })),
    example: { ...example, params: example.params ?? {} },
  };
}

function resolved(schemas: Schemas, schema: Schema): Schema {
  return schema.$ref ? (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;
}

function typeOf(schemas: Schemas, schema: Schema): string {
  const { type, format, enum: words, items, oneOf } = resolved(schemas, schema);
  if (words) return words.join(' | ');
  if (oneOf) return oneOf.map((each) => typeOf(schemas, each)).join(' | ');
  if (items) return `${typeOf(schemas, items)}[]`;
  const name = Array.isArray(type) ? type.join(' | ') : (type ?? 'any');
  return format ? `${name} (${format})` : name;
}

/** Whether every word of the filter is in the entry, or in its message. */
export function matches(entry: CodeEntry, text: string, filter: string): boolean {
  const all = [entry.code, entry.meaning, text, ...entry.params.flatMap(({ name, meaning }) => [name, meaning])].join('\n').toLowerCase();
  return filter.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}
