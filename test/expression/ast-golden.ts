/**
 * jsonata's syntax trees, as they are and as they are remembered. After an upgrade of jsonata that is wanted, and once every
 * difference is understood: `npx tsx test/expression/update-ast-golden.ts`.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import jsonata from 'jsonata';
import { AST_CASES } from './ast-cases.ts';

const FILE = fileURLToPath(new URL('ast-golden.jsonl', import.meta.url));

export type Trees = Readonly<Record<string, unknown>>;

export function goldenTrees(): Trees {
  const lines = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, unknown]));
}

export function currentTrees(): Trees {
  return Object.fromEntries(AST_CASES.map((text) => [text, plain(jsonata(text).ast())]));
}

/** One line for each, so that a difference is read as a line. */
export function writeGoldenTrees(): void {
  const lines = Object.entries(currentTrees()).map((pair) => `${JSON.stringify(pair)}\n`);
  writeFileSync(FILE, lines.join(''));
}

/** As JSON, with what it lacks in words: a regex, a minus zero, an undefined that stands there. */
function plain(value: unknown): unknown {
  if (value instanceof RegExp) return `RegExp ${value}`;
  if (Object.is(value, -0)) return 'Number -0';
  if (value === undefined) return 'undefined';
  if (typeof value === 'function') return 'Function';
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
