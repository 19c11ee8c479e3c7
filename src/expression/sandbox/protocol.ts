/** What the threads of a sandbox say to each other. The main thread sends texts of events, an array at a time. */

/** What a worker is started with. */
export interface WorkerStart {
  readonly text: string;
  readonly constants: Readonly<Record<string, unknown>>;
  /** MiB of its heap. */
  readonly memory: number;
  /** Characters that a value may have as JSON. */
  readonly value: number;
  /** Two numbers that both threads see: {@link BEGUN} and {@link CURRENT}. */
  readonly progress: Int32Array<SharedArrayBuffer>;
}

/** Events that were begun since the worker was started; it may wrap. */
export const BEGUN = 0;
/** The place of the event that is evaluated, in the array that was sent last; -1 between two of them. */
export const CURRENT = 1;

/** What the evaluation of an event came to. */
export type Outcome = { readonly value: unknown } | { readonly code: string; readonly message: string };

/** `ready` once, when the worker can evaluate; then the outcomes of the events sent, in their order, some at a time. */
export type FromWorker = 'ready' | readonly Outcome[];
