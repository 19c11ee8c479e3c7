/** A log that changes between a listing of its generations and what is done with it, again and again. */

import { mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { listGenerations } from '../../src/sources/log-set.ts';
import { closeAll, follow } from './following.ts';

vi.mock('../../src/sources/log-set.ts', async (load) => {
  const original = await load<typeof import('../../src/sources/log-set.ts')>();
  return { ...original, listGenerations: vi.fn(original.listGenerations) };
});
const { listGenerations: list } =
  await vi.importActual<typeof import('../../src/sources/log-set.ts')>('../../src/sources/log-set.ts');

afterEach(closeAll);

type Step = 'rotate' | 'compress' | 'remove';
const step = fc.constantFrom<Step>('rotate', 'rotate', 'compress', 'remove');
/** What happens after each listing. */
const listings = fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 40 });

it('comes in order, each line once', async () => {
  await fc.assert(
    fc.asyncProperty(listings, async (rhythm) => {
      const folder = mkdtempSync(join(tmpdir(), 'auditscan-restless-'));
      const live = join(folder, 'audit.log');
      let written = 0;
      const write = (): void => writeFileSync(live, `${written++}\n`);
      const rotated: string[] = [];
      const compressed: string[] = [];
      const steps: Record<Step, () => void> = {
        rotate() {
          const time = new Date(Date.UTC(2026, 1, 22) + written * 1_000).toISOString();
          const name = join(folder, `audit-${time.replaceAll(':', '-').slice(0, -1)}.log`);
          renameSync(live, name);
          rotated.push(name);
          write();
        },
        compress() {
          const name = rotated.shift();
          if (name === undefined) return;
          writeFileSync(`${name}.gz`, gzipSync(readFileSync(name)));
          compressed.push(name);
        },
        remove() {
          const name = compressed.shift();
          if (name !== undefined) unlinkSync(name);
        },
      };
      try {
        write();
        let listing = 0;
        vi.mocked(listGenerations).mockImplementation(async (set) => {
          const files = await list(set);
          for (const name of rhythm[listing++] ?? []) steps[name]();
          return files;
        });
        const following = follow(live);
        while (listing < rhythm.length) await following.turn();
        await following.settle();
        expect(following.given).toEqual(Array.from({ length: written }, (_, number) => `${number}`));
        await following.close();
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    {
      numRuns: 150,
      examples: [
        [[['rotate'], ['compress', 'rotate', 'remove', 'compress'], ['rotate', 'remove']]],
        [[['rotate'], ['rotate'], ['rotate'], ['compress'], ['rotate'], ['rotate'], ['rotate'], ['rotate']]],
      ],
    },
  );
});
