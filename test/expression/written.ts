/** What people wrote: the expressions of the pack, and the events that its tests are made of. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDetectors, PACK } from '../../src/detect/load.ts';
import { auditLine } from '../audit-event.ts';

const SAVED = join(PACK, 'saved');
const pack = await loadDetectors();

export const writtenExpressions: readonly string[] = [
  ...pack
    .flatMap(({ match, columns, window }) => [match, ...columns.values(), ...(window?.by ?? [])])
    .map(({ text }) => text),
  ...readdirSync(SAVED)
    .sort()
    .map((name) => readFileSync(join(SAVED, name), 'utf8')),
];

/** As JSON. */
export const writtenEvents: readonly string[] = pack.flatMap(({ file }) =>
  (file.tests ?? []).flatMap((test) => ('event' in test && test.event ? [auditLine(test.event)] : [])),
);
