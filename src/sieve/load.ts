import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createTwin } from './twin.ts';
import type { Skim, Skimmed } from './types.ts';
import { type WasmModule, webAssembly } from './webassembly.ts';

/** What makes a skim, in this thread or in another; `js` for the one in TypeScript. */
export type SkimModule = WasmModule | 'js';

/** What the build makes of `assembly/`, from wherever this file is run. */
const MODULE = new URL('../../dist/skim.wasm', import.meta.url);
const PAGE = 65_536;
/** The module says that its memory may grow to all that 32 bits can tell. */
const MAX_PAGES = 65_536;

let compiled: Promise<SkimModule> | undefined;

/** The skim in WebAssembly, compiled once in a process; the one in TypeScript where the processor has no SIMD. */
export function loadSkim(): Promise<SkimModule> {
  compiled ??= readFile(MODULE)
    .then((bytes) => webAssembly.compile(bytes))
    .catch((error: unknown) => {
      if (error instanceof webAssembly.CompileError) return 'js';
      throw error;
    });
  return compiled;
}

interface SkimExports {
  readonly reserved: () => number;
  readonly configure: (first: number, second: number, random: bigint) => void;
  readonly forget: () => void;
  readonly skim: (from: number, to: number, rows: number, room: number) => number;
  readonly getPosition: () => number;
  readonly getStatus: () => number;
}

/**
 * A skim with a memory of its own, which other threads can see.
 * @param room bytes behind those that are the skim's own.
 */
export function createSkim(module: SkimModule, room: number): Skim {
  if (module === 'js') return createTwin(new Uint8Array(new SharedArrayBuffer(room)));
  const memory = new webAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: true });
  const exports = new webAssembly.Instance(module, { env: { memory } }).exports as SkimExports;
  const reserved = exports.reserved();
  memory.grow(Math.ceil((reserved + room) / PAGE));
  return {
    memory: new Uint8Array(memory.buffer),
    reserved,
    configure: (first, second) => exports.configure(first, second, randomBytes(8).readBigUInt64LE()),
    forget: () => exports.forget(),
    skim(from, to, rows, room): Skimmed {
      const count = exports.skim(from, to, rows, room);
      return { count, position: exports.getPosition(), status: exports.getStatus() };
    },
  };
}
