/**
 * What `npm run build` has made of the pack: the data of each detector file, the lines where its keys stand, and jsonata's
 * trees of its expressions. Parsing the YAML, and loading what does it, would take longer than reading a small log. A file is
 * known by what is in it: one that was changed since, in any way, is read as any other file is.
 */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CompiledExpression, CompileOptions } from '../expression/compile.ts';
import { checkTree, compileTree } from '../expression/compile-tree.ts';
import { once } from '../expression/once.ts';
import type { DetectorFile } from './detector.ts';
import type { Document } from './document.ts';
import { DEFAULT_LISTS } from './lists.ts';

/** Where it lies: in the folder above, for whatever stands in `dist`; beside the sources there is none. */
const PREPARED = new URL('../pack.json', import.meta.url);

export interface PreparedFile {
  readonly value: DetectorFile;
  /** A {@link LineTree} as JSON: seldom asked for, and large. */
  readonly lines: string;
  /** jsonata's trees, by the text of the expression; a regex is an object with {@link REGEX}. */
  readonly trees: Readonly<Record<string, unknown>>;
}

/** By the mark of the file's text. */
export type PreparedPack = Readonly<Record<string, PreparedFile>>;

/** The line of a value, and of those in it by their keys. */
export type LineTree = readonly [line: number, inner?: Readonly<Record<string, LineTree>>];

/** The key under which a regex of a tree has its source and flags; jsonata has no such key. */
export const REGEX = '\0regex';

/** The pack as it was prepared; nothing where it was not. */
export async function readPrepared(): Promise<PreparedPack> {
  const text = await readFile(PREPARED, 'utf8').catch(() => '{}');
  return JSON.parse(text) as PreparedPack;
}

export function markOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function documentOf(path: string, { value, lines }: PreparedFile): Document<DetectorFile> {
  return { path, value, line: (keys) => lineIn(JSON.parse(lines) as LineTree, keys) };
}

/** Of the nearest part of the path that is there, as {@link Document.line} says. */
function lineIn([line, inner = {}]: LineTree, [key, ...rest]: readonly (string | number)[]): number {
  const next = key !== undefined && Object.hasOwn(inner, key) ? inner[key] : undefined;
  return next ? lineIn(next, rest) : line;
}

/** Compiles an expression of the file; jsonata is loaded only to run one that is not compiled. */
export function compilePrepared({ trees }: PreparedFile, text: string, options: CompileOptions): CompiledExpression {
  const { lists = {} } = options;
  const tree = once(() => revive(trees[text]));
  // It was checked when it was prepared, with our lists; without one of them it may name what is not there.
  if (!Object.keys(DEFAULT_LISTS).every((name) => Object.hasOwn(lists, name))) checkTree(text, tree(), options);
  const interpreter = once(async () => {
    const { createInterpreter } = await import('../expression/interpreter.ts');
    return createInterpreter(text, lists);
  });
  return compileTree({ text, tree, interpret: async (event) => (await interpreter()).evaluate(event) }, options);
}

/** A tree out of JSON, with its regexes; iterative, as whatever walks such a tree. */
export function revive(tree: unknown): unknown {
  const root = { tree };
  const pending: Record<string, unknown>[] = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== 'object' || value === null) continue;
      const regex = (value as Record<string, unknown>)[REGEX];
      if (Array.isArray(regex)) node[key] = new RegExp(String(regex[0]), String(regex[1]));
      else pending.push(value as Record<string, unknown>);
    }
  }
  return root.tree;
}
