/** Where reading stands in a generation: what the checkpoint keeps of it. */
export interface Position {
  /** The name that it was last seen under. */
  readonly path: string;
  /** Of the file as it was last looked at; a file that still has it holds nothing new. See `GenerationFile`. */
  readonly signature: string;
  /** How the generation begins; undefined as long as its first line is not whole. */
  readonly beginning: string | undefined;
  /** Decompressed bytes up to the end of the last whole line that was given. */
  readonly offset: number;
  /** Mark of the last bytes before the offset, and how many they are: whether a file is the same up to there. */
  readonly marker: string | undefined;
  readonly markerSize: number;
  /** All decompressed bytes, where nothing is left to be read; more than that is new. */
  readonly size: number | undefined;
  /** Everything that was there was read, and a younger generation had begun: its disappearance is no loss. */
  readonly drained: boolean;
  /** Microseconds since the epoch of the last event that was given; undefined where its line does not tell. */
  readonly lastTime: number | undefined;
}

/** A size above that of any file: of a generation that is not to be read at all. */
export const WHOLE = Number.MAX_SAFE_INTEGER;
