/**
 * Writes a synthetic audit log, for benchmarks and tests that need more than a sample. The same options give the same
 * bytes. What it holds is an assumption, told in mix.ts; nothing in it was taken from a real cluster.
 *
 *   npx tsx bench/make-log.ts --size 400MB --seed 1 --mix busy > busy.log
 *   npx tsx bench/make-log.ts --events 100000 --mix quiet --stages all --start 2026-03-01T00:00:00Z --gzip --out quiet.log.gz
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { auditLog } from './log.ts';
import { MIX_NAMES, MIXES, type MixName } from './mix.ts';
import { seededRandom } from './random.ts';

const USAGE = `usage: make-log.ts (--size N[KB|MB|GB] | --events N) [options]
  --size N           stop at the first line end at or after this many bytes (KB = 1000)
  --events N         stop after this many events; with --size, at whichever comes first
  --seed N           default 1
  --mix NAME         ${MIX_NAMES.join(', ')}; default busy
  --stages WHICH     final (default): without RequestReceived; all: with it
  --start TIME       RFC 3339; default 2026-03-01T06:00:00Z
  --out FILE         default standard output
  --gzip             compress
`;

/** Written at once: large enough that the cost of a write is nothing, small enough to be memory of no account. */
const BLOCK = 256 * 1024;

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMG]?B?)$/i.exec(text);
  const unit = UNITS[(match?.[2] ?? '').toUpperCase()];
  if (match === null || unit === undefined) throw new RangeError(`not a size: ${text} (write 400MB)`);
  return Math.round(Number(match[1]) * unit);
}

function parseCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`--${name} must be a whole number, not ${text}`);
  return count;
}

function isMixName(name: string): name is MixName {
  return MIX_NAMES.some((known) => known === name);
}

interface Limits {
  readonly bytes: number;
  readonly events: number;
}

function* blocks(lines: Iterable<string>, limits: Limits): Generator<Buffer> {
  let block = '';
  let bytes = 0;
  let events = 0;
  if (events < limits.events && bytes < limits.bytes) {
    for (const line of lines) {
      block += `${line}\n`;
      bytes += line.length + 1;
      events += 1;
      const enough = bytes >= limits.bytes || events >= limits.events;
      if (block.length >= BLOCK || enough) {
        yield Buffer.from(block, 'latin1');
        block = '';
      }
      if (enough) return;
    }
  }
}

/** Standard output, which pipeline() must not close. */
function standardOutput(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      if (process.stdout.write(chunk)) callback();
      else once(process.stdout, 'drain').then(() => callback(), callback);
    },
  });
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string' },
      events: { type: 'string' },
      seed: { type: 'string', default: '1' },
      mix: { type: 'string', default: 'busy' },
      stages: { type: 'string', default: 'final' },
      start: { type: 'string', default: '2026-03-01T06:00:00Z' },
      out: { type: 'string' },
      gzip: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (values.size === undefined && values.events === undefined) throw new RangeError('--size or --events is needed');
  if (!isMixName(values.mix)) throw new RangeError(`--mix must be one of ${MIX_NAMES.join(', ')}`);
  if (values.stages !== 'final' && values.stages !== 'all') throw new RangeError('--stages must be final or all');
  const start = Date.parse(values.start);
  if (Number.isNaN(start)) throw new RangeError(`--start must be a time as in RFC 3339, not ${values.start}`);

  const random = seededRandom(parseCount('seed', values.seed));
  const lines = auditLog({ mix: MIXES[values.mix], start: start * 1000, everyStage: values.stages === 'all' }, random);
  const source = Readable.from(
    blocks(lines, {
      bytes: values.size === undefined ? Infinity : parseSize(values.size),
      events: values.events === undefined ? Infinity : parseCount('events', values.events),
    }),
    { objectMode: false, highWaterMark: 4 * BLOCK },
  );
  const target = values.out === undefined ? standardOutput() : createWriteStream(values.out);
  if (values.gzip) await pipeline(source, createGzip(), target);
  else await pipeline(source, target);
}

// `make-log.ts | head` is a proper use.
process.stdout.on('error', (error) => process.exit(isClosedPipe(error) ? 0 : 2));
try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!isClosedPipe(error)) {
    process.stderr.write(`make-log: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exitCode = 2;
  }
}
