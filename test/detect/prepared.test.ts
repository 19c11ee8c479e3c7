import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileDetector } from '../../src/detect/compile-detector.ts';
import { type Detector, type DetectorOptions, readDetector } from '../../src/detect/detector.ts';
import { detectorFiles, PACK } from '../../src/detect/load.ts';
import { preparePack } from '../../src/detect/prepare.ts';
import { compilePrepared, documentOf, markOf, type PreparedPack, revive } from '../../src/detect/prepared.ts';
import { testDetector } from '../../src/detect/test-detector.ts';
import type { AuditEvent } from '../../src/event/types.ts';
import { createInterpreter } from '../../src/expression/interpreter.ts';

/** As it is read of the file that the build writes. */
const pack = JSON.parse(JSON.stringify(await preparePack())) as PreparedPack;
const paths = await detectorFiles(PACK);

function prepared(path: string, options: DetectorOptions = {}): Detector {
  const file = pack[markOf(readFileSync(path, 'utf8'))];
  if (!file) throw new Error(`${path} is not prepared`);
  return compileDetector(documentOf(path, file), options, (...given) => compilePrepared(file, ...given));
}

function expressionsOf({ match, columns, window }: Detector) {
  return [match, ...columns.values(), ...(window?.by ?? []), ...(window?.distinct ? [window.distinct] : [])];
}

describe('a prepared detector', () => {
  it.each(paths)('%s is the one in the file', async (path) => {
    const [made, read] = [prepared(path), await readDetector(path)];
    expect(made.file).toEqual(read.file);
    expect([...made.columns.keys()]).toEqual([...read.columns.keys()]);
    const shown = (detector: Detector) =>
      expressionsOf(detector).map(({ text, refusal, traps, plan }) => {
        return { text, refusal, traps, fields: plan?.fields, level: plan?.level, needles: plan?.needles };
      });
    expect(shown(made)).toEqual(shown(read));
    expect(await testDetector(made)).toEqual(await testDetector(read));
  });

  it.each(paths)('%s knows the lines of its keys', async (path) => {
    const [made, read] = [prepared(path), await readDetector(path)];
    const keys: (string | number)[][] = [[], ['match'], ['columns'], ['nothing'], ['attack', 0], ['attack', 99]];
    for (const name of read.columns.keys()) keys.push(['columns', name]);
    for (const [index, test] of (read.file.tests ?? []).entries()) {
      keys.push(['tests', index], ['tests', index, 'name'], ['tests', index, 'event', 'verb']);
      for (const name of Object.keys(test.columns ?? {})) keys.push(['tests', index, 'columns', name]);
    }
    expect(keys.map((place) => made.lineOf(place))).toEqual(keys.map((place) => read.lineOf(place)));
  });

  it('tells a list that is not there as the file does', async () => {
    for (const path of paths) {
      const message = await readDetector(path, { lists: {} }).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      const make = () => prepared(path, { lists: {} });
      if (message === undefined) expect(make).not.toThrow();
      else expect(make).toThrow(message.replace(/^\w+: /, ''));
    }
  });

  it('is not known by another text', () => {
    const [path = ''] = paths;
    expect(pack[markOf(`${readFileSync(path, 'utf8')}\n`)]).toBeUndefined();
  });
});

it('a prepared expression that is not compiled runs in the interpreter', async () => {
  const text = '$map(sourceIPs, function($ip) { $ip })';
  const { ast } = createInterpreter(text, {});
  const file = { value: {} as never, lines: '[1]', trees: { [text]: JSON.parse(JSON.stringify(ast)) as unknown } };
  const expression = compilePrepared(file, text, {});
  expect(expression.predicate).toBeUndefined();
  const value = await expression.evaluate({ sourceIPs: ['10.0.0.1', '10.0.0.2'] } as AuditEvent);
  // jsonata's sequences have hidden properties.
  expect(Array.from(value as string[])).toEqual(['10.0.0.1', '10.0.0.2']);
});

it('regexes of a tree come back', () => {
  expect(revive({ a: [{ '\0regex': ['^x', 'i'] }], b: null })).toEqual({ a: [/^x/i], b: null });
});
