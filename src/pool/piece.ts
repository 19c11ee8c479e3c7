import type { Line } from '../framing/lines.ts';
import type { Contains } from '../sieve/load.ts';
import type { BlockRows } from './block.ts';
import type { Ways } from './groups.ts';

/** The next lines of a log, as a skim has read them or as framing has. Good until the next piece is asked for. */
export type Piece = RowPiece | LinePiece;

export interface RowPiece {
  readonly kind: 'rows';
  readonly rows: BlockRows;
  /** Where the lines lie, and their rows. */
  readonly memory: Buffer;
  readonly contains: Contains;
  /** How the rows of pairs are to be counted. */
  readonly ways: Ways;
}

export interface LinePiece {
  readonly kind: 'lines';
  readonly lines: readonly Line[];
}
