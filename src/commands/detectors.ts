import { basename, dirname } from 'node:path';
import { type Detector, type DetectorOptions, readDetector } from '../detect/detector.ts';
import { detectorFiles, loadDetectors, PACK } from '../detect/load.ts';
import { testDetector } from '../detect/test-detector.ts';
import { DetectorError, UsageError } from '../errors.ts';
import type { CompiledExpression } from '../expression/compile.ts';
import { countText } from '../sinks/quantities.ts';
import type { Column, Row } from '../sinks/types.ts';
import { type Arguments, flag, text, texts } from './arguments.ts';
import { nearest } from './argv.ts';
import { readConfig } from './config.ts';
import { createTerminal, type Terminal } from './terminal.ts';

const COLUMNS: readonly Column[] = [
  { key: 'id', title: 'id' },
  { key: 'severity', title: 'severity', severity: true },
  { key: 'tactic', title: 'tactic', shrink: 1 },
  { key: 'attack', title: 'attack', shrink: 1 },
  { key: 'title', title: 'title', shrink: 2 },
  { key: 'tests', title: 'tests', align: 'right', wide: true },
  { key: 'path', title: 'file', wide: true, shrink: 2 },
];

/** `auditscan detectors list`: what there is. */
export async function list(args: Arguments): Promise<number> {
  const { detectors, terminal } = await load(args);
  const { sinks } = await import('../sinks/registry.ts');
  const form = (text(args.output) ?? 'table') as keyof typeof sinks;
  const sink = sinks[form](terminal, COLUMNS, { width: terminal.width, colour: terminal.colour });
  await sink.write(detectors.map(detectorRow));
  await sink.end();
  return 0;
}

/** `auditscan detectors show ID`: one of them, for reading. */
export async function show(args: Arguments): Promise<number> {
  const { detectors, terminal } = await load(args);
  const id = String(args.id);
  const detector = detectors.find((candidate) => candidate.id === id);
  if (!detector) {
    const near = nearest(
      id,
      detectors.map((candidate) => candidate.id),
    );
    throw new UsageError(`there is no detector ${id}${near ? `; did you mean ${near}?` : ''}`);
  }
  const { forTerminal } = await import('../sinks/escape.ts');
  const { placed, planLines } = await import('./explain.ts');
  const safe = (value: string, indent: string): string =>
    value
      .trimEnd()
      .split('\n')
      .map((line) => indent + forTerminal(line))
      .join('\n');
  const { file } = detector;
  const interpreted = expressionsOf(detector).filter(
    ({ keys, expression }) => keys[0] !== 'match' && expression.refusal,
  );
  const parts = [
    `${detector.id}  ${detector.severity}  ${detector.attack.join(' ')}`,
    safe(detector.title, ''),
    '',
    safe(file.description, ''),
    ...(file.falsePositives ? ['', 'False positives', safe(file.falsePositives, '  ')] : []),
    ...(file.next ? ['', 'Next', safe(file.next, '  ')] : []),
    '',
    'Match',
    safe(file.match, '  '),
    ...(file.columns
      ? ['', 'Columns', ...Object.entries(file.columns).map(([name, value]) => safe(`${name}: ${value.trim()}`, '  '))]
      : []),
    ...(file.window ? ['', 'Window', safe(windowText(file.window), '  ')] : []),
    '',
    ...planLines(detector.match, { width: terminal.width, aboutLog: detector.aboutLog }),
    ...(interpreted.length > 0 ? ['', 'Run in the interpreter, many times slower'] : []),
    ...interpreted.flatMap(({ keys, expression }) => [
      safe(`${keys.join('.')}: ${expression.refusal?.reason}`, '  '),
      ...placed(expression, expression.refusal?.position ?? 0, terminal.width),
    ]),
    '',
    ...(file.tests
      ? ['Tests', ...file.tests.map((test) => safe(`${test.match ? 'match   ' : 'no match'}  ${test.name}`, '  ')), '']
      : []),
    forTerminal(detector.path),
  ];
  await terminal.write(`${parts.join('\n')}\n`);
  return 0;
}

/** `auditscan detectors lint [paths..]`: whether the files are as they must be, and mean what they seem to. */
export async function lint(args: Arguments): Promise<number> {
  const { read, failures, terminal } = await readNamed(args);
  for (const failure of failures) terminal.tellError(failure);
  let warnings = 0;
  for (const detector of read) {
    for (const warning of await warningsOf(detector)) {
      warnings += 1;
      for (const line of `warning: ${warning}`.split('\n')) terminal.tell(line);
    }
  }
  const verdict = failures.length === 0 ? 'all fit to run' : `${failures.length} broken`;
  await terminal.write(
    `${countText(read.length + failures.length, 'detector')}, ${verdict}${warnings > 0 ? `, ${countText(warnings, 'warning')}` : ''}\n`,
  );
  return failures.length > 0 ? 2 : 0;
}

