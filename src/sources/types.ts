/** One stream of bytes to read: a file or standard input. */
export interface Source {
  /** As the user named it or as it was found; `-` for standard input. Hostile when a glob or a directory gave it. */
  readonly path: string;
  readonly label?: string | undefined;
  /** The log that it is a part of, the same however that is named: the real path of its live name, or `-`. */
  readonly log?: string | undefined;
  /** Bytes on disk, for the progress bar; undefined where nobody knows. */
  readonly size: number | undefined;
  /** What the file was when it was found; undefined where nobody will rotate it: pipes, standard input, other names. */
  readonly found?: FoundFile | undefined;
  /** Where it stands in a rotated set that is read whole. */
  readonly generation?: GenerationPlace | undefined;
}

/** What tells a file when it has another name: names move while a log is rotated. */
export interface FoundFile {
  /** The live name of the set that the file belongs to. */
  readonly set: string;
  /** Device and inode number. */
  readonly inode: string;
  /** Bytes on disk. */
  readonly size: number;
  /** How it begins, decompressed; undefined where no line was whole yet. */
  readonly beginning: string | undefined;
}

export interface GenerationPlace {
  /** The set's live name. */
  readonly set: string;
  /** Names that should stand between the generation before and this one, where numbers tell: `audit.log.2`. */
  readonly missing?: string | undefined;
}

/**
 * Shown what is read, as it comes from disk or pipe, before decompression. The bytes are lent for the call.
 * @param bytes none, when the end was reached.
 * @param position of the first of them in the file that is read. Where it goes back, the file was truncated while it was
 * read, and its copy is read from the start.
 */
export type OnRead = (bytes: Buffer, position: number) => void;

/**
 * Reads a source to its end.
 *
 * The consumer owns every chunk. The end of the iteration is the end of the stream. An {@link InputError} thrown midway
 * names the file; the chunks before it are good.
 */
export type Chunks = AsyncIterable<Buffer>;
