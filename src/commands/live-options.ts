import { parseDuration } from '../detect/duration.ts';
import { UsageError } from '../errors.ts';
import { type Arguments, text, texts } from './arguments.ts';
import type { Plan } from './plan.ts';

/** What --follow, --state, --from and --silence mean. */
export interface LiveChoices {
  readonly follow: boolean;
  readonly statePath: string | undefined;
  readonly paths: readonly string[];
  /** Whether a checkpoint is asked for, by name (it must be there) or where there is one. */
  readonly checkpoint: 'must' | 'may' | 'not';
  /** Where logs begin that no checkpoint knows. */
  readonly start: 'start' | 'end';
  /** Milliseconds. */
  readonly silence: number;
}

/** @throws {UsageError} for options that do not go together, and values that cannot be read. */
export function readLiveOptions(args: Arguments, { form, since }: Plan): LiveChoices {
  const follow = args.follow === true;
  const statePath = text(args.state);
  const paths = texts(args.paths);
  const from = text(args.from);
  const refuse = (condition: boolean, message: string): void => {
    if (condition) throw new UsageError(message);
  };
  const standardInput = paths.includes('-');
  refuse(statePath === '', '--state needs the name of a file');
  refuse(standardInput && statePath !== undefined, '--state does not go with -: standard input cannot be read again');
  refuse(standardInput && from !== undefined, '--from does not go with -: standard input has no place to begin at');
  refuse(standardInput && paths.length > 1, '- is followed alone; name the other logs in a run of their own');
  refuse(follow && args.until !== undefined, '--until does not go with --follow, which has no end');
  refuse(!follow && args.silence !== undefined, '--silence needs --follow');
  refuse(follow && form === 'json', '-o json is one document with an end, which --follow never comes to; use -o jsonl');
  refuse(
    statePath !== undefined && args.limit !== undefined,
    '--limit and --state do not go together: rows beyond the limit would count as written',
  );
  refuse(from === 'checkpoint' && statePath === undefined, '--from checkpoint needs --state FILE');
  const isWatch = from === undefined && statePath === undefined && since === undefined;
  return {
    follow,
    statePath,
    paths,
    checkpoint: from === undefined ? 'may' : from === 'checkpoint' ? 'must' : 'not',
    start: from === 'end' || isWatch ? 'end' : 'start',
    silence: silenceOf(text(args.silence) ?? '10m'),
  };
}

function silenceOf(given: string): number {
  if (given === '0') return Number.POSITIVE_INFINITY;
  const duration = parseDuration(given);
  if (!duration)
    throw new UsageError(`--silence ${given}: not a time with its unit, such as 90s, 10m or 1h (0 for never)`);
  return duration / 1000;
}
