import type { SkimMemory } from '../sieve/load.ts';
import type { BlockOptions, BlockPlace, BlockRows } from './block.ts';
import type { Ways } from './groups.ts';

/** What a thread is started with. */
export type ThreadStart = BlockOptions;

/** To a thread. It answers one request after the other, in their order. */
export type Request =
  | { readonly kind: 'read'; readonly slot: number; readonly place: BlockPlace }
  | { readonly kind: 'resume'; readonly slot: number; readonly at: number };

/** From a thread: first its memory, then an answer to each request. A copied error would lack the system's code. */
export type Answer =
  | { readonly kind: 'memory'; readonly memory: SkimMemory; readonly ways: Ways }
  | { readonly kind: 'rows'; readonly slot: number; readonly rows: BlockRows }
  | { readonly kind: 'failed'; readonly slot: number; readonly message: string; readonly code: unknown };
