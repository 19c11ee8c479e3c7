/** A wrong benchmark is worse than none: who counts the same thing must come to the same number, before anything is timed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { DUCKDB } from './peers.ts';
import { ENVIRONMENT } from './timed.ts';
import { CLI, FIELDS, FILTER, JQ_FILTER, LITERALS, type Logs, NODE } from './works.ts';

type Has = (peer: string) => boolean;

interface Group {
  readonly count: number;
  readonly verb?: string | null;
  readonly resource?: string | null;
  readonly user?: string | null;
}

/** What a command writes, as it comes. @throws {Error} after the last, when it does not end with 0. */
async function* outputOf<T>(
  argv: readonly string[],
  read: (stream: Readable) => AsyncIterable<T>,
): AsyncGenerator<T, string> {
  const [program = '', ...args] = argv;
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: ENVIRONMENT });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (status, signal) => resolve(status === 0 ? '' : String(signal ?? status)));
  });
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    if (said.length < 2000) said += text.toString();
  });
  if (child.stdout) yield* read(child.stdout);
  const failure = await ended;
  if (failure !== '') throw new Error(`${argv.join(' ')}\nended with ${failure}: ${said}`);
  return said;
}

/** Returns what the command said on standard error. */
function linesOf(argv: readonly string[]): AsyncGenerator<string, string> {
  return outputOf(argv, (stream) => createInterface(stream));
}

async function firstLine(argv: readonly string[]): Promise<string> {
  let first: string | undefined;
  for await (const line of linesOf(argv)) first ??= line;
  return first ?? '';
}

async function countLines(argv: readonly string[]): Promise<number> {
  let count = 0;
  for await (const _ of linesOf(argv)) count += 1;
  return count;
}

async function digest(argv: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of outputOf<Buffer>(argv, (stream) => stream)) hash.update(chunk);
  return hash.digest('hex');
}

/** Every group with its number, in one order, and their sum. */
async function groupsOf(argv: readonly string[]): Promise<{ groups: string; count: number; events: number }> {
  const groups: string[] = [];
  let events = 0;
  for await (const line of linesOf(argv)) {
    const { count, verb, resource, user } = JSON.parse(line) as Group;
    groups.push(JSON.stringify([verb ?? null, resource ?? null, user ?? null, count]));
    events += count;
  }
  return { groups: groups.sort().join('\n'), count: groups.length, events };
}

/** The findings, without the file they were read from, and how many events the program says it has read. */
async function findings(path: string): Promise<{ found: string[]; events: number }> {
  const found: string[] = [];
  const lines = linesOf([NODE, CLI, 'detect', '-ojsonl', path]);
  let next = await lines.next();
  while (!next.done) {
    found.push(next.value.replaceAll(JSON.stringify(path), '"LOG"'));
    next = await lines.next();
  }
  // `in 225,181 requests (225,361 events)`; one number where both are the same.
  const [, number = ''] = /\(([\d,]+) events?\)/.exec(next.value) ?? /in ([\d,]+) requests?/.exec(next.value) ?? [];
  return { found, events: Number(number.replaceAll(',', '')) };
}

function same(what: string, ours: unknown, theirs: unknown): void {
  if (ours !== theirs) throw new Error(`${what}: ${ours} is not ${theirs}; nothing was measured`);
}

const duckdbCount = async (path: string): Promise<number> =>
  (JSON.parse(await firstLine([NODE, DUCKDB, 'count', path])) as { count: number }).count;

const ownCount = (path: string): Promise<number> => countLines([NODE, CLI, 'query', FILTER, '-q', '-ojsonl', path]);

async function checkFilter({ log, sample }: Logs, has: Has, tell: (text: string) => void): Promise<void> {
  const own = await ownCount(log);
  if (has('duckdb')) same('reads of secrets, auditscan and DuckDB', own, await duckdbCount(log));
  tell(`reads of secrets: ${own}${has('duckdb') ? ', by DuckDB too' : ''}`);
  const ofSample = sample === log ? own : await ownCount(sample);
  for (const jq of ['jq', 'gojq'].filter(has)) {
    same(
      `reads of secrets in the sample, auditscan and ${jq}`,
      ofSample,
      await countLines([jq, '-r', JQ_FILTER, sample]),
    );
    tell(`reads of secrets in the sample: ${ofSample}, by ${jq} too`);
  }
}

async function checkGroups({ log }: Logs, has: Has, tell: (text: string) => void): Promise<void> {
  const own = await groupsOf([NODE, CLI, 'top', '--by', FIELDS, '--events', '--limit', '0', '-q', '-ojsonl', log]);
  const lines = Number.parseInt(await firstLine(['wc', '-l', log]), 10);
  same('events, auditscan and wc', own.events, lines);
  if (has('duckdb')) {
    const theirs = await groupsOf([NODE, DUCKDB, 'groups', log]);
    same('number of groups, auditscan and DuckDB', own.count, theirs.count);
    if (own.groups !== theirs.groups)
      throw new Error('auditscan and DuckDB come to other groups; nothing was measured');
  }
  tell(`${own.events} events, as many as lines; ${own.count} groups${has('duckdb') ? ', the same by DuckDB' : ''}`);
}

async function checkLiterals({ log }: Logs, tell: (text: string) => void): Promise<void> {
  const lines = await firstLine(['rg', '-c', LITERALS, log]);
  same('lines with a literal, rg and grep', lines, await firstLine(['grep', '-cE', LITERALS, log]));
  tell(`lines with one of the eight literals: ${lines}, by grep too`);
}

async function checkDetect({ log, gz }: Logs, tell: (text: string) => void): Promise<void> {
  const { found, events } = await findings(log);
  same('events, by detect and wc', events, Number.parseInt(await firstLine(['wc', '-l', log]), 10));
  tell(
    `${found.length} findings in ${events} events${found.length === 0 ? ': this log says little of detectors' : ''}`,
  );
  if (gz === undefined) return;
  same('the log and what zcat makes of the .gz', await digest(['cat', log]), await digest(['zcat', gz]));
  const compressed = await findings(gz);
  same('events, of the .gz and the log', compressed.events, events);
  same('findings of the .gz and of the log', compressed.found.join('\n'), found.join('\n'));
  tell('the same of the .gz');
}

/** @throws {Error} when two that count the same come to different numbers. */
export async function checkAgreement(logs: Logs, has: Has, tell: (text: string) => void): Promise<void> {
  await checkFilter(logs, has, tell);
  await checkGroups(logs, has, tell);
  if (has('rg')) await checkLiterals(logs, tell);
  await checkDetect(logs, tell);
}
