import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../engines/check.ts';
import { unknownChoices, variantsOf } from '../engines/compare.ts';
import { ALL_QUESTION, PACK_QUESTION, QUESTIONS } from '../engines/questions.ts';
import { hasShared, SHARED } from './shared.ts';

const VARIANTS = variantsOf([4_096, undefined]);

/** Logs of all formats, and what is none: it is rejected in the same way. */
const LOGS = ['cases', 'formats', 'real'].flatMap((folder) =>
  hasShared
    ? readdirSync(join(SHARED, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(jsonl?|log.*|gz|txt|md)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name).slice(SHARED.length + 1))
        .sort()
    : [],
);

if (unknownChoices().length > 0) {
  process.stderr.write(`\nENGINES NOT COMPARED: a scan does not know ${unknownChoices().join(', ')}.\n\n`);
}

describe.runIf(hasShared)('every engine finds and counts the same', () => {
  test.each(LOGS)('in %s', async (path) => {
    const sources = [{ path: join(SHARED, path), size: undefined }];
    expect(await check(PACK_QUESTION, sources, VARIANTS, 'interpreted')).toBeUndefined();
    expect(await check(ALL_QUESTION, sources, VARIANTS, 'compiled')).toBeUndefined();
  });

  test.each(QUESTIONS)('in all of them, one after the other: $name', async (question) => {
    const sources = LOGS.map((path) => ({ path: join(SHARED, path), label: path, size: undefined }));
    expect(await check(question, sources, variantsOf([undefined]), 'compiled')).toBeUndefined();
  });
});
