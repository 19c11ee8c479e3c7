import { fstatSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { InputError, UsageError } from '../errors.ts';
import { lineTime } from '../event/line-time.ts';
import type { HeadOptions, ReaderName, ReadOptions } from '../scan.ts';
import { type Clock, createClock } from '../sinks/clock.ts';
import type { OutputForm } from '../sinks/registry.ts';
import type { Column, Sink } from '../sinks/types.ts';
import { type FindOptions, findSources, findWellKnown, WELL_KNOWN } from '../sources/find.ts';
import type { Source } from '../sources/types.ts';
import { createSummary, type Summary } from '../summary.ts';
import { type Arguments, flag, text } from './arguments.ts';
import { parseBound } from './bounds.ts';
import { type Config, readConfig } from './config.ts';
import { parseCount, parseSize } from './numbers.ts';
import { withoutOutput } from './output-file.ts';
import { createProgress } from './progress.ts';
import { createSelector } from './selectors.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** What the command line means, after configuration, environment and terminal were asked. */
export interface Plan {
  readonly terminal: Terminal;
  readonly config: Config;
  readonly clock: Clock;
  readonly form: OutputForm;
  readonly quiet: boolean;
  readonly strict: boolean;
  readonly summary: Summary;
  /** Whether --since or --until is given. */
  readonly bounded: boolean;
  /** What to read, and which events of it; no sources where the reading goes on from where it stopped. */
  readonly reading: ReadOptions;
  /** How events are read: what --engine, --jobs and --strict say. */
  readonly heads: HeadOptions;
  /** Whether --follow or --state is given. */
  readonly live: boolean;
  /** What --since says, microseconds since the epoch. */
  readonly since: number | undefined;
  /** Opens the sink of the chosen form. */
  openSink(columns: readonly Column[] | undefined): Promise<Sink>;
}

/** More threads than any machine has use for. */
const MAX_JOBS = 256;

export interface PlanOptions {
  readonly defaultForm?: OutputForm;
  /** Nobody watches: whole sets are read, and standard input, which cron leaves empty, only where it is named. */
  readonly unattended?: boolean;
  /** In the place of --since: generations of a log that ended before are not read. */
  readonly since?: (log: string) => number | undefined;
}

/** @throws {KnownError} for whatever is wrong, before a byte of a log is read. */
export async function createPlan(
  args: Arguments,
  paths: readonly string[],
  { defaultForm = 'table', unattended = false, since: sinceOf }: PlanOptions = {},
): Promise<Plan> {
  const terminal = createTerminal(flag(args.color));
  const quiet = args.quiet === true;
  const form = (text(args.output) ?? defaultForm) as OutputForm;
  const now = Date.now();
  const select = createSelector(args, now);
  const clock = createClock(text(args.timezone));
  const size = text(args['max-record-size']);
  const maxRecordSize = size === undefined ? undefined : parseSize('max-record-size', size);
  const config = await readConfig(text(args.config));
  const summary = createSummary();
  const since = text(args.since) === undefined ? undefined : parseBound('since', String(args.since), now);
  const live = args.follow === true || args.state !== undefined;
  if (!live && args.from !== undefined) throw new UsageError('--from needs --follow or --state');
  if (!live && args.silence !== undefined) throw new UsageError('--silence needs --follow');
  const found = await (live
    ? { sources: [], notes: [] }
    : chooseSources(paths, !unattended, {
        label: text(args.label),
        rotated: unattended || args.rotated === true,
        timeOfLine: lineTime,
        since: sinceOf ?? (() => since),
      }));
  summary.notes.push(...found.notes);
  const sources = await withoutOutput(found.sources, (note) => summary.notes.push(note));
  const heads = headOptions(args, sources);
  const progress = createProgress(sources, terminal, quiet);
  return {
    terminal,
    config,
    clock,
    form,
    quiet,
    strict: args.strict === true,
    summary,
    bounded: args.since !== undefined || args.until !== undefined,
    heads,
    live,
    since,
    reading: { sources, summary, maxRecordSize, select, onRead: ({ length }) => progress(length) },
    async openSink(columns) {
      const { sinks } = await import('../sinks/registry.ts');
      return sinks[form](terminal, columns, { width: terminal.width, colour: terminal.colour });
    },
  };
}

/** To start threads takes about as long as to read so much in this one. */
const WORTH_THREADS = 32 * 1024 * 1024;
/** More do not help: they wait for what is judged of what they read. */
const ENOUGH_JOBS = 4;

function jobsFor(sources: readonly Source[]): number {
  const size = sources.reduce((sum, source) => sum + (source.size ?? 0), 0);
  return size < WORTH_THREADS ? 1 : Math.min(ENOUGH_JOBS, availableParallelism());
}

/** Every line is parsed where damage in any of them must be seen. */
function headOptions(args: Arguments, sources: readonly Source[]): HeadOptions {
  const reader = (text(args.engine) ?? 'wasm') as ReaderName;
  const jobs = text(args.jobs) === undefined ? jobsFor(sources) : parseCount('jobs', String(args.jobs));
  if (jobs < 1 || jobs > MAX_JOBS) throw new UsageError(`--jobs: from 1 to ${MAX_JOBS}`);
  return { reader: args.strict === true ? 'plain' : reader, jobs };
}

/** The paths named; without any, standard input if it may be and something comes from it, else the first well-known place. */
async function chooseSources(paths: readonly string[], mayBeInput: boolean, options: FindOptions) {
  if (paths.length > 0) return findSources(paths, options);
  // Node takes a directory for an empty stream.
  if (mayBeInput && isDirectory(0)) throw new InputError('standard input is a directory; name it as a path');
  if (mayBeInput && !process.stdin.isTTY && (await hasInput())) return findSources(['-'], options);
  const path = await findWellKnown();
  if (path === undefined) {
    throw new UsageError(
      `no log: name a file, a directory or - for standard input (nothing at ${WELL_KNOWN.join(', ')})`,
    );
  }
  const found = await findSources([path], options);
  return { sources: found.sources, notes: [`reading ${path}`, ...found.notes] };
}

/** False also where standard input is closed. */
function isDirectory(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isDirectory();
  } catch {
    return false;
  }
}

/** Waits for the first byte of standard input, which stays there to be read, or for its end. */
function hasInput(): Promise<boolean> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const settle = (answer: boolean): void => {
      stdin.off('readable', onReadable).off('end', onEnd).off('error', onError);
      resolve(answer);
    };
    const onReadable = (): void => {
      const chunk = stdin.read() as Buffer | null;
      if (chunk === null) return;
      stdin.unshift(chunk);
      settle(true);
    };
    const onEnd = (): void => settle(false);
    // Reading it tells what is wrong with it.
    const onError = (): void => settle(true);
    stdin.on('readable', onReadable).on('end', onEnd).on('error', onError);
  });
}
