import * as layout from '../../src/sieve/layout.ts';
import type { Skim, Skimmed } from '../../src/sieve/types.ts';

/** The fields of a row by the names that tests give them, with the path in the event. */
export const FIELDS = {
  kind: [layout.KIND, ['kind']],
  apiVersion: [layout.API_VERSION, ['apiVersion']],
  level: [layout.LEVEL, ['level']],
  auditID: [layout.AUDIT_ID, ['auditID']],
  stage: [layout.STAGE, ['stage']],
  requestURI: [layout.REQUEST_URI, ['requestURI']],
  verb: [layout.VERB, ['verb']],
  username: [layout.USERNAME, ['user', 'username']],
  groups: [layout.GROUPS, ['user', 'groups']],
  impersonatedUser: [layout.IMPERSONATED_USER, ['impersonatedUser']],
  sourceIPs: [layout.SOURCE_IPS, ['sourceIPs']],
  userAgent: [layout.USER_AGENT, ['userAgent']],
  objectRef: [layout.OBJECT_REF, ['objectRef']],
  resource: [layout.RESOURCE, ['objectRef', 'resource']],
  namespace: [layout.NAMESPACE, ['objectRef', 'namespace']],
  name: [layout.NAME, ['objectRef', 'name']],
  apiGroup: [layout.API_GROUP, ['objectRef', 'apiGroup']],
  objectApiVersion: [layout.OBJECT_API_VERSION, ['objectRef', 'apiVersion']],
  subresource: [layout.SUBRESOURCE, ['objectRef', 'subresource']],
  code: [layout.CODE, ['responseStatus', 'code']],
  received: [layout.RECEIVED, ['requestReceivedTimestamp']],
  stageTime: [layout.STAGE_TIME, ['stageTimestamp']],
  annotations: [layout.ANNOTATIONS, ['annotations']],
} as const satisfies Record<string, readonly [number, readonly string[]]>;

export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

export interface Row {
  readonly start: number;
  readonly end: number;
  readonly isPlain: boolean;
  readonly keys: readonly [number, number];
  readonly hasBody: boolean;
  readonly time: number;
  /** All integers of it. */
  readonly integers: readonly number[];
  /** The raw value; undefined where the event does not have it. */
  raw(field: FieldName): Buffer | undefined;
}

export function readRows(memory: Uint8Array, rows: number, count: number): Row[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  return Array.from({ length: count }, (_, index) => {
    const at = rows + 4 * layout.ROW * index;
    const integer = (place: number): number => view.getInt32(at + 4 * place, true);
    return {
      start: integer(layout.START),
      end: integer(layout.END),
      isPlain: integer(layout.PLAIN) === 1,
      keys: [integer(layout.FIRST_KEY), integer(layout.SECOND_KEY)],
      hasBody: integer(layout.HAS_BODY) === 1,
      time: view.getFloat64(at + 4 * layout.TIME, true),
      integers: Array.from({ length: layout.ROW }, (_, place) => integer(place)),
      raw(field) {
        const place = integer(layout.FIELDS + 2 * FIELDS[field][0]);
        const length = integer(layout.FIELDS + 2 * FIELDS[field][0] + 1);
        return length === 0 ? undefined : Buffer.from(memory.slice(place, place + length));
      },
    };
  });
}

export interface Result extends Skimmed {
  readonly rows: Row[];
  /** Where the block begins in the memory. */
  readonly from: number;
}

/** Skims a block that is put behind the rows. What lies around it would be taken for a value if it were looked at. */
export function skimBlock(skim: Skim, block: Uint8Array, room = 64, shift = 0): Result {
  const rows = Math.ceil(skim.reserved / 8) * 8;
  const from = rows + 4 * layout.ROW * room + shift;
  skim.memory.fill(0x22, from);
  skim.memory.set(block, from);
  const skimmed = skim.skim(from, from + block.length, rows, room);
  return { ...skimmed, from, rows: readRows(skim.memory, rows, skimmed.count) };
}
