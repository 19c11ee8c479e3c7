import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Machine, until } from './machine.ts';

const run = promisify(execFile);
let sessions = 0;

/** A real terminal, by tmux on a socket of its own. */
export interface Terminal {
  /** The lines on the screen, without blanks at their ends. */
  screen(): Promise<string[]>;
  /** The same with colours as escape sequences. */
  colours(): Promise<string>;
  /** The lines with those joined that the terminal broke. */
  joined(): Promise<string[]>;
  title(): Promise<string>;
  type(...keys: string[]): Promise<void>;
  /** Waits until the script is over and all that it wrote is on the screen. */
  done(): Promise<string[]>;
  close(): Promise<void>;
}

/** The mark that ends the script's output, with its exit status. */
const END = /^END-OF-SCRIPT=\d+$/;

export async function openTerminal(machine: Machine, columns: number, script: string, rows = 100): Promise<Terminal> {
  const socket = machine.path(`tmux-${++sessions}.socket`);
  const file = await machine.write(
    `terminal-${sessions}.sh`,
    `${script}\nprintf '\\nEND-OF-SCRIPT=%s\\n' $?\nread -r _ignored\n`,
  );
  const tmux = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      env: { ...machine.env },
      cwd: machine.folder,
      maxBuffer: 1 << 26,
    });
    return stdout;
  };
  const lines = (output: string): string[] => output.split('\n').map((line) => line.trimEnd());
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), `bash --norc --noprofile '${file}'`);
  const terminal: Terminal = {
    screen: async () => lines(await tmux('capture-pane', '-p')),
    colours: () => tmux('capture-pane', '-p', '-e'),
    joined: async () => lines(await tmux('capture-pane', '-p', '-J')),
    title: async () => (await tmux('display-message', '-p', '#{pane_title}')).trim(),
    async type(...keys) {
      await tmux('send-keys', ...keys);
    },
    done: () =>
      until('the end of the script', async () => {
        const screen = await terminal.screen();
        return screen.some((line) => END.test(line)) ? screen : undefined;
      }),
    async close() {
      await tmux('kill-server').catch(() => {});
    },
  };
  return terminal;
}

export function endOf(screen: readonly string[]): number {
  return screen.findIndex((line) => END.test(line));
}

export function statusOf(screen: readonly string[]): number {
  return Number(screen[endOf(screen)]?.split('=')[1]);
}
