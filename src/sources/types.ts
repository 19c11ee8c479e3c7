/** One stream of bytes to read: a file or standard input. */
export interface Source {
  /** As the user named it or as it was found; `-` for standard input. Hostile when a glob or a directory gave it. */
  readonly path: string;
  readonly label?: string | undefined;
  /** Bytes on disk, for the progress bar; undefined where nobody knows. */
  readonly size: number | undefined;
}

/**
 * Reads a source to its end.
 *
 * The consumer owns every chunk. The end of the iteration is the end of the stream. An {@link InputError} thrown midway
 * names the file; the chunks before it are good.
 */
export type Chunks = AsyncIterable<Buffer>;
