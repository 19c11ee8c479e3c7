import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { isMap, LineCounter, parseDocument } from 'yaml';
import { DetectorError, systemReason } from '../errors.ts';

/** Larger than any detector or configuration; a file above it is something else. */
const MAX_SIZE = 4 * 1024 * 1024;

/** A YAML file that was read and checked. */
export interface Document<T> {
  readonly value: T;
  readonly path: string;
  /** Line, from 1, of the value at a path of keys; of the nearest part of the path that is there. */
  line(keys: readonly (string | number)[]): number;
}

/**
 * Reads a YAML file and checks it against a schema.
 * @throws {DetectorError} naming file, line, key and what was expected, for the first thing that is wrong.
 */
export async function readDocument<S extends v.GenericSchema>(
  path: string,
  schema: S,
): Promise<Document<v.InferOutput<S>>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DetectorError(`cannot read ${path}: ${systemReason(error)}`);
  });
  return parseChecked(path, text, schema);
}

export function parseChecked<S extends v.GenericSchema>(
  path: string,
  text: string,
  schema: S,
): Document<v.InferOutput<S>> {
  if (text.length > MAX_SIZE) throw new DetectorError(`${path} is larger than ${MAX_SIZE / 1024 / 1024} MiB`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, stringKeys: true, logLevel: 'error' });
  const [broken] = document.errors;
  if (broken) {
    const reason = broken.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '');
    throw new DetectorError(`${path}:${lines.linePos(broken.pos[0]).line}: ${reason}`);
  }
  const line = (keys: readonly (string | number)[]): number => {
    for (let length = keys.length; length > 0; length--) {
      const node = keyNode(document, keys.slice(0, length)) ?? document.getIn(keys.slice(0, length), true);
      const offset = rangeStart(node);
      if (offset !== undefined) return lines.linePos(offset).line;
    }
    return 1;
  };
  const value = toPlain(path, document);
  if (typeof value !== 'object' || Array.isArray(value)) {
    const kind = Array.isArray(value) ? 'Array' : JSON.stringify(value);
    throw new DetectorError(`${path}:1: "the file" must be Object, but is ${kind}`);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return { value: result.output, path, line };
  // A key that nobody knows is named before one that is missing: it is usually the same one, misspelt.
  const issue = result.issues.find(isUnknownKey) ?? result.issues[0];
  const keys = (issue.path ?? []).map((item) => item.key as string | number);
  throw new DetectorError(`${path}:${line(keys)}: ${explain(issue, keys)}`);
}

function toPlain(path: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    // Aliases that double and double again are refused.
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new DetectorError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A key's own node, whose line is where people look; its value may start on the next. */
function keyNode(document: ReturnType<typeof parseDocument>, keys: readonly (string | number)[]): unknown {
  const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  return parent.items.find((pair) => String(pair.key) === String(keys.at(-1)))?.key;
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined;
  const [start] = node.range as unknown[];
  return typeof start === 'number' ? start : undefined;
}

function explain(issue: v.BaseIssue<unknown>, keys: readonly (string | number)[]): string {
  const name = keys.join('.') || 'the file';
  if (isUnknownKey(issue)) return `there is no key "${name}" here`;
  if (issue.received === 'undefined') return `"${name}" is missing`;
  if (issue.kind === 'validation') return `${name}: ${issue.message}`;
  // The messages of our own schemas say what must be; those of the library begin with "Invalid".
  if (!issue.message.startsWith('Invalid ')) return `${name}: ${issue.message}, but is ${issue.received}`;
  return `"${name}" must be ${issue.expected ?? 'something else'}, but is ${issue.received}`;
}

function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}
