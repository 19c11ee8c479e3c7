import { InputError, systemReason } from '../errors.ts';
import { endedNote } from '../sources/ended.ts';
import { type GenerationFile, type LogSet, listGenerations } from '../sources/log-set.ts';
import { blocks } from '../sources/open-file.ts';
import {
  type Candidate,
  holdsNoMore,
  isHeldBy,
  isInMaking,
  isPrefixOf,
  openCandidate,
  openTail,
  positionAtEnd,
  type TailBasics,
} from './candidate.ts';
import { createOrder } from './order.ts';
import { createPast, type Past } from './past.ts';
import { type Position, WHOLE } from './position.ts';
import { bytesBefore, type Tail } from './tail.ts';
import { createTurns } from './turns.ts';

/** The generations of a log: those that are being read, and what is known of the others. */
export interface Generations {
  /** Oldest first. */
  readonly open: readonly Tail[];
  /** Those of them whose turn it is: one that is older than the others may still have to be opened. */
  readonly inTurn: readonly Tail[];
  readonly past: Past;
  /** Looks what files there are, and opens those that hold something new. */
  scan(): Promise<void>;
  /** Whether a file waits for its turn, so that another scan is due at once. */
  readonly more: boolean;
  replace(tail: Tail, by: Tail): void;
  /** Closes a tail; what is to be known of it stays in `past`. */
  leave(tail: Tail, position: Position | undefined): Promise<void>;
  /** Marks a compressed file that breaks off, or that has no whole line; false when it has not changed for too long. */
  wait(signature: string): boolean;
  /** Nothing new is in a file that looks like this. */
  settle(signature: string): void;
}

export interface GenerationsOptions {
  /** How tails are opened. */
  readonly tail: TailBasics;
  /** Where to begin: at the start of the oldest generation, at the end of what is there, or where a checkpoint says. */
  readonly from: 'start' | 'end' | readonly Position[];
  /** From the start, generations that ended before it are passed over; microseconds since the epoch. */
  readonly since?: number | undefined;
  /** Whether what is there is all that will be read: nothing is waited for. */
  readonly once: boolean;
  /** Milliseconds for which a generation whose successor has begun must be quiet to be over. */
  readonly linger: number;
  readonly onNote: (text: string) => void;
  readonly onError: (message: string) => void;
  /** The checkpoint was in the middle of this generation, which is not there any more. */
  readonly onLost: (position: Position) => void;
  /** The live file is shorter than what was read of it; it is read from its start. */
  readonly onCutBack: (position: Position) => void;
  /** Inode of a file that is never read: what is written here goes there. */
  readonly exclude?: string | undefined;
}

/** Files that are held open. */
const MAX_OPEN = 64;
/** Milliseconds after which a compressed file that does not change will not be finished by anybody. */
const GIVE_UP = 60_000;
/** Listings until two are equal: names move while one looks. */
const MAX_LISTINGS = 8;

