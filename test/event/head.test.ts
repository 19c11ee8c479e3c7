import { describe, expect, it } from 'vitest';
import { ALL_FIELDS, fieldsOf, pathsOf, type Row, readHead, readRaw } from '../../src/event/head.ts';
import { PLAIN } from '../../src/event/types.ts';
import * as layout from '../../src/sieve/layout.ts';

/** A row with these values, as they stand in a line. */
function rowOf(values: Readonly<Record<number, string>>): Row {
  const rows = new Int32Array(layout.ROW);
  let text = '';
  for (const [field, value] of Object.entries(values)) {
    rows.set([Buffer.byteLength(text), Buffer.byteLength(value)], layout.FIELDS + 2 * Number(field));
    text += value;
  }
  return { bytes: Buffer.from(text), rows, at: 0 };
}

const EVENT = { [layout.API_VERSION]: '"audit.k8s.io/v1"', [layout.VERB]: '"get"' };

describe('the head of a row', () => {
  it('is the event with the fields that are asked for', () => {
    const row = rowOf({
      ...EVENT,
      [layout.USERNAME]: '"mar\\u00eda"',
      [layout.GROUPS]: '["dev"]',
      [layout.IMPERSONATED_USER]: '{"username":"admin","extra":{}}',
      [layout.OBJECT_REF]: '{',
      [layout.RESOURCE]: '"pods"',
      [layout.CODE]: '200',
      [layout.ANNOTATIONS]: '{"a":"b"}',
    });
    const whole = {
      apiVersion: 'audit.k8s.io/v1',
      verb: 'get',
      user: { username: 'maría', groups: ['dev'] },
      impersonatedUser: { username: 'admin', extra: {} },
      objectRef: { resource: 'pods' },
      responseStatus: { code: 200 },
      annotations: { a: 'b' },
    };
    expect(readHead(row, ALL_FIELDS)).toMatchObject(whole);
    expect(readHead(row, ALL_FIELDS)?.[PLAIN]).toBe(true);
    const asked = fieldsOf(['verb']) | fieldsOf(['apiVersion']) | fieldsOf(['objectRef', 'resource']);
    expect(readHead(row, asked)).toMatchObject({ verb: 'get', objectRef: { resource: 'pods' } });
    expect(readHead(row, asked)).not.toHaveProperty('user.username');
  });

  it('has an object that has nothing in it, and none where there is none', () => {
    expect(readHead(rowOf({ ...EVENT, [layout.OBJECT_REF]: '{' }), ALL_FIELDS)?.objectRef).toEqual({});
    expect(readHead(rowOf(EVENT), ALL_FIELDS)?.objectRef).toBeUndefined();
  });

  it('splits the group of v1alpha1 from its version, as decoding does', () => {
    const row = rowOf({ ...EVENT, [layout.OBJECT_REF]: '{', [layout.OBJECT_API_VERSION]: '"apps/v1"' });
    expect(readHead(row, fieldsOf(['objectRef', 'apiGroup']) | ALL_FIELDS)?.objectRef).toMatchObject({
      apiGroup: 'apps',
      apiVersion: 'v1',
    });
    expect(fieldsOf(['objectRef', 'apiGroup']) & (1 << layout.OBJECT_API_VERSION)).not.toBe(0);
  });

  it('is none of what is no audit event, or no JSON', () => {
    expect(readHead(rowOf({ ...EVENT, [layout.KIND]: '"Pod"' }), ALL_FIELDS)).toBeUndefined();
    expect(readHead(rowOf({ ...EVENT, [layout.IMPERSONATED_USER]: '{"a":[1,]}' }), ALL_FIELDS)).toBeUndefined();
  });
});

it('fields and paths are the same told twice', () => {
  for (const path of pathsOf(ALL_FIELDS)) expect(fieldsOf(path), path.join('.')).not.toBe(0);
  for (const path of [['requestObject'], ['user', 'uid'], ['objectRef', 'uid'], []]) expect(fieldsOf(path)).toBe(0);
});

it('values that are long are not put together', () => {
  const row = rowOf({ [layout.REQUEST_URI]: `"${'x'.repeat(98)}"`, [layout.NAME]: '"y"' });
  const fields = [layout.REQUEST_URI, layout.NAME];
  expect(readRaw(row, fields, 103)).toBe(`"${'x'.repeat(98)}"\n"y"\n`);
  expect(readRaw(row, fields, 102)).toBeUndefined();
});
