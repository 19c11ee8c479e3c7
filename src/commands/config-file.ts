/** What stands in a configuration file. Most runs have none, and do without what reads and checks it. */

import * as v from 'valibot';
import { readDocument } from '../detect/document.ts';
import { SEVERITIES } from '../detect/finding.ts';
import { DEFAULT_LISTS } from '../detect/lists.ts';
import { DetectorError } from '../errors.ts';
import { parseTime } from '../event/time.ts';
import type { Lists } from '../expression/compile.ts';
import { eventFunctions } from '../expression/functions.ts';
import { JSONATA_FUNCTIONS } from '../expression/tree/names.ts';
import { DAYS, parseHours } from '../report/business-hours.ts';
import type { Config } from './config.ts';

const day = v.pipe(
  v.string(),
  v.check(
    (text) => parseTime(text.includes('T') ? text : `${text}T00:00:00Z`) !== undefined,
    'must be a date such as 2026-12-31',
  ),
);

const schema = v.strictObject({
  lists: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^[a-zA-Z]\w*$/, 'a list is named by a letter and letters or digits')),
      v.array(v.string()),
    ),
  ),
  exceptions: v.optional(
    v.array(
      v.strictObject({
        detector: v.pipe(v.string(), v.nonEmpty('must not be empty')),
        match: v.pipe(v.string(), v.nonEmpty('must not be empty')),
        reason: v.pipe(v.string(), v.nonEmpty('must say why')),
        expires: v.optional(day),
      }),
    ),
  ),
  severities: v.optional(v.record(v.string(), v.picklist(SEVERITIES, `must be one of ${SEVERITIES.join(', ')}`))),
  disabled: v.optional(v.array(v.string())),
  businessHours: v.optional(
    v.strictObject({
      timezone: v.optional(v.pipe(v.string(), v.check(isTimezone, 'must be a time zone such as Europe/Berlin')), 'UTC'),
      days: v.optional(
        v.pipe(v.array(v.picklist(DAYS, `must be one of ${DAYS.join(', ')}`)), v.nonEmpty('must name a day')),
        ['mon', 'tue', 'wed', 'thu', 'fri'],
      ),
      hours: v.optional(
        v.pipe(
          v.string(),
          v.rawTransform(({ dataset, addIssue, NEVER }) => {
            const hours = parseHours(dataset.value);
            if (hours) return hours;
            addIssue({ message: 'must be a time such as 08:00-18:00' });
            return NEVER;
          }),
        ),
        '08:00-18:00',
      ),
    }),
  ),
});

/** @throws {DetectorError} when the file is wrong. */
export async function readConfigFile(path: string): Promise<Config> {
  const document = await readDocument(path, v.nullish(schema, {}));
  const file = document.value;
  for (const name of Object.keys(file.lists ?? {})) {
    if (!Object.hasOwn(eventFunctions, name) && !JSONATA_FUNCTIONS.has(name)) continue;
    throw new DetectorError(
      `${path}:${document.line(['lists', name])}: $${name} is a function; give the list another name`,
    );
  }
  return {
    path,
    lists: withDefaults(file.lists ?? {}),
    exceptions: file.exceptions ?? [],
    severities: file.severities ?? {},
    disabled: file.disabled ?? [],
    businessHours: file.businessHours && {
      timezone: file.businessHours.timezone,
      days: file.businessHours.days,
      ...file.businessHours.hours,
    },
  };
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function withDefaults(own: Lists): Lists {
  const defaults: Lists = DEFAULT_LISTS;
  const lists: Record<string, readonly string[]> = { ...defaults };
  for (const [name, items] of Object.entries(own)) {
    lists[name] = items.flatMap((item) => (item === '...' ? (defaults[name] ?? []) : [item]));
  }
  return lists;
}
