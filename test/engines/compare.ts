/** The same logs through every engine of a scan: whether findings and counters are the same. */

import { readFileSync } from 'node:fs';
import type { AuditEvent } from '../../src/event/types.ts';
import type {
  CompiledExpression,
  Detector,
  Exception,
  Finding,
  ScanOptions,
  Source,
  Summary,
} from '../../src/index.ts';
import type { Select } from '../../src/scan.ts';
import { program } from './program.ts';

/** What reads the lines, in how many threads and in blocks of how many bytes; undefined leaves it to the program. */
export interface Variant {
  readonly engine: 'plain' | 'js' | 'wasm';
  readonly jobs: number | undefined;
  readonly blockSize: number | undefined;
}

/** Parses every line. */
export const PLAIN: Variant = { engine: 'plain', jobs: 1, blockSize: undefined };

export function variantsOf(blockSizes: readonly (number | undefined)[], jobs: readonly number[] = [1, 2]): Variant[] {
  return (['js', 'wasm'] as const).flatMap((engine) =>
    jobs.flatMap((threads) => blockSizes.map((blockSize) => ({ engine, jobs: threads, blockSize }))),
  );
}

export function nameOf({ engine, jobs, blockSize }: Variant): string {
  return `${engine}, jobs ${jobs ?? 'by default'}, blocks of ${blockSize ?? 'the default'}`;
}

/** By what names a scan knows the choices; `engine` is taken there, by the engine of the detectors. */
const NAMES = { engine: 'reader', jobs: 'jobs', blockSize: 'blockSize' } as const;

function chosen(variant: Variant): Partial<ScanOptions> {
  const given = Object.entries(NAMES).map(([choice, name]) => [name, variant[choice as keyof Variant]]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** Choices that a scan does not know: with them, all variants are one. */
export function unknownChoices(): string[] {
  const text = readFileSync(new URL('../../src/scan.ts', import.meta.url), 'utf8');
  return Object.values(NAMES).filter((name) => !new RegExp(`\\b${name}\\?:`).test(text));
}

/** What a scan is asked. */
export interface Question {
  readonly name: string;
  readonly detectors: readonly Detector[];
  readonly exceptions?: readonly Exception[];
  /** Made anew for each scan, for it may count. */
  readonly select?: () => Select;
  readonly maxRecordSize?: number;
}

export interface Outcome {
  readonly findings: readonly Finding[];
  /** As it is, but for its maps, whose order counts. */
  readonly summary: object;
  /** A failure that is none of an input. */
  readonly thrown: string | undefined;
}

export async function outcomeOf(question: Question, sources: readonly Source[], variant: Variant): Promise<Outcome> {
  const { detectors, exceptions = [], select, maxRecordSize } = question;
  const summary = program.createSummary();
  const findings: Finding[] = [];
  let thrown: string | undefined;
  try {
    const options = { sources, summary, detectors, exceptions, select: select?.(), maxRecordSize };
    for await (const found of program.scan({ ...options, ...chosen(variant) })) findings.push(...found);
  } catch (error) {
    thrown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return { findings, summary: listed(summary), thrown };
}

/** Rejects in the order of their names: which of two comes first follows from where chunks end. */
function listed(summary: Summary): object {
  const list = (value: unknown): unknown => (value instanceof Map ? [...value] : value);
  const listed = Object.entries(summary).map(([key, value]) => [key, list(value)]);
  const rejects = [...summary.rejects].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...Object.fromEntries(listed), rejects };
}

/** The same question, every expression of which jsonata's own interpreter runs. */
export function interpreted(question: Question): Question {
  const { detectors, exceptions = [] } = question;
  return {
    ...question,
    detectors: detectors.map((detector) => ({
      ...detector,
      match: interpretedExpression(detector.match),
      columns: new Map(Array.from(detector.columns, ([name, column]) => [name, interpretedExpression(column)])),
      window: detector.window && {
        ...detector.window,
        by: detector.window.by.map(interpretedExpression),
        distinct: detector.window.distinct && interpretedExpression(detector.window.distinct),
      },
    })),
    exceptions: exceptions.map((exception) => ({
      match: interpretedExpression(exception.match),
      appliesTo: (id) => exception.appliesTo(id),
    })),
  };
}

/** Its plan stays: what a detector could not judge follows from it. */
function interpretedExpression({ text, plan, refusal }: CompiledExpression): CompiledExpression {
  // jsonata marks lists that it is given, and changes some events: all must be its own.
  const interpreter = program.createInterpreter(text, structuredClone(program.DEFAULT_LISTS));
  const evaluate = (event: AuditEvent): Promise<unknown> => interpreter.evaluate(copyOf(event));
  return { text, predicate: undefined, refusal, plan, traps: [], evaluate };
}

/** As JSON.parse makes it, with our mark of renamed keys; neither can be cloned in another way. */
function copyOf(event: AuditEvent): AuditEvent {
  const copy = cloned(event) as Record<symbol, unknown>;
  const planted = (event as Record<symbol, unknown>)[program.PLANTED];
  if (planted) copy[program.PLANTED] = planted;
  return copy as AuditEvent;
}

function cloned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloned);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: cloned(item), enumerable: true, configurable: true, writable: true });
    else copy[key] = cloned(item);
  }
  return copy;
}

const SHOWN = 400;

/** Where two values differ first, and in what; undefined where they do not. */
export function difference(expected: unknown, actual: unknown, path = ''): string | undefined {
  if (Object.is(expected, actual)) return undefined;
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  if (isObject(expected) && isObject(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const name = path === '' ? key : `${path}.${key}`;
      if (!Object.hasOwn(expected, key)) return `${name}: not expected, but is ${show(actual[key])}`;
      if (!Object.hasOwn(actual, key)) return `${name}: missing; expected ${show(expected[key])}`;
      const inner = difference(expected[key], actual[key], name);
      if (inner !== undefined) return inner;
    }
    return undefined;
  }
  return `${path}: expected ${show(expected)}, but is ${show(actual)}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${text.length} characters)`;
}

/** Where an outcome differs first from that of the oracle; counters before findings, for they tell more. */
export function differenceOf(expected: Outcome, actual: Outcome): string | undefined {
  return (
    difference(expected.thrown, actual.thrown, 'thrown') ??
    difference(expected.summary, actual.summary, 'summary') ??
    difference(expected.findings, actual.findings, 'findings')
  );
}
