import { InputError, systemReason } from '../errors.ts';
import { COMPRESSED } from '../sources/generations.ts';
import { type GenerationFile, type LogSet, listGenerations } from '../sources/log-set.ts';
import {
  type Candidate,
  holdsNoMore,
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

/** The generations of a log: those that are being read, and what is known of the others. */
export interface Generations {
  /** Oldest first. */
  readonly open: readonly Tail[];
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
  const order = createOrder(options.tail.timeOf);
  const past = createPast(typeof options.from === 'string' ? [] : options.from);
  /** Signatures of files that hold nothing new. */
  let settled = new Set<string>();
  /** Signatures of files that cannot be opened, and were told. */
  let unreadable = new Set<string>();
  /** Signatures of compressed files that cannot be read to the end, and since when. */
  let unready = new Map<string, number>();
  /** Signatures of files that were seen in this scan, and of which nothing is to be read now. */
  const passedBy = new Set<string>();
  let first = true;
  let lostTold = false;
  let more = false;
  let missing = false;

  const scan = async (): Promise<void> => {
    more = false;
    passedBy.clear();
    let isComplete = true;
    let before = '';
    let files: readonly GenerationFile[] = [];
    for (let listing = 0; listing < MAX_LISTINGS; listing++) {
      const listed = await list();
      // The directory may come back.
      isComplete &&= listed !== undefined;
      files = await order.sort(listed ?? []);
      if (first && options.from === 'start' && options.since !== undefined) await passOver(files, options.since);
      let opened = false;
      for (const file of files) if (await consider(file, files)) opened = true;
      const places = new Map(files.map(({ inode }, index) => [inode, index]));
      sort(places);
      const names = files.map(({ path, inode }) => `${path}:${inode}`).join('\n');
      if (!opened && names === before) break;
      before = names;
    }
    first = false;
    const isKnown = isComplete && !more && unreadable.size === 0 && unready.size === 0;
    if (!lostTold && isKnown) tellLost();
    tellMissing(files);
    const signatures = new Set(files.map(({ signature }) => signature));
    settled = new Set([...settled].filter((signature) => signatures.has(signature)));
    unreadable = new Set([...unreadable].filter((signature) => signatures.has(signature)));
    unready = new Map([...unready].filter(([signature]) => signatures.has(signature)));
    past.forget(files);
  };

  const list = (): Promise<GenerationFile[] | undefined> =>
    listGenerations(set)
      .then((files) => files.filter(({ inode }) => inode !== options.exclude))
      .catch((error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        options.onError(error.message);
        return undefined;
      });

  /** Oldest first; what has no name any more, and no copy that has one, stays behind the one that it came after. */
  const sort = (places: ReadonlyMap<string, number>): void => {
    let last = -1;
    const keyed = open.map((tail) => {
      last = places.get(tail.inode) ?? places.get(tail.twin ?? '') ?? last + 1e-6;
      return { tail, place: last };
    });
    open = keyed.sort((a, b) => a.place - b.place).map(({ tail }) => tail);
  };

  /** Generations that ended before what is asked for. */
  const passOver = async (files: readonly GenerationFile[], since: number): Promise<void> => {
    const ended = await order.endedBefore(files, since);
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

  /** Sees what a file of the set is; true when it was opened to be read. */
  const consider = async (file: GenerationFile, files: readonly GenerationFile[]): Promise<boolean> => {
    const known = open.find(({ inode }) => inode === file.inode);
    if (known) known.path = file.path;
    const { signature } = file;
    if (known || settled.has(signature) || passedBy.has(signature) || isUnready(signature)) return false;
    const unchanged = past.unchanged(file);
    if (unchanged) {
      remember(unchanged, file);
      return false;
    }
    if (open.length >= MAX_OPEN) {
      more = true;
      return false;
    }
    try {
      const candidate = await openCandidate(file.path);
      // Gone since it was listed, under another name as a rule.
      if (!candidate) return false;
      const tail = await decide(candidate, files).catch(async (error: unknown) => {
        await candidate.handle.close();
        throw error;
      });
      if (tail) open.push(tail);
      else {
        passedBy.add(candidate.file.signature);
        await candidate.handle.close();
      }
      return tail !== undefined;
    } catch (error) {
      if (!(error instanceof Error && ('code' in error || error instanceof InputError))) throw error;
      passedBy.add(signature);
      if (unreadable.has(signature)) return false;
      unreadable.add(signature);
      options.onError(error instanceof InputError ? error.message : `cannot read ${file.path}: ${systemReason(error)}`);
      return false;
    }
  };

  const isUnready = (signature: string): boolean => {
    const since = unready.get(signature);
    return since !== undefined && now() - since < GIVE_UP;
  };

  const wait = (signature: string): boolean => {
    const since = unready.get(signature) ?? now();
    unready.set(signature, since);
    return !options.once && now() - since < GIVE_UP;
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
    if (compressed && isInMaking(candidate, files)) return undefined;
    if (beginning === undefined) {
      if (compressed && wait(file.signature)) return undefined;
      if (file.size > 0 || file.path === set.path) return readNew(candidate);
      settled.add(file.signature);
      return undefined;
    }
    for (const tail of open) await tail.lookAhead();
    const same = open.find((tail) => tail.beginning === beginning);
    if (same) return takeOver(same, candidate, files);
    for (const position of past.beginningWith(beginning)) {
      const tail = await readOn(candidate, position);
      if (tail === 'other') continue;
      if (tail === 'short' && !compressed && file.path === set.path && file.size < position.offset) {
        // Only a rotated file may be a copy that is shorter: to the live one something was done while nobody read.
        past.remove(position);
        options.onCutBack(position);
        return begin(candidate);
      }
      if (tail === 'short') remember(position, file);
      else past.remove(position);
      return tail === 'short' ? undefined : tail;
    }
    return readNew(candidate);
  };

  /** The tail for what a generation that was read holds beyond it: `short` for nothing, `other` for another content. */
  const readOn = async (candidate: Candidate, position: Position): Promise<Tail | 'short' | 'other'> => {
    if (!holdsNoMore(candidate, position.size)) return openTail(candidate, options.tail, position);
    // A shorter one is the copy that copytruncate made before the last lines came.
    if (candidate.compressed || candidate.file.size !== position.size) return 'short';
    return (await bytesBefore(candidate.handle, position)) ? 'short' : 'other';
  };

  /** Whether it is the compressed form of a file that is still there, and whole. */
  const isInMaking = ({ file, beginning }: Candidate, files: readonly GenerationFile[]): boolean => {
    const plain = file.path.replace(COMPRESSED, '');
    if (plain === file.path || !files.some(({ path }) => path === plain)) return false;
    const isKnown = (mark: string): boolean =>
      open.some((tail) => tail.beginning === mark) || past.beginningWith(mark).length > 0;
    return beginning === undefined || isKnown(beginning);
  };

  /** A generation that nothing is known of. */
  const readNew = async (candidate: Candidate): Promise<Tail | undefined> => {
    const { file, compressed } = candidate;
    if (!(first && options.from === 'end')) return begin(candidate);
    const position = compressed ? undefined : await positionAtEnd(candidate);
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
   * place. The one that is open goes first, to its end; then what the other holds beyond it is read.
   */
  const takeOver = async (
    tail: Tail,
    candidate: Candidate,
    files: readonly GenerationFile[],
  ): Promise<Tail | undefined> => {
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
    const isSame =
      file.path !== set.path &&
      holdsNoMore(candidate, tail.position) &&
      (candidate.compressed || (await isPrefixOf(candidate, tail.handle)));
    const successor = isSame ? 'short' : await openTail(candidate, options.tail, position);
    if (successor === 'short') {
      if (hasName) return undefined;
      tail.copy = file;
      settled.add(file.signature);
      return undefined;
    }
    if (successor === 'other') {
      options.onNote(`${file.path} begins like ${tail.path} and goes on otherwise; it is read from its start`);
      return begin(candidate);
    }
    await leave(tail, undefined);
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
