import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createTwin } from './twin.ts';
import type { Skim, Skimmed } from './types.ts';
import { type WasmMemory, type WasmModule, webAssembly } from './webassembly.ts';

/** What makes a skim, in this thread or in another; `js` for the one in TypeScript. */
export type SkimModule = WasmModule | 'js';

/** What the build makes of `assembly/`, from wherever this file is run. */
const MODULE = new URL('../../dist/skim.wasm', import.meta.url);
const PAGE = 65_536;
/** Bytes that are enough for what is the module's own: address space is taken for as much as a memory may grow to. */
const OWN = 80 * 1024 * 1024;

let compiled: Promise<SkimModule> | undefined;

/** The skim in WebAssembly, compiled once in a process; the one in TypeScript where there is none, or the processor has no SIMD. */
export function loadSkim(): Promise<SkimModule> {
  compiled ??= readFile(MODULE)
    .then((bytes): SkimModule | Promise<SkimModule> => webAssembly?.compile(bytes) ?? 'js')
    .catch((error: unknown) => {
      if (webAssembly && error instanceof webAssembly.CompileError) return 'js';
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
  readonly contains: (from: number, to: number, length: number, rare: number, other: number) => number;
  readonly needlePlace: () => number;
  readonly maxNeedle: () => number;
}

/** Whether a text stands in a part of a memory, byte for byte. */
export type Contains = (from: number, to: number, text: string) => boolean;

/** Looks for texts in the memory of a skim, which may be another thread's; by one thread at a time. */
export function createSearch(module: SkimModule, memory: SkimMemory): Contains {
  const bytes = Buffer.from(memory.buffer);
  const search: Contains = (from, to, text) => bytes.subarray(from, to).includes(text);
  if (module === 'js' || !('grow' in memory)) return search;
  const { contains, needlePlace, maxNeedle } = instantiate(module, memory);
  const place = needlePlace();
  /** Texts that were looked for: as many as detectors have. */
  const needles = new Map<string, Needle>();
  let last: Needle | undefined;
  return (from, to, text) => {
    let needle = needles.get(text);
    if (!needle) {
      needle = needleOf(Buffer.from(text));
      needles.set(text, needle);
    }
    const { length } = needle.bytes;
    if (length === 0 || length > maxNeedle()) return search(from, to, text);
    if (needle !== last) bytes.set(needle.bytes, place);
    last = needle;
    return contains(from, to, length, needle.rare, needle.other) !== 0;
  };
}

/** Printable ASCII in a synthetic log, the seldom ones first; what is not here is more seldom still. */
const BY_FREQUENCY = ';K_@LW%O$NFJ?GB)(EUMD=PHjZAxVwCq\\zS][ITRgy}{f759hk/v3468b.2lm1p0-uc,drin:otsae"';

/** A text, and where in it two bytes stand that are as seldom as any: twice the same, where there is only one. */
interface Needle {
  readonly bytes: Buffer;
  readonly rare: number;
  readonly other: number;
}

function needleOf(bytes: Buffer): Needle {
  const frequencyAt = (place: number): number => BY_FREQUENCY.indexOf(String.fromCharCode(bytes[place] ?? 0));
  const [rare = 0, other = rare] = [...bytes.keys()].sort((a, b) => frequencyAt(a) - frequencyAt(b));
  return { bytes, rare, other };
}

/** What a skim works in, as another thread can see it. */
export type SkimMemory = WasmMemory | { readonly buffer: SharedArrayBuffer };

function instantiate(module: WasmModule, memory: WasmMemory): SkimExports {
  if (!webAssembly) throw new Error('there is no WebAssembly');
  return new webAssembly.Instance(module, { env: { memory } }).exports as SkimExports;
}

/**
 * A skim with a memory of its own, which other threads can see.
 * @param room bytes behind those that are the skim's own.
 */
export function createSkim(module: SkimModule, room: number): Skim & { readonly shared: SkimMemory } {
  const memory = module === 'js' ? undefined : createMemory(room);
  // Without address space for the one in WebAssembly, the other does.
  if (module === 'js' || !memory) {
    const shared = new SharedArrayBuffer(room);
    return { ...createTwin(new Uint8Array(shared)), shared: { buffer: shared } };
  }
  const exports = instantiate(module, memory);
  const reserved = exports.reserved();
  if (reserved > OWN) throw new Error('the skim needs more memory than is its own');
  memory.grow(Math.ceil((reserved + room) / PAGE));
  return {
    memory: new Uint8Array(memory.buffer),
    shared: memory,
    reserved,
    configure: (first, second) => exports.configure(first, second, randomBytes(8).readBigUInt64LE()),
    forget: () => exports.forget(),
    skim(from, to, rows, room): Skimmed {
      const count = exports.skim(from, to, rows, room);
      return { count, position: exports.getPosition(), status: exports.getStatus() };
    },
  };
}

function createMemory(room: number): WasmMemory | undefined {
  try {
    return (
      webAssembly && new webAssembly.Memory({ initial: 1, maximum: Math.ceil((OWN + room) / PAGE) + 1, shared: true })
    );
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
