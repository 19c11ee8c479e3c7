import * as layout from '../sieve/layout.ts';
import { decodeEvent } from './decode.ts';
import { type AuditEvent, PLAIN } from './types.ts';

/** A row that a skim has written of a plain line: see {@link layout}. */
export interface Row {
  /** Where the line lies. */
  readonly bytes: Buffer;
  readonly rows: Int32Array;
  /** Index of the row's first integer. */
  readonly at: number;
}

interface HeadField {
  /** Path in the event, as an expression reads it. */
  readonly path: readonly [key: string, inner?: string];
  /** Its number among the fields of a row. */
  readonly field: number;
}

/** The fields of a row that are fields of the event. */
const HEAD: readonly HeadField[] = [
  { path: ['kind'], field: layout.KIND },
  { path: ['apiVersion'], field: layout.API_VERSION },
  { path: ['level'], field: layout.LEVEL },
  { path: ['auditID'], field: layout.AUDIT_ID },
  { path: ['stage'], field: layout.STAGE },
  { path: ['requestURI'], field: layout.REQUEST_URI },
  { path: ['verb'], field: layout.VERB },
  { path: ['user', 'username'], field: layout.USERNAME },
  { path: ['user', 'groups'], field: layout.GROUPS },
  { path: ['impersonatedUser'], field: layout.IMPERSONATED_USER },
  { path: ['sourceIPs'], field: layout.SOURCE_IPS },
  { path: ['userAgent'], field: layout.USER_AGENT },
  { path: ['objectRef', 'resource'], field: layout.RESOURCE },
  { path: ['objectRef', 'namespace'], field: layout.NAMESPACE },
  { path: ['objectRef', 'name'], field: layout.NAME },
  { path: ['objectRef', 'apiGroup'], field: layout.API_GROUP },
  { path: ['objectRef', 'apiVersion'], field: layout.OBJECT_API_VERSION },
  { path: ['objectRef', 'subresource'], field: layout.SUBRESOURCE },
  { path: ['responseStatus', 'code'], field: layout.CODE },
  { path: ['requestReceivedTimestamp'], field: layout.RECEIVED },
  { path: ['stageTimestamp'], field: layout.STAGE_TIME },
  { path: ['annotations'], field: layout.ANNOTATIONS },
];

/** Which fields of a row make a field of an event known, a bit for each; 0 where no row has it. */
export function fieldsOf([key, inner]: readonly string[]): number {
  let fields = 0;
  for (const { path, field } of HEAD) {
    if (path[0] === key && (path[1] === undefined || path[1] === inner)) fields |= 1 << field;
  }
  // Decoding makes the two of one another, and asks whether there is an object at all.
  if (key === 'objectRef' && fields !== 0) fields |= GROUP_AND_VERSION | (1 << layout.OBJECT_REF);
  return fields;
}

/** As {@link fieldsOf}, of several. */
export function unionOf(paths: readonly (readonly string[])[]): number {
  return paths.reduce((fields, path) => fields | fieldsOf(path), 0);
}

const GROUP_AND_VERSION = (1 << layout.API_GROUP) | (1 << layout.OBJECT_API_VERSION);

/** The paths that these fields of a row make known. */
export function pathsOf(fields: number): string[][] {
  return HEAD.filter(({ field }) => fields & (1 << field)).map(({ path }) => path.filter((key) => key !== undefined));
}

/** Those of which nearly every event has another value. */
export const UNIQUE_FIELDS = unionOf([['auditID'], ['requestURI'], ['requestReceivedTimestamp'], ['stageTimestamp']]);

/** All of them. */
export const ALL_FIELDS = (1 << layout.FIELD_COUNT) - 1;

/**
 * The event of a row, with these fields and no other: what is absent of them is absent in the event. Undefined where the
 * line is no audit event, or no JSON.
 */
export function readHead(row: Row, fields: number): AuditEvent | undefined {
  let text = '{';
  let open: string | undefined;
  for (const { path, field } of HEAD) {
    if (!(fields & (1 << field))) continue;
    const value = rawOf(row, field);
    const [key, inner] = path;
    if (inner !== undefined && open !== key) {
      const isThere = key !== 'objectRef' || rawOf(row, layout.OBJECT_REF) !== '';
      if (!isThere) continue;
      text = `${separated(closed(text, open))}"${key}":{`;
      open = key;
    } else if (inner === undefined && open !== undefined) {
      text = closed(text, open);
      open = undefined;
    }
    if (value !== '') text = `${separated(text)}"${inner ?? key}":${value}`;
  }
  const head = decodeEvent(parse(`${closed(text, open)}}`), '') as (AuditEvent & { [PLAIN]?: true }) | undefined;
  if (head) head[PLAIN] = true;
  return head;
}

/** An object whose inside nobody looked at may be none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function closed(text: string, open: string | undefined): string {
  return open === undefined ? text : `${text}}`;
}

function separated(text: string): string {
  return text.endsWith('{') ? text : `${text},`;
}

/** A field's value as it stands in the line; empty where there is none. */
function rawOf({ bytes, rows, at }: Row, field: number): string {
  const index = at + layout.FIELDS + 2 * field;
  const start = rows[index] ?? 0;
  const length = rows[index + 1] ?? 0;
  return length === 0 ? '' : bytes.toString('utf8', start, start + length);
}

/** A field that is a text. */
function textOf(row: Row, field: number): string | undefined {
  const raw = rawOf(row, field);
  if (raw === '') return undefined;
  return raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
}

/** Whether it has an audit ID, and not an empty one. */
export function hasAuditId({ rows, at }: Row): boolean {
  return (rows[at + layout.FIELDS + 2 * layout.AUDIT_ID + 1] ?? 0) > 2;
}

/** The values of some fields, as they stand in the line; undefined where they are longer than that, in bytes. */
export function readRaw(row: Row, fields: readonly number[], longest: number): string | undefined {
  let length = 0;
  for (const field of fields) length += row.rows[row.at + layout.FIELDS + 2 * field + 1] ?? 0;
  if (length > longest) return undefined;
  let text = '';
  for (const field of fields) text += `${rawOf(row, field)}\n`;
  return text;
}

/** When the event was written, as its line has it. */
export function readStageTime(row: Row): string | undefined {
  return textOf(row, layout.STAGE_TIME);
}