/** What is allowed, and is hardly what the author wants. */
async function warningsOf(detector: Detector): Promise<string[]> {
  const { placed } = await import('./explain.ts');
  const { id, file, path } = detector;
  const warnings: string[] = [];
  for (const { keys, expression } of expressionsOf(detector)) {
    const place = `${path}:${detector.lineOf(keys)}: ${keys.join('.')}`;
    const { refusal } = expression;
    if (refusal) {
      const blind = keys[0] === 'match' ? '; what it cannot see for want of a body is not told' : '';
      const lines = placed(expression, refusal.position);
      warnings.push(
        [`${place}: runs in the interpreter, many times slower${blind}: ${refusal.reason}`, ...lines].join('\n'),
      );
    }
    for (const { position, message, advice } of expression.traps) {
      warnings.push([`${place}: ${message}`, ...placed(expression, position), `  write: ${advice}`].join('\n'));
    }
  }
  const kinds = new Set(file.tests?.map((test) => test.match));
  if (kinds.size < 2) warnings.push(`${path}: ${id} needs a test that must match and one that must not`);
  return warnings;
}

/** Every expression of a detector, with the keys under which it stands in the file. */
function expressionsOf({ match, columns, window }: Detector): {
  readonly keys: readonly (string | number)[];
  readonly expression: CompiledExpression;
}[] {
  return [
    { keys: ['match'], expression: match },
    ...[...columns].map(([name, expression]) => ({ keys: ['columns', name], expression })),
    ...(window?.by ?? []).map((expression, index) => ({ keys: ['window', 'by', index], expression })),
    ...(window?.distinct ? [{ keys: ['window', 'distinct'], expression: window.distinct }] : []),
  ];
}

/** `auditscan detectors test [paths..]`: runs the tests that stand in the files. */
export async function test(args: Arguments): Promise<number> {
  const { read, failures, terminal } = await readNamed(args);
  for (const failure of failures) terminal.tellError(failure);
  let passed = 0;
  let failed = 0;
  for (const detector of read) {
    for (const { name, failure } of await testDetector(detector)) {
      if (failure === undefined) {
        passed += 1;
        continue;
      }
      failed += 1;
      terminal.tell(`failed: ${detector.path}: ${name}: ${failure}`);
    }
  }
  await terminal.write(`${countText(read.length, 'detector')}, ${passed} passed, ${failed} failed\n`);
  return failures.length + failed > 0 ? 2 : 0;
}

async function load(args: Arguments): Promise<{ detectors: readonly Detector[]; terminal: Terminal }> {
  const config = await readConfig(text(args.config));
  const detectors = await loadDetectors(texts(args.detectors), { lists: config.lists, severities: config.severities });
  return { detectors, terminal: createTerminal(flag(args.color)) };
}

/** Every file that is named, or the whole pack; what is broken is collected, so that one run tells all of it. */
async function readNamed(args: Arguments): Promise<{ read: Detector[]; failures: string[]; terminal: Terminal }> {
  const config = await readConfig(text(args.config));
  const options: DetectorOptions = { lists: config.lists };
  const named = [...texts(args.paths), ...texts(args.detectors)];
  const read: Detector[] = [];
  const failures: string[] = [];
  const ids = new Map<string, string>();
  for (const folder of named.length > 0 ? named : [PACK]) {
    for (const path of await detectorFiles(folder)) {
      try {
        const detector = await readDetector(path, options);
        const other = ids.get(detector.id);
        if (other) throw new DetectorError(`${path}: the id ${detector.id} is taken by ${other}`);
        ids.set(detector.id, path);
        read.push(detector);
      } catch (error) {
        if (!(error instanceof DetectorError)) throw error;
        failures.push(error.message);
      }
    }
  }
  return { read, failures, terminal: createTerminal(flag(args.color)) };
}

function detectorRow(detector: Detector): Row {
  const { id, severity, attack, title, path, file } = detector;
  const tactic = basename(dirname(path));
  return {
    cells: { id, severity, tactic, attack: attack.join(' '), title, tests: file.tests?.length ?? 0, path },
    json: () =>
      JSON.stringify({ id, severity, tactic, attack, title, description: file.description, match: file.match, path }),
  };
}

function windowText(window: NonNullable<Detector['file']['window']>): string {
  const what = window.distinct ? `${window.count} different ${window.distinct}` : `${window.count} events`;
  return `${what} within ${window.within}, by ${window.by.join(', ')}`;
}
