import { forTerminal } from '../sinks/escape.ts';
import type { Widths } from '../sinks/plain-width.ts';
import type { Output } from '../sinks/types.ts';

/** Standard output takes no more: its reader went away (`| head`), or the disk is full. `cli.ts` tells the two apart. */
export class OutputFailure extends Error {
  override name = 'OutputFailure';
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** A message of several lines, each harmless. Its line ends are our own. */
export function printable(message: string): string {
  return message.split('\n').map(forTerminal).join('\n');
}

export interface Terminal extends Output {
  /** Columns of the terminal that standard output is; undefined where it is none. */
  readonly width: number | undefined;
  readonly colour: boolean;
  /** A line on standard error. What it holds may come from a log: it is escaped here. */
  tell(line: string): void;
  /** A known error, of one or several lines. */
  tellError(message: string): void;
  /** Something that is redrawn in place on standard error, `''` to take it away; nothing where that is no terminal. */
  draw(line: string): void;
  readonly draws: boolean;
}

/** @param colour what `--color` or `--no-color` say; undefined to decide by terminal and environment. */
export function createTerminal(colour: boolean | undefined): Terminal {
  const { stdout, stderr } = process;
  let drawn = false;
  let widths: Widths | undefined;
  const wantsColour = (stream: { isTTY?: boolean }): boolean =>
    colour ?? (stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb');

  const draw = (line: string): void => {
    if (!stderr.isTTY || (line === '' && !drawn)) return;
    if (!widths) {
      // It takes long to load, and the next drawing is soon enough.
      void import('../sinks/width.ts').then((loaded) => {
        widths = loaded;
      });
      return;
    }
    // A line that wraps could not be taken away again.
    stderr.write(`\r\u001b[K${widths.fitWidth(forTerminal(line), Math.max(1, (stderr.columns || 80) - 1))}`);
    if (line !== '' && !drawn) for (const signal of SIGNALS) process.once(signal, interrupted);
    drawn = line !== '';
    if (!drawn) for (const signal of SIGNALS) process.off(signal, interrupted);
  };
  /** Takes the line away, and then lets the signal do what it does. */
  const interrupted = (signal: NodeJS.Signals): void => {
    draw('');
    process.kill(process.pid, signal);
  };
  return {
    width: stdout.isTTY ? stdout.columns : undefined,
    colour: wantsColour(stdout),
    draws: stderr.isTTY === true,
    draw,
    tell(line) {
      draw('');
      stderr.write(`${forTerminal(line)}\n`);
    },
    tellError(message) {
      draw('');
      stderr.write(`error: ${printable(message)}\n`);
    },
    write(text) {
      draw('');
      return new Promise((resolve, reject) => {
        stdout.write(text, (error) => {
          if (!error) resolve();
          else reject(new OutputFailure(error.message, { cause: error }));
        });
      });
    },
  };
}