export function createGenerations(set: LogSet, options: GenerationsOptions): Generations {
  const { now } = options.tail;
  let open: Tail[] = [];
  const turns = createTurns();
  const order = createOrder(options.tail.timeOf);
  const past = createPast(typeof options.from === 'string' ? [] : options.from);
  /** Signatures of files that hold nothing new. */
  let settled = new Set<string>();
  /** Signatures of files that cannot be opened, and were told, and since when. */
  let unreadable = new Map<string, number>();
  /** Signatures of compressed files that cannot be read to the end, and since when. */
  let unready = new Map<string, number>();
  /** Signatures of files of which nothing is to be read, as long as the set is what the last listing shows. */
  const passedBy = new Set<string>();
  let first = true;
  let lostTold = false;
  let endedTold = false;
  let more = false;
  let missing = false;

  const scan = async (): Promise<void> => {
    more = false;
    let isComplete = true;
    let before = '';
    let files: readonly GenerationFile[] = [];
    for (let listing = 0; listing < MAX_LISTINGS; listing++) {
      const listed = await list();
      // The directory may come back.
      isComplete &&= listed !== undefined;
      files = await order.sort(listed ?? []);
      if (first && options.from === 'start' && options.since !== undefined) await passOver(files, options.since);
      const names = files.map(({ path, inode }) => `${path}:${inode}`).join('\n');
      // What was not to be read beside another file may have to be when that is gone.
      if (names !== before) passedBy.clear();
      const opened = await considerAll(files);
      if (!opened && names === before) {
        // What is still not there will not come, but for the files that there was no room for.
        if (!more) turns.settle();
        break;
      }
      before = names;
    }
    if (turns.endScan()) more = true;
    first = false;
    // What was read before may be in a file that cannot be read yet; of one that never can, an error was told.
    const isAwaited =
      [...unready.values()].some(mayChange) || [...unreadable.values()].some(options.once ? () => true : mayChange);
    const isKnown = isComplete && !more && !isAwaited;
    if (!lostTold && isKnown) tellLost();
    tellMissing(files);
    const signatures = new Set(files.map(({ signature }) => signature));
    settled = new Set([...settled].filter((signature) => signatures.has(signature)));
    unreadable = new Map([...unreadable].filter(([signature]) => signatures.has(signature)));
    unready = new Map([...unready].filter(([signature]) => signatures.has(signature)));
    past.forget(files);
  };

  /** Opens what is to be read of a listing; true when that was anything. */
  const considerAll = async (files: readonly GenerationFile[]): Promise<boolean> => {
    let missed = Number.POSITIVE_INFINITY;
    let opened = false;
    for (const [index, file] of files.entries()) {
      const tail = await consider(file, files);
      if (tail === 'missed' || (tail && tail.inode !== file.inode)) missed = Math.min(missed, index);
      opened ||= tail !== undefined && tail !== 'missed';
    }
    open = turns.order(open, files, missed);
    return opened;
  };

  const list = (): Promise<GenerationFile[] | undefined> =>
    listGenerations(set)
      .then((files) => files.filter(({ inode }) => inode !== options.exclude))
      .catch((error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        options.onError(error.message);
        return undefined;
      });

  /** Generations that ended before what is asked for. */
  const passOver = async (files: readonly GenerationFile[], since: number): Promise<void> => {
    const ended = await order.endedBefore(files, since);
    if (ended > 0 && !endedTold) options.onNote(endedNote(set.path, ended));
    endedTold ||= ended > 0;
    for (const file of files.slice(0, ended)) {
      if (settled.has(file.signature)) continue;
      const candidate = await openCandidate(file.path).catch(() => undefined);
      if (candidate?.beginning !== undefined && candidate.file.signature === file.signature) pass(candidate, WHOLE);
      await candidate?.handle.close();
    }
  };

  /** What is not to be read. */
  const pass = ({ file: { path, signature }, beginning }: Candidate, size: number, position?: Position): void => {
    const nothing = { offset: 0, marker: undefined, markerSize: 0, lastTime: undefined };
    past.add({ ...nothing, ...position, path, signature, beginning, size, drained: true });
    settled.add(signature);
  };

  /**
   * Sees what a file of the set is, and opens it if it is to be read; another file may have its name by then. `missed` when
   * there is no room for it, or nothing of that name.
   */
  const consider = async (
    file: GenerationFile,
    files: readonly GenerationFile[],
  ): Promise<Tail | 'missed' | undefined> => {
    const known = open.find(({ inode }) => inode === file.inode);
    if (known) known.path = file.path;
    const { signature } = file;
    if (known || settled.has(signature) || passedBy.has(signature) || isUnready(signature)) return undefined;
    const unchanged = past.unchanged(file);
    if (unchanged) {
      remember(unchanged, file);
      return undefined;
    }
    if (open.length >= MAX_OPEN) {
      more = true;
      return 'missed';
    }
    try {
      const candidate = await openCandidate(file.path);
      // Gone since it was listed, under another name as a rule.
      if (!candidate) return 'missed';
      const tail = await decide(candidate, files).catch(async (error: unknown) => {
        await candidate.handle.close();
        throw error;
      });
      if (tail) open.push(tail);
      else {
        passedBy.add(candidate.file.signature);
        await candidate.handle.close();
      }
      return tail;
    } catch (error) {
      if (!(error instanceof Error && ('code' in error || error instanceof InputError))) throw error;
      passedBy.add(signature);
      if (unreadable.has(signature)) return undefined;
      unreadable.set(signature, now());
      options.onError(error instanceof InputError ? error.message : `cannot read ${file.path}: ${systemReason(error)}`);
      return undefined;
    }
  };

  /** Whether a file that cannot be read may yet be finished by somebody. */
  const mayChange = (since: number): boolean => !options.once && now() - since < GIVE_UP;

  const isUnready = (signature: string): boolean => {
    const since = unready.get(signature);
    return since !== undefined && mayChange(since);
  };

  const wait = (signature: string): boolean => {
    const since = unready.get(signature) ?? now();
    unready.set(signature, since);
    return mayChange(since);
  };

  /** A file holds nothing beyond what a position says. */
  const remember = (position: Position, { path, signature }: GenerationFile): void => {
    past.remove(position);
    past.add({ ...position, path, signature, size: position.size ?? position.offset });
    settled.add(signature);
  };

  /** The tail to read a candidate by; undefined when there is nothing to be read of it, at least not now. */
  const decide = async (candidate: Candidate, files: readonly GenerationFile[]): Promise<Tail | undefined> => {
    const { file, beginning, compressed } = candidate;
    if (open.some(({ inode }) => inode === file.inode)) return undefined;
    if (compressed && (await isInMaking(candidate, files, open))) return undefined;
    if (beginning === undefined) {
      if (compressed && wait(file.signature)) return undefined;
      if (file.size > 0 || file.path === set.path) return readNew(candidate);
      settled.add(file.signature);
      return undefined;
    }
    for (const tail of open) await tail.lookAhead();
    let alike: Tail | undefined;
    for (const tail of open.filter((other) => other.beginning === beginning)) {
      const successor = await takeOver(tail, candidate, files);
      if (successor !== 'other') return successor;
      alike = tail;
    }
    let copied: Position | undefined;
    for (const position of past.beginningWith(beginning)) {
      const tail = await readOn(candidate, position, files);
      if (typeof tail !== 'string') {
        past.remove(position);
        return tail;
      }
      if (tail === 'short') copied ??= position;
      if (tail !== 'same') continue;
      remember(position, file);
      return undefined;
    }
    if (copied && !compressed && file.path === set.path && file.size < copied.offset) {
      // Only a rotated file may be a copy that is shorter: to the live one something was done while nobody read.
      past.remove(copied);
      options.onCutBack(copied);
      return begin(candidate);
    }
    if (copied) {
      remember(copied, file);
      return undefined;
    }
    if (alike)
      options.onNote(`${file.path} begins like ${alike.path} and goes on otherwise; it is read as another log`);
    return readNew(candidate);
  };

  /**
   * The tail for what a generation that was read holds beyond it: `same` for nothing, `short` for less than was read, `other`
   * for another content.
   */
  const readOn = async (
    candidate: Candidate,
    position: Position,
    files: readonly GenerationFile[],
  ): Promise<Tail | 'same' | 'short' | 'other'> => {
    const { file, compressed, handle } = candidate;
    if (!compressed && file.size === position.size) return (await bytesBefore(handle, position)) ? 'same' : 'other';
    const tail = holdsNoMore(candidate, position.size) ? 'short' : await openTail(candidate, options.tail, position);
    if (tail !== 'short') return tail;
    // A shorter one is the copy that copytruncate made before the last lines came; unless the first line, which many files
    // of another writer may have in common, is all that is the same.
    const read = files.find(({ signature }) => signature === position.signature);
    return !read || (await isHeldBy(candidate, read)) ? 'short' : 'other';
  };

  /** A generation that nothing is known of. */
  const readNew = async (candidate: Candidate): Promise<Tail | undefined> => {
    const { file, compressed } = candidate;
    if (!(first && options.from === 'end')) return begin(candidate);
    const position = compressed ? undefined : await positionAtEnd(candidate, options.tail.timeOf);
    const isRecent = now() - file.modified < options.linger && open.length < MAX_OPEN / 2;
    if (position && (file.path === set.path || isRecent)) {
      return begin(candidate, position);
    }
    pass(candidate, position ? file.size : WHOLE, position);
    return undefined;
  };

  const begin = async (candidate: Candidate, position?: Position): Promise<Tail | undefined> => {
    const tail = await openTail(candidate, options.tail, position);
    return typeof tail === 'string' ? undefined : tail;
  };

  /**
   * A file that begins like one that is being read: its compressed form, a copy in the making, or what was put in its
   * place. The one that is open goes first, to its end; then what the other holds beyond it is read. `other` when it is
   * another content.
   */
  const takeOver = async (
    tail: Tail,
    candidate: Candidate,
    files: readonly GenerationFile[],
  ): Promise<Tail | 'other' | undefined> => {
    const { file } = candidate;
    tail.twin = file.inode;
    const hasName = files.some(({ inode }) => inode === tail.inode);
    // copytruncate copies the live file, and truncates it afterwards.
    if (hasName && (tail.path === set.path || candidate.compressed)) return undefined;
    if (tail.compressed || (await tail.handle.stat()).size > tail.position) {
      more = true;
      return undefined;
    }
    const position = { ...tail.state(), signature: '', size: undefined, drained: false };
    const holdsSame = (): Promise<boolean> => isPrefixOf(candidate, blocks(tail.handle));
    const isCopy = file.path !== set.path && holdsNoMore(candidate, tail.position) && (await holdsSame());
    const resumed = isCopy ? 'short' : await openTail(candidate, options.tail, position);
    const successor = resumed === 'short' && !isCopy && !(await holdsSame()) ? 'other' : resumed;
    if (successor === 'short') {
      if (hasName) return undefined;
      tail.copy = file;
      settled.add(file.signature);
      return undefined;
    }
    if (successor === 'other') tail.twin = undefined;
    else await leave(tail, undefined);
    return successor;
  };

  const leave = async (tail: Tail, position: Position | undefined): Promise<void> => {
    open = open.filter((other) => other !== tail);
    if (position) past.add(position);
    await tail.close().catch(() => {});
  };

  const tellLost = (): void => {
    lostTold = true;
    for (const position of past.unfinished()) {
      past.remove(position);
      past.add({ ...position, size: position.offset });
      if (!position.drained) options.onLost(position);
    }
  };

  const tellMissing = (files: readonly GenerationFile[]): void => {
    const isMissing = !files.some(({ path }) => path === set.path);
    if (isMissing && !missing && open.length === 0 && !options.once) {
      options.onNote(`waiting for ${set.path}, which is not there`);
    }
    missing = isMissing;
  };

  return {
    get open() {
      return open;
    },
    get inTurn() {
      return open.filter(turns.hasTurn);
    },
    past,
    scan,
    get more() {
      return more;
    },
    replace(tail, by) {
      open = open.map((other) => (other === tail ? by : other));
    },
    leave,
    wait,
    settle: (signature) => settled.add(signature),
  };
}
