import type { Line } from '../framing/lines.ts';
import type { BlockRows } from '../sieve/block.ts';

/** The next lines of a log, as a skim has read them or as framing has. Good until the next piece is asked for. */
export type Piece = RowPiece | LinePiece;

export interface RowPiece {
  readonly kind: 'rows';
  readonly rows: BlockRows;
  /** Where the lines lie, and their rows. */
  readonly memory: Buffer;
}

export interface LinePiece {
  readonly kind: 'lines';
  readonly lines: readonly Line[];
}
