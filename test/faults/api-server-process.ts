import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ServerOptions {
  readonly folder: string;
  readonly seed: number;
  /** Microseconds since 1970, of the events. */
  readonly start: number;
  /** Who rotates: the server itself, or another, and then whether the server's descriptor appends or leaves holes. */
  readonly rotation: 'lumberjack' | 'append' | 'holes';
  readonly bytesPerSecond: number;
  /** Of lumberjack's generations. */
  readonly size: number;
  readonly maxBackups: number;
  /** The file that tells that the log was opened anew after a SIGHUP. */
  readonly answer: string;
}

export type Order =
  | { readonly kind: 'release'; readonly number: number }
  | { readonly kind: 'pause'; readonly on: boolean }
  | { readonly kind: 'reopen' | 'stop' };

export interface ServerState {
  readonly kind: 'state' | 'reopened' | 'stopped';
  readonly written: number;
  readonly rotations: number;
}

export interface ApiServer {
  readonly pid: number;
  /** The number of the last event written, as far as it was told. */
  written(): number;
  rotations(): number;
  /** Generations of numbers up to this one may be deleted. */
  release(number: number): void;
  pause(on: boolean): void;
  /** Opens the log anew by its name. */
  reopen(): Promise<void>;
  /** Resolves when the last event is written and the last generation compressed. */
  stop(): Promise<void>;
  kill(): void;
}

/** Resolves when the log is there. */
export async function startApiServer(options: ServerOptions): Promise<ApiServer> {
  const program = fileURLToPath(new URL('api-server.ts', import.meta.url));
  const child = fork(program, [JSON.stringify(options)], { execArgv: ['--import', 'tsx'] });
  let latest: ServerState = { kind: 'state', written: 0, rotations: 0 };
  let ended: Error | undefined;
  /** Those who wait for a kind of message. */
  const waiting = new Map<ServerState['kind'], (error?: Error) => void>();
  child.on('message', (state: ServerState) => {
    latest = state;
    waiting.get(state.kind)?.();
    waiting.delete(state.kind);
  });
  child.on('exit', (code) => {
    ended = new Error(`the writer ended with ${code}`);
    for (const resolve of waiting.values()) resolve(ended);
  });
  const next = (kind: ServerState['kind']): Promise<void> =>
    new Promise((resolve, reject) => {
      if (ended) reject(ended);
      waiting.set(kind, (error) => (error ? reject(error) : resolve()));
    });
  const send = (order: Order): void => {
    // One that has just ended needs no orders.
    if (child.connected) child.send(order, () => {});
  };

  await next('state');
  return {
    pid: child.pid ?? 0,
    written: () => latest.written,
    rotations: () => latest.rotations,
    release: (number) => send({ kind: 'release', number }),
    pause: (on) => send({ kind: 'pause', on }),
    async reopen() {
      const reopened = next('reopened');
      send({ kind: 'reopen' });
      await reopened;
    },
    async stop() {
      const stopped = next('stopped');
      send({ kind: 'stop' });
      await stopped;
    },
    kill: () => child.kill('SIGKILL'),
  };
}
