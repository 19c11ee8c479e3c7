/** A log over which engines differ, made small: without the lines that it takes not. */

/** Attempts; a log that needs more is shown as it is by then. */
const PATIENCE = 1_500;

export async function minimise(log: Buffer, fails: (log: Buffer) => Promise<boolean>): Promise<Buffer> {
  let lines = linesOf(log);
  let left = PATIENCE;
  for (let size = lines.length >> 1; size >= 1 && left > 0; size >>= 1) {
    for (let start = 0; start < lines.length && left > 0; ) {
      const candidate = lines.toSpliced(start, size);
      left -= 1;
      if (await fails(Buffer.concat(candidate))) lines = candidate;
      else start += size;
    }
  }
  return Buffer.concat(lines);
}

/** With their ends; a run of NULs is a line of its own, which can go alone. */
function linesOf(log: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < log.length; ) {
    let end = start;
    if (log[start] === 0) while (log[end] === 0) end++;
    else {
      while (end < log.length && log[end] !== 0 && log[end] !== 0x0a) end++;
      if (log[end] === 0x0a) end++;
    }
    lines.push(log.subarray(start, end));
    start = end;
  }
  return lines;
}

const SHOWN = 6_000;

/** As a text of JavaScript, one character for each byte; a run of NULs by its length. */
export function shown(log: Buffer): string {
  const holes = (run: string): string => (run.length < 60 ? run : `<${run.length / 6} NULs>`);
  const text = JSON.stringify(log.toString('latin1')).replaceAll(/(?:\\u0000)+/g, holes);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${log.length} bytes)`;
}
