import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { readDocument } from '../detect/document.ts';
import type { ExceptionRule } from '../detect/exceptions.ts';
import { SEVERITIES, type Severity } from '../detect/finding.ts';
import { DEFAULT_LISTS } from '../detect/lists.ts';
import { DetectorError, UsageError } from '../errors.ts';
import { parseTime } from '../event/time.ts';
import type { Lists } from '../expression/compile.ts';
import { eventFunctions } from '../expression/functions.ts';
import { JSONATA_FUNCTIONS } from '../expression/tree/names.ts';
import { type BusinessHours, DAYS, parseHours } from '../report/business-hours.ts';

export interface Config {
  /** The file it was read from; undefined where there is none. */
  readonly path: string | undefined;
  /** The default lists, with those of the file in the place of the same name; `...` in one stands for the default. */
  readonly lists: Lists;
  readonly exceptions: readonly ExceptionRule[];
  readonly severities: Readonly<Record<string, Severity>>;
  readonly disabled: readonly string[];
  /** When people are expected to work; undefined where the file does not say. */
  readonly businessHours: BusinessHours | undefined;
}

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

/**
 * Reads the configuration: the file named, or the first that is there of `$AUDITSCAN_CONFIG`, `./auditscan.yaml`,
 * `~/.config/auditscan/auditscan.yaml` and `/etc/auditscan/auditscan.yaml`.
 * @throws {UsageError} when the named file is missing; {DetectorError} when the file is wrong.
 */
export async function readConfig(named: string | undefined): Promise<Config> {
  const path = await findConfig(named);
  if (path === undefined)
    return { path, lists: DEFAULT_LISTS, exceptions: [], severities: {}, disabled: [], businessHours: undefined };
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

async function findConfig(named: string | undefined): Promise<string | undefined> {
  const explicit = named ?? (process.env.AUDITSCAN_CONFIG || undefined);
  if (explicit !== undefined) {
    if (await isFile(explicit)) return explicit;
    throw new UsageError(
      `there is no configuration file ${explicit}${named === undefined ? ' (from $AUDITSCAN_CONFIG)' : ''}`,
    );
  }
  const base = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  const places = ['auditscan.yaml', join(base, 'auditscan/auditscan.yaml'), '/etc/auditscan/auditscan.yaml'];
  for (const place of places) if (await isFile(place)) return place;
  return undefined;
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
