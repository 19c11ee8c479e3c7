import { describe, expect, it } from 'vitest';
import { parseTime } from '../../src/event/time.ts';
import * as layout from '../../src/sieve/layout.ts';
import { createTwin } from '../../src/sieve/twin.ts';
import { auditFields, auditLine } from '../audit-event.ts';
import { expectParsed } from './expected.ts';
import { FIELD_NAMES, type Row, skimBlock } from './skimming.ts';

const twin = createTwin(new Uint8Array(1 << 20));

const bytesOf = (text: string): Buffer => Buffer.from(text);

function rowOf(line: string): Row {
  const { rows, status } = skimBlock(twin, bytesOf(`${line}\n`));
  const [row] = rows;
  if (rows.length !== 1 || !row || status !== layout.DONE) throw new Error(`no row of ${line}`);
  return row;
}

const LINE = auditLine();
/** With a body behind the status, as the API server writes it. */
const bodied = (body: string, key = 'requestObject'): string =>
  LINE.replace(',"requestReceived', `,"${key}":${body},"requestReceived`);
/** The line with another text in the place of one that it has. */
function changed(from: string, to: string, line = LINE): string {
  if (!line.includes(from)) throw new Error(`no ${from} in ${line}`);
  return line.replace(from, () => to);
}

describe('a plain line', () => {
  it('is an event of the API server', () => {
    const row = rowOf(LINE);
    expect(row).toMatchObject({ isPlain: true, hasBody: false, end: row.start + LINE.length, keys: [0, 0] });
    const raw = Object.fromEntries(FIELD_NAMES.map((field) => [field, row.raw(field)?.toString()]));
    expect(raw).toEqual({
      kind: '"Event"',
      apiVersion: '"audit.k8s.io/v1"',
      level: '"Metadata"',
      auditID: '"0b1d7ab5-9b1f-4a6b-9d3d-3a7a5f2f1c11"',
      stage: '"ResponseComplete"',
      requestURI: '"/api/v1/namespaces/prod/secrets/db"',
      verb: '"get"',
      username: '"maria"',
      groups: '["dev","system:authenticated"]',
      sourceIPs: '["10.1.2.3"]',
      userAgent: '"kubectl/v1.31.0"',
      objectRef: '{',
      resource: '"secrets"',
      namespace: '"prod"',
      name: '"db"',
      objectApiVersion: '"v1"',
      code: '200',
      received: '"2026-02-22T10:15:30.000000Z"',
      stageTime: '"2026-02-22T10:15:30.004000Z"',
      annotations: '{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":""}',
    });
    expect(row.time).toBe(parseTime('2026-02-22T10:15:30.000000Z'));
    expect(expectParsed(row, bytesOf(LINE))).toBe(true);
  });

  const { kind, ...withoutKind } = auditFields();
  it.each([
    ['blanks between the tokens', LINE.replaceAll(/(?<=[}"\]])[:,](?=["{[])/g, ' \t$& ').replace('200}', '200 } ')],
    ['a carriage return at the end', `${LINE}\r`],
    ['keys in another order', JSON.stringify({ ...withoutKind, kind })],
    ['nothing but the time', '{"requestReceivedTimestamp":"2026-02-22T10:15:30.000000Z"}'],
    [
      'empty objects and lists',
      auditLine({ user: {}, objectRef: {}, responseStatus: {}, sourceIPs: [], annotations: {} }),
    ],
    ['unknown keys, twice too', changed('"stage":', '"x":{"a":[1,true,null]},"x":-1.5e+3,"stage":')],
    ['a known key deep inside twice', changed('"metadata":{}', '"metadata":{"code":1,"code":2}')],
    ['letters beyond ASCII', auditLine({ requestURI: '/ünïcödé/日本😀' })],
    ['escapes that Go writes', changed('/db"', '/db?a=1\\u0026b=\\u003c\\u003E\\"\\\\\\n"')],
    ['all escapes that JSON knows', changed('/db"', '/\\"\\\\\\/\\b\\f\\n\\r\\t\\uAbCd"')],
    ['the escape of a letter beyond ASCII', changed('/db"', '/\\u00e9\\u2028\\u0000\\u001f"')],
    ['words that only look reserved', changed('/db"', '/_jsonata_"').replace('"dev"', '"outerWrappers","x_jsonata_"')],
    ['a leap day', changed('2026-02-22T10:15:30.000000Z', '2024-02-29T00:00:00.000001Z')],
    ['a leap day of a full century', changed('2026-02-22T10:15:30.000000Z', '2000-02-29T12:00:00.000000Z')],
    ['the first moment', changed('2026-02-22T10:15:30.000000Z', '1970-01-01T00:00:00.000000Z')],
    ['the last moment', changed('2026-02-22T10:15:30.000000Z', '9999-12-31T23:59:59.999999Z')],
    [
      'an impersonated user',
      changed('"sourceIPs"', '"impersonatedUser":{"username":"eve","groups":["a"]},"sourceIPs"'),
    ],
    ['a stage time in any form', changed('2026-02-22T10:15:30.004000Z', 'yesterday')],
    ['a code of nine digits', changed('200', '123456789')],
    ['a body out of order', changed('"verb":', '"requestObject":{"auditID":"x","a":["]"]},"verb":')],
    ['a body without a status before it', bodied('{"auditID":"x"}').replace(/"responseStatus":.*?200},/, '')],
    ['a body without an object before it', bodied('{"auditID":"x"}').replace(/"objectRef":.*?},/, '')],
    ['a body where one of the first keys is missing', bodied('{"auditID":"x"}').replace('"level":"Metadata",', '')],
    [
      'a body where a first key comes later',
      bodied('{"auditID":"x"}').replace(/("stage":.*?)("requestURI":.*?,)/, '$2$1'),
    ],
    [
      'a body behind a time',
      bodied('{"auditID":"x"}').replace(/(,"requestObject".*?})(,"requestReceived.*?Z")/, '$2$1'),
    ],
    ['a body behind an unknown key', bodied('{"auditID":"x"}').replace('"sourceIPs"', '"x":1,"sourceIPs"')],
  ])('may have %s', (name, line) => {
    const row = rowOf(line);
    expect(row).toMatchObject({ isPlain: true, hasBody: name.startsWith('a body') });
    // It asks for nothing but bodies behind the first of them.
    expect(expectParsed(row, bytesOf(line))).toBe(name !== 'a body out of order');
  });

  it.each([
    ['a request', bodied('{"a":1}')],
    ['a response', bodied('{"a":1}', 'responseObject')],
    ['both', bodied('{},"responseObject":[]')],
    ['no annotations behind it', bodied('null').replace(/,"annotations":.*/, '}')],
    ['blanks before it', bodied('{}').replace('"requestObject":', ' "requestObject" : ')],
    ['an impersonated user', bodied('{}').replace('"sourceIPs"', '"impersonatedUser":{"username":"eve"},"sourceIPs"')],
    ['no agent and addresses', bodied('{}').replace(/"sourceIPs":.*?"objectRef"/, '"objectRef"')],
    ['a stage time in any form', changed('2026-02-22T10:15:30.004000Z', 'jüngst\\n', bodied('{}'))],
    ['blanks before the time', bodied('{}').replace(',"requestReceived', ' , "requestReceived')],
    ['a decoy', bodied('{"requestReceivedTimestamp":"2020-01-01T00:00:00.000000Z","stageTimestamp":"","verb":"x"}')],
    ['a decoy in a text', bodied('{"a":"\\"auditID\\":\\"\\",\\"requestReceivedTimestamp\\":\\"2020"}')],
    ['another time between', bodied('{},"requestReceivedTimestamp":"2020-01-01T00:00:00.000000Z","responseObject":{}')],
    ['what Go escapes', bodied('{"a":"\\u0026\\u003c\\u003E\\u001f\\u0080"}')],
    ['a carriage return at the end', `${bodied('{}')}\r`],
  ])('may be left at a body: %s', (_, line) => {
    const row = rowOf(line);
    expect(row).toMatchObject({ isPlain: true, hasBody: true });
    expect(expectParsed(row, bytesOf(line))).toBe(true);
  });

  it('is not asked what stands in a body', () => {
    expect(rowOf(bodied('{{]"\t"'))).toMatchObject({ isPlain: true, hasBody: true });
    // Nor for keys of the event between bodies, which no API server writes; the parser's verb would be the second.
    expect(rowOf(bodied('{},"verb":"delete"')).raw('verb')?.toString()).toBe('"get"');
  });
});

