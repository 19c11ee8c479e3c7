/** What a program has printed, over all its runs: which numbers, which of them twice and whether it may, in which order. */

export interface TallyCounts {
  /** Numbers that came, each once. */
  readonly seen: number;
  /** Lines with a number that had come before. */
  readonly doubled: number;
  /** Of those, the ones that no kill excuses: the run that printed the number before did not end by one. */
  readonly inexcusable: number;
  /** Numbers that came behind a higher one, without those that came again. */
  readonly disordered: number;
  /** Lines that broke off with a run that was killed. */
  readonly halves: number;
  readonly empty: number;
  /** Any other line: no event of ours, or not as it was written. */
  readonly foreign: number;
}

export interface Tally {
  /** The output is that of a new run from here on. */
  startRun(): void;
  /** The run is over, and all it printed was fed. */
  endRun(killed: boolean): void;
  feed(bytes: Buffer): void;
  has(number: number): boolean;
  /** The highest number that came. */
  highest(): number;
  counts(): TallyCounts;
  /** The first few lines of each kind that is a fault, shortened. */
  examples(): readonly string[];
}

const NEWLINE = 0x0a;
const MAX_EXAMPLES = 5;

/** @param numberOf The number that a whole line carries; undefined for one that is broken or not as it should be. */
export function createTally(numberOf: (line: string) => number | undefined): Tally {
  /** The run that printed a number last. */
  const lastRun = new Map<number, number>();
  const killed = new Set<number>();
  const examples: string[] = [];
  let run = -1;
  let rest: Buffer[] = [];
  /** The run that printed the first of the rest; one that goes on with another's half line spoils its own first. */
  let restRun = -1;
  let glued = false;
  let highest = 0;
  let [doubled, inexcusable, disordered, halves, empty, foreign] = [0, 0, 0, 0, 0, 0];

  function example(kind: string, text: string): void {
    if (examples.length < MAX_EXAMPLES)
      examples.push(`run ${run}: ${kind}: ${text.length} characters, ${text.slice(0, 200)}`);
  }

  function take(line: string, printedBy: number): void {
    if (line === '') {
      empty += 1;
      return;
    }
    const number = numberOf(line);
    if (number === undefined) {
      if (killed.has(printedBy) && !glued) halves += 1;
      else {
        foreign += 1;
        example('foreign', line);
      }
      return;
    }
    const before = lastRun.get(number);
    lastRun.set(number, printedBy);
    if (before !== undefined) {
      doubled += 1;
      if (before === printedBy || !killed.has(before)) {
        inexcusable += 1;
        example(`doubled without a kill (run ${before} printed it before)`, line);
      }
      return;
    }
    if (number < highest) disordered += 1;
    highest = Math.max(highest, number);
  }

  return {
    startRun() {
      run += 1;
    },
    endRun(byKill) {
      if (byKill) killed.add(run);
      // Nothing but a kill may leave a half line, and whoever follows would spoil the next.
      else if (rest.length > 0) {
        foreign += 1;
        example('half line at a clean end', Buffer.concat(rest).toString());
      }
    },
    feed(bytes) {
      if (bytes.length === 0) return;
      if (rest.length > 0 && restRun !== run && bytes[0] !== NEWLINE) glued = true;
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        const line = Buffer.concat([...rest, bytes.subarray(start, end)]).toString();
        take(line, rest.length > 0 ? restRun : run);
        rest = [];
        glued = false;
        start = end + 1;
      }
      if (start === bytes.length) return;
      if (rest.length === 0) restRun = run;
      rest.push(Buffer.from(bytes.subarray(start)));
    },
    has: (number) => lastRun.has(number),
    highest: () => highest,
    counts: () => ({ seen: lastRun.size, doubled, inexcusable, disordered, halves, empty, foreign }),
    examples: () => examples,
  };
}
