/** Run by `npm run build`: makes what prepared.ts reads. */

import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { checkTree } from '../expression/compile-tree.ts';
import { createInterpreter } from '../expression/interpreter.ts';
import { type DetectorFile, parseDetectorFile } from './detector.ts';
import type { Document } from './document.ts';
import { DEFAULT_LISTS } from './lists.ts';
import { detectorFiles, PACK } from './load.ts';
import { type LineTree, markOf, type PreparedFile, type PreparedPack, REGEX, revive } from './prepared.ts';

/**
 * The pack, prepared.
 * @throws {Error} where something in it is not the same when it comes out of JSON again.
 */
export async function preparePack(): Promise<PreparedPack> {
  const files: Record<string, PreparedFile> = {};
  for (const path of await detectorFiles(PACK)) {
    const text = await readFile(path, 'utf8');
    files[markOf(text)] = prepare(parseDetectorFile(path, text));
  }
  return files;
}

function prepare(document: Document<DetectorFile>): PreparedFile {
  const { value, path } = document;
  const trees = Object.fromEntries(expressionsOf(value).map((text) => [text, treeOf(text, path)]));
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value)) throw new Error(`${path} is not the same as JSON`);
  return { value, lines: JSON.stringify(linesOf(value, [], document)), trees };
}

function expressionsOf({ match, columns = {}, window }: DetectorFile): string[] {
  return [match, ...Object.values(columns), ...(window?.by ?? []), ...(window?.distinct ? [window.distinct] : [])];
}

function treeOf(text: string, path: string): unknown {
  const { ast } = createInterpreter(text, DEFAULT_LISTS);
  checkTree(text, ast, { lists: DEFAULT_LISTS, detector: true });
  const json = JSON.stringify(ast, (_, value: unknown) =>
    value instanceof RegExp ? { [REGEX]: [value.source, value.flags] } : value,
  );
  if (!isDeepStrictEqual(revive(JSON.parse(json)), plainTree(ast)))
    throw new Error(`${path}: the tree of ${text} is not the same as JSON`);
  return JSON.parse(json);
}

/** Without prototypes of jsonata's own and keys that are undefined, which mean nothing. */
function plainTree(node: unknown): unknown {
  if (typeof node !== 'object' || node === null || node instanceof RegExp) return node;
  const entries = Object.entries(node).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, plainTree(value)]],
  );
  return Array.isArray(node) ? Object.assign([], Object.fromEntries(entries)) : Object.fromEntries(entries);
}

function linesOf(value: unknown, keys: readonly (string | number)[], document: Document<unknown>): LineTree {
  const line = document.line(keys);
  if (typeof value !== 'object' || value === null) return [line];
  const inner = Object.entries(value).map(([key, item]) => {
    const place = Array.isArray(value) ? Number(key) : key;
    return [key, linesOf(item, [...keys, place], document)] as const;
  });
  return [line, Object.fromEntries(inner)];
}
