import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSearch, createSkim, loadSkim } from '../../src/sieve/load.ts';

const ROOM = 4_096;

it('a text is found in a part of the memory where it is, and nowhere else', async () => {
  const module = await loadSkim();
  const skims = [createSkim(module, ROOM), createSkim('js', ROOM)];
  const searches = skims.map((skim, index) => createSearch(index === 0 ? module : 'js', skim.shared));
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '"'), maxLength: 200 });
  const needle = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '"'), minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(letters, needle, letters, fc.nat(60), (before, text, after, cut) => {
      const bytes = Buffer.from(before + text + after);
      const from = Math.min(cut, bytes.length);
      for (const [index, skim] of skims.entries()) {
        const at = skim.reserved + 64;
        // What stands behind the part does not count.
        skim.memory.fill(0x61, at, at + ROOM - 128);
        skim.memory.set(bytes, at);
        const expected = bytes.subarray(from).includes(text);
        expect(searches[index]?.(at + from, at + bytes.length, text)).toBe(expected);
      }
    }),
    { numRuns: 1_000 },
  );
  const [wasm] = searches;
  const at = (skims[0]?.reserved ?? 0) + 64;
  skims[0]?.memory.fill(0x62, at, at + 2_000);
  expect(wasm?.(at, at + 2_000, 'b'.repeat(1_900))).toBe(true);
  expect(wasm?.(at, at + 2_000, `${'b'.repeat(1_899)}c`)).toBe(false);
});
