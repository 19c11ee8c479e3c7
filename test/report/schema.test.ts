import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.ts';
import { MAX_TEXT, REPORT_VERSION, type Report } from '../../src/report/model.ts';
import { ENUMERATIONS, FIELDS } from './report-fields.ts';
import { hostileReport, sampleReport } from './sample-report.ts';

type Tree = Record<string, unknown>;
interface Schema extends Tree {
  readonly $defs: Readonly<Record<string, Tree>>;
}

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8')) as Schema;
const ajv = new Ajv2020({ strict: true });
addFormats.default(ajv);
const isReport = ajv.compile(schema);

/** What a program that reads the JSON form gets. */
function written(report: Report): Tree {
  return JSON.parse(renderJson(report)) as Tree;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Property {
  /** `findings.0.actor`. */
  readonly path: string;
  readonly holder: Tree;
  readonly name: string;
}

/** Every property of every object, but for those of `details`, which may be anything. */
function* properties(value: unknown, path = ''): Generator<Property> {
  if (typeof value !== 'object' || value === null || path.endsWith('.details')) return;
  for (const [name, item] of Object.entries(value)) {
    const itsPath = path === '' ? name : `${path}.${name}`;
    if (isTree(value)) yield { path: itsPath, holder: value, name };
    yield* properties(item, itsPath);
  }
}

/** Whether the report, with that property changed for the moment, would be taken. */
function passesWith(report: Tree, { holder, name }: Property, value: unknown): boolean {
  const before = holder[name];
  holder[name] = value;
  const passes = isReport(report);
  holder[name] = before;
  return passes;
}

function passesWithout(report: Tree, { holder, name }: Property): boolean {
  const copy = { ...holder };
  delete holder[name];
  const passes = isReport(report);
  Object.assign(holder, copy);
  return passes;
}

function wrongValues(value: unknown): unknown[] {
  if (typeof value === 'string') return [1, true, ['text'], { text: 'text' }];
  if (typeof value === 'number') return ['1', true, [], {}];
  if (typeof value === 'boolean') return ['true', 1, null];
  if (Array.isArray(value)) return [{}, 'text', null, [undefined], [[[]]]];
  if (value === null) return [true, []];
  return ['text', [], true, { unheardOf: 1 }];
}

const OPTIONAL =
  /^findings\.\d+\.(actor\.(impersonated|serviceAccount)|object\.(subresource|namespace|name)|source\.label)$|^inputs\.rejects\.\d+\.first\.label$/;

describe('the schema of the report', () => {
  it('takes what is written', () => {
    const plain = sampleReport({
      toldBefore: null,
      outsideBusinessHours: null,
      findings: [],
      detectors: [],
      blindSpots: [],
      timeline: { bucketSeconds: 60, buckets: [], untimed: 0 },
      window: { since: null, until: null, sinceLast: false, selection: [], first: null, last: null },
    });
    for (const report of [sampleReport(), hostileReport(), plain]) {
      isReport(written(report));
      expect(isReport.errors).toBeNull();
    }
  });

  const report = written(sampleReport());
  const all = [...properties(report)];

  it('is tried with every field', () => {
    expect(all.length).toBeGreaterThan(1_000);
    const seen = new Set(all.map(({ name }) => name));
    for (const name of Object.values(FIELDS).flatMap((fields) => Object.keys(fields))) expect(seen).toContain(name);
  });

  it('asks for every field that is always there', () => {
    const removable = all.filter((property) => passesWithout(report, property)).map(({ path }) => path);
    expect(removable).toEqual(all.map(({ path }) => path).filter((path) => OPTIONAL.test(path)));
    expect(removable.length).toBeGreaterThan(10);
  });

  it('refuses a value of another type, whatever the field', () => {
    for (const property of all) {
      // `details` may hold anything, as long as it is an object.
      const wrong = wrongValues(property.holder[property.name]).filter(
        (value) => !(property.name === 'details' && isTree(value)),
      );
      for (const value of wrong)
        expect(passesWith(report, property, value), `${property.path} = ${JSON.stringify(value)}`).toBe(false);
    }
  });

  it('refuses a field that it does not know', () => {
    const objects = [report, ...all.filter(({ name }) => name !== 'details').map(({ holder, name }) => holder[name])];
    for (const holder of objects.filter(isTree)) {
      holder.unheardOf = 1;
      const passes = isReport(report);
      delete holder.unheardOf;
      expect(passes, Object.keys(holder).join(' ')).toBe(false);
    }
  });

  it('refuses numbers that count nothing', () => {
    // What a log says is its status code is kept.
    const numbers = all.filter(({ holder, name }) => typeof holder[name] === 'number' && name !== 'code');
    expect(numbers.length).toBeGreaterThan(300);
    for (const property of numbers)
      for (const value of [-1, 0.5]) expect(passesWith(report, property, value), property.path).toBe(false);
  });

  it('refuses words that it does not know', () => {
    const words = new Set([...Object.keys(ENUMERATIONS), 'auditscan']);
    const chosen = all.filter(({ holder, name }) => words.has(name) && typeof holder[name] === 'string');
    expect(new Set(chosen.map(({ name }) => name))).toEqual(words);
    for (const property of chosen) expect(passesWith(report, property, 'other'), property.path).toBe(false);
  });

  it.each([
    'yesterday',
    '',
    '2026-11-17',
    '2026-11-17T08:46:40Z',
    '2026-11-17T08:46:40.004217+01:00',
    '2026-13-17T08:46:40.004217Z',
    ' 2026-11-17T08:46:40.004217Z',
  ])('refuses %j as a time', (text) => {
    const times = all.filter(
      ({ holder, name }) => typeof holder[name] === 'string' && /^\d{4}-\d\d-\d\dT/.test(holder[name]),
    );
    expect(new Set(times.map(({ name }) => name)).size).toBe(6);
    for (const property of times) expect(passesWith(report, property, text), property.path).toBe(false);
  });

  it('refuses a day of 23 or 25 hours, and a severity that is left out', () => {
    const lists = all.filter(
      ({ holder, name }) => ['hours', 'bySeverity'].includes(name) && Array.isArray(holder[name]),
    );
    expect(lists.length).toBeGreaterThan(5);
    for (const property of lists) {
      const items = property.holder[property.name] as unknown[];
      for (const value of [items.slice(1), [...items, items[0]]])
        expect(passesWith(report, property, value), property.path).toBe(false);
    }
  });

  it('refuses a text of a log that was not cut', () => {
    const [property] = all.filter(({ path }) => path === 'findings.0.userAgent');
    if (!property) throw new Error('the sample has no user agent');
    expect(passesWith(report, property, 'a'.repeat(MAX_TEXT))).toBe(true);
    expect(passesWith(report, property, 'a'.repeat(MAX_TEXT + 1))).toBe(false);
  });
});

describe('the schema and the types', () => {
  const at = (place: string): Tree => (place === '#' ? schema : (schema.$defs[place] ?? {}));
  const objects = ['#', ...Object.keys(schema.$defs)].filter((place) => at(place).properties !== undefined);

  it('know the same objects', () => {
    expect(objects.sort()).toEqual(Object.keys(FIELDS).sort());
    // Every object has a name of its own: the text has no other place with properties.
    expect(JSON.stringify(schema).match(/"properties":/g)).toHaveLength(objects.length);
  });

  it.each(Object.keys(FIELDS))('know the same fields of %s', (place) => {
    const { properties: known = {}, required, additionalProperties } = at(place);
    const names = Object.keys(FIELDS[place] ?? {});
    const held = Object.entries(known as Tree).map(([name, field]) => {
      const isRequired = (required as string[]).includes(name);
      return [name, `${heldBy(field)}${isRequired ? '' : ', optional'}`];
    });
    expect(Object.fromEntries(held)).toEqual(FIELDS[place]);
    expect(additionalProperties).toBe(false);
    for (const name of required as string[]) expect(names).toContain(name);
  });

  it('know the same words', () => {
    const fieldsOf = (place: string): Tree => at(place).properties as Tree;
    const chosen = {
      kind: fieldsOf('blindSpot').kind,
      reason: fieldsOf('reject').reason,
      severity: at('severity'),
      outcome: at('outcome'),
    };
    for (const [name, words] of Object.entries(ENUMERATIONS))
      expect(new Set((chosen[name as keyof typeof chosen] as Tree).enum as string[])).toEqual(
        new Set(Object.keys(words)),
      );
  });

  it('are of the same version', () => {
    const { auditscan, version } = schema.properties as Record<string, Tree>;
    expect(version?.const).toBe(REPORT_VERSION);
    expect(auditscan?.const).toBe('report');
    expect(schema.$id).toBe(`urn:auditscan:report:${REPORT_VERSION}`);
  });

  it('say of every field what it is', () => {
    for (const place of Object.keys(schema.$defs)) expect(at(place).description, place).toMatch(/\.$/);
    for (const place of objects)
      for (const [name, field] of Object.entries(at(place).properties as Record<string, Tree>)) {
        const { description = resolved(field).description } = field;
        expect(description, `${place}.${name}`).toMatch(/^[A-Z`].*\.$/s);
      }
  });
});

function resolved(field: Tree): Tree {
  return typeof field.$ref === 'string' ? (schema.$defs[field.$ref.replace('#/$defs/', '')] ?? {}) : field;
}

/** In the words of {@link FIELDS}. */
function heldBy(field: unknown): string {
  const { type, anyOf } = resolved(field as Tree);
  const types = Array.isArray(anyOf) ? anyOf.map((choice: Tree) => resolved(choice).type) : [type].flat();
  return types.map((one) => (one === 'integer' ? 'number' : one)).join(' or ');
}
