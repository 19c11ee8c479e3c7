import { forTerminal } from '../sinks/escape.ts';
import type { Output } from '../sinks/types.ts';

/** The reader of our output went away (`| head`): a clean end, not a failure. */
export class ClosedPipe extends Error {
  override name = 'ClosedPipe';
}

/** A message of several lines, each harmless. Its line ends are our own. */
export function printable(message: string): string {
  return message.split('\n').map(forTerminal).join('\n');
}

export interface Terminal extends Output {
  /** Columns of the terminal that standard output is; undefined where it is none. */
  readonly width: number | undefined;
  readonly colour: boolean;
  /** Colour on standard error. */
  readonly errorColour: boolean;
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
  const wantsColour = (stream: { isTTY?: boolean }): boolean =>
    colour ?? (stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb');

  const draw = (line: string): void => {
    if (!stderr.isTTY || (line === '' && !drawn)) return;
    stderr.write(`\r\u001b[K${forTerminal(line)}`);
    drawn = line !== '';
  };
  return {
    width: stdout.isTTY ? stdout.columns : undefined,
    colour: wantsColour(stdout),
    errorColour: wantsColour(stderr),
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
          else reject('code' in error && error.code === 'EPIPE' ? new ClosedPipe() : error);
        });
      });
    },
  };
}