const TIME = '2026-02-22T10:15:30.000000Z';

describe('a line is not plain', () => {
  it.each([
    ['empty', ''],
    ['blank', ' \t'],
    ['a lone carriage return', '\r'],
    ['no JSON', 'klog'],
    ['an array', `[${LINE}]`],
    ['with a blank before it', ` ${LINE}`],
    ['with a byte order mark', `\ufeff${LINE}`],
    ['with a blank behind it', `${LINE} `],
    ['with two carriage returns', `${LINE}\r\r`],
    ['with something behind it', `${LINE}{}`],
    ['cut', LINE.slice(0, -1)],
    ['cut behind a backslash', `${LINE.slice(0, 100)}\\`],
    ['with a comma too much', changed('}}', '},}')],
    ['with a comma at the start', changed('{"kind"', '{,"kind"')],
    ['without a comma', changed(',"verb"', '"verb"')],
    ['without a colon', changed('"verb":', '"verb"')],
    ['with a carriage return between tokens', changed('"verb":', '"verb":\r')],
  ])('that is %s', (_, line) => {
    const row = rowOf(line);
    expect(row.integers).toEqual([row.start, row.end, ...Array(layout.ROW - 2).fill(0)]);
    expect(row.end - row.start).toBe(bytesOf(line).length);
  });

  it.each([
    ...['kind', 'auditID', 'user', 'objectRef', 'responseStatus', 'userAgent', 'stageTimestamp', 'annotations'],
    ...['requestReceivedTimestamp', 'sourceIPs'],
  ])('with %s twice, or null, or a number', (key) => {
    const value = JSON.stringify(auditFields()[key]);
    expect(rowOf(`${LINE.slice(0, -1)},"${key}":${value}}`).isPlain).toBe(false);
    expect(rowOf(auditLine({ [key]: null })).isPlain).toBe(false);
    expect(rowOf(auditLine({ [key]: 5 })).isPlain).toBe(false);
  });

  it.each(['requestObject', 'responseObject'])('with %s twice, out of order', (key) => {
    expect(rowOf(changed('"stage":', `"${key}":1,"stage":`)).isPlain).toBe(true);
    expect(rowOf(changed('"stage":', `"${key}":1,"${key}":1,"stage":`)).isPlain).toBe(false);
  });

  it.each([
    ['username twice', changed('"username":"maria"', '"username":"maria","username":"eve"')],
    ['groups twice', changed('"groups"', '"groups":[],"groups"')],
    ['an impersonated name twice', changed('"verb"', '"impersonatedUser":{"username":"a","username":"b"},"verb"')],
    ['an impersonated name with an escape', changed('"verb"', '"impersonatedUser":{"username":"\\n"},"verb"')],
    ['an impersonated name that is null', changed('"verb"', '"impersonatedUser":{"username":null},"verb"')],
    ['impersonated groups twice', changed('"verb"', '"impersonatedUser":{"groups":[],"groups":[]},"verb"')],
    ['impersonated groups that are no list', changed('"verb"', '"impersonatedUser":{"groups":"a"},"verb"')],
    ['a name of an object twice', changed('"name":"db"', '"name":"db","name":"x"')],
    ['a code twice', changed('"code":200', '"code":200,"code":200')],
    ['an escape in a key', changed('"verb"', '"x\\n":1,"verb"')],
    ['an escape in the key of an annotation', changed('"authorization.k8s.io/reason"', '"a\\n"')],
    ['a code of zero', changed('200', '0')],
    ['a code with a zero before it', changed('200', '0200')],
    ['a code of ten digits', changed('200', '1234567890')],
    ['a code with a sign', changed('200', '-200')],
    ['a code with a fraction', changed('200', '200.5')],
    ['a code as text', changed('200', '"200"')],
    ['no code', changed('200', '')],
    ['a number in the groups', changed('"dev"', '1')],
    ['a list in the groups', changed('"dev"', '[]')],
    ['a comma at the end of the groups', changed('"dev",', '"dev",,')],
    ['a number in the annotations', changed('"allow"', '1')],
    ['a null in the annotations', changed('"allow"', 'null')],
    ['an escape in auditID', changed('0b1d7ab5', '\\u0026')],
    ['a letter beyond ASCII in userAgent', changed('kubectl', 'kübectl')],
    ['a delete character in username', changed('maria', 'mari\u007fa')],
    ['a backslash in username', changed('maria', 'a\\\\b')],
    ['a control character in a text', changed('/db"', '/\u0001db"')],
    ['a tab in a text', changed('/db"', '/\tdb"')],
    ['an escape that JSON does not know', changed('/db"', '/\\x"')],
    ['an escape that is too short', changed('/db"', '/\\u00e"')],
    ['an escape cut by the end of the line', LINE.replace(/db".*/, '\\u00')],
    ['a control character behind a backslash', changed('/db"', '/\\\u0001db"')],
    ['a control character in a value that nobody reads', changed('"metadata":{}', '"metadata":{"a":"\u001f"}')],
    ['a closing brace too early', changed('"metadata":{}', '"metadata":}')],
    ['no value', changed('"metadata":{}', '"metadata":')],
    ['a byte that is no ASCII between texts', changed('"metadata":{}', '"metadata":{é}')],
    ['a scalar with something in it', changed('"metadata":{}', '"metadata":1_0')],
  ])('with %s', (_, line) => {
    expect(rowOf(line).isPlain).toBe(false);
  });

  it.each([
    ...['"_jsonata_"', '"_jsonata_lambda"', '"outerWrapper"', '"tupleStream"'],
    ...['"a\\u0020"', '"\\u007f"', '"\\u005Fjsonata_"', '"\\u003d"', '"\\u0027"', '"\\u006f"'],
  ])('with %s anywhere', (text) => {
    expect(rowOf(changed('"/api/v1/namespaces/prod/secrets/db"', text)).isPlain).toBe(false);
    expect(rowOf(changed('"verb"', `${text}:1,"verb"`)).isPlain).toBe(false);
    expect(rowOf(changed('"verb"', `"x":{"y":[${text}]},"verb"`)).isPlain).toBe(false);
    expect(rowOf(changed('"verb"', `"x":{${text}:1},"verb"`)).isPlain).toBe(false);
    expect(rowOf(changed('"allow"', text)).isPlain).toBe(false);
    expect(rowOf(changed('"dev"', text)).isPlain).toBe(false);
    expect(rowOf(bodied(`{"a":${text}}`)).isPlain).toBe(false);
    expect(rowOf(changed('"allow"', text, bodied('{}'))).isPlain).toBe(false);
  });

  it.each([
    ...['2026-02-29T10:15:30.000000Z', '2023-02-29T10:15:30.000000Z', '2100-02-29T10:15:30.000000Z'],
    ...['2026-13-01T10:15:30.000000Z', '2026-00-01T10:15:30.000000Z', '2026-04-31T10:15:30.000000Z'],
    ...['2026-01-00T10:15:30.000000Z', '2026-01-32T10:15:30.000000Z', '1969-12-31T23:59:59.999999Z'],
    ...['2026-02-22T24:00:00.000000Z', '2026-02-22T10:60:30.000000Z', '2026-02-22T10:15:60.000000Z'],
    ...['2026-02-22T10:15:30Z', '2026-02-22T10:15:30.000Z', '2026-02-22T10:15:30.0000000Z'],
    ...['2026-02-22t10:15:30.000000Z', '2026-02-22T10:15:30.000000z', '2026-02-22T10:15:30.000000+00:00'],
    ...['0001-01-01T00:00:00.000000Z', '2026-02-22T10:15:3x.000000Z', '', 'yesterday'],
  ])('with the time %s', (time) => {
    expect(rowOf(changed(TIME, time)).isPlain).toBe(false);
    expect(rowOf(changed(TIME, time, bodied('{}'))).isPlain).toBe(false);
  });

  it('without a time', () => {
    expect(rowOf(auditLine({ requestReceivedTimestamp: undefined })).isPlain).toBe(false);
  });

  it.each([
    ['another event in it', bodied(`{"a":${LINE}}`)],
    ['an auditID in it', bodied('{"auditID":"x"}')],
    ['a reserved key in a text of it', bodied('{"a":"\\"_jsonata_"}')],
    ['a backslash before what looks like an escape', bodied('{"a":"\\\\u0041"}')],
    ['no time behind it', bodied('{}').replace(/"requestReceivedTimestamp":".*?",/, '')],
    ['no stage time behind it', bodied('{}').replace(/,"stageTimestamp":".*?"/, '')],
    ['a blank in the tail', bodied('{}').replace(',"stageTimestamp"', ', "stageTimestamp"')],
    ['a blank in the annotations', bodied('{}').replace('"allow",', '"allow", ')],
    ['a blank before the time', bodied('{}').replace(':"2026', ': "2026')],
    ['a blank at the end', bodied('{}').replace(/}$/, ' }')],
    ['another key in the tail', bodied('{}').replace(',"annotations"', ',"x":1,"annotations"')],
    ['another key at the end', bodied('{}').replace(/}$/, ',"x":1}')],
    ['a number in the annotations', bodied('{}').replace('"allow"', '1')],
    ['annotations that end the line', bodied('{}').replace(/}}$/, '}')],
    ['a time in a key', bodied('{}').replace(',"requestReceived', ',"x\\"requestReceived')],
    ['a control character in the tail', changed('"allow"', '"\u0001"', bodied('{}'))],
  ])('that is left at a body with %s', (_, line) => {
    expect(rowOf(line).isPlain).toBe(false);
  });
});
