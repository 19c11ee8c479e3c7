/** The skim in WebAssembly held against the one in TypeScript, on the same bytes. */

import { describe, expect, it } from 'vitest';
import * as layout from '../../src/sieve/layout.ts';
import { createSkim, loadSkim, type SkimModule } from '../../src/sieve/load.ts';
import { hostileBlock } from './random-bytes.ts';
import { seeded } from './random-event.ts';

const SEED = Number(process.env.AUDITSCAN_FUZZ_SEED ?? Date.now() % 2 ** 31);
const BLOCKS = Number(process.env.AUDITSCAN_FUZZ_BLOCKS ?? 1_500);
const MARGIN = 64;
const ROOM = 512;

const REQUEST = [layout.KIND, layout.LEVEL, layout.STAGE, layout.VERB, layout.OBJECT_REF, layout.RESOURCE, layout.CODE];
const ACTOR = [layout.USERNAME, layout.GROUPS, layout.IMPERSONATED_USER];
const bits = (fields: readonly number[]): number => fields.reduce((all, field) => all | (1 << field), 0);

interface Result {
  readonly count: number;
  /** From the block's start. */
  readonly position: number;
  readonly status: number;
  /** Each row's integers; places from the block's start. */
  readonly rows: readonly (readonly number[])[];
}

/** All rows of a block; where there is no room for all, the skim goes on where it stopped. */
function skimmed(module: SkimModule, block: Buffer, room: number): Result[] {
  const skim = createSkim(module, 64 + block.length + MARGIN + 8 + room * layout.ROW * 4);
  skim.configure(bits(REQUEST), bits(ACTOR));
  const at = skim.reserved + 64;
  const rowsAt = Math.ceil((at + block.length + MARGIN) / 8) * 8;
  skim.memory.set(block, at);
  const results: Result[] = [];
  for (let from = at; ; ) {
    const { count, position, status } = skim.skim(from, at + block.length, rowsAt, room);
    const integers = new Int32Array(skim.memory.buffer, skim.memory.byteOffset + rowsAt, count * layout.ROW);
    const rows = Array.from({ length: count }, (_, index) =>
      Array.from(integers.subarray(index * layout.ROW, (index + 1) * layout.ROW), (integer, column) => {
        const isPlace = column < 2 || (column >= layout.FIELDS && column % 2 === 0 && integer !== 0);
        return isPlace ? integer - at : integer;
      }),
    );
    results.push({ count, position: position - at, status, rows });
    if (status === layout.DONE || position === from) return results;
    if (status === layout.KEYS_FULL) skim.forget();
    // Behind the line that has a NUL.
    from = status === layout.NUL_BYTE ? at + block.indexOf(0x0a, position - at) + 1 : position;
    if (from <= at || from >= at + block.length) return results;
  }
}

describe('both skims', () => {
  it(`give the same rows of hostile bytes (AUDITSCAN_FUZZ_SEED=${SEED})`, async () => {
    const wasm = await loadSkim();
    expect(wasm).not.toBe('js');
    let plain = 0;
    let odd = 0;
    for (let index = 0; index < BLOCKS; index++) {
      const block = hostileBlock(seeded(SEED + index));
      const room = index % 5 === 0 ? 3 : ROOM;
      const results = skimmed(wasm, block, room);
      expect(results, `seed ${SEED + index}`).toEqual(skimmed('js', block, room));
      for (const row of results.flatMap(({ rows }) => rows)) row[layout.PLAIN] === 1 ? plain++ : odd++;
    }
    expect(plain).toBeGreaterThan(BLOCKS);
    expect(odd).toBeGreaterThan(BLOCKS);
  });
});
