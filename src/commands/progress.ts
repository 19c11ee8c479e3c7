import { bytesText, durationText } from '../sinks/quantities.ts';
import type { Source } from '../sources/types.ts';
import type { Terminal } from './terminal.ts';

/** Short scans show nothing; the bar comes when somebody begins to wait. */
const DELAY = 1_000;
const INTERVAL = 200;

/** Counts bytes as they are read and draws how far the scan is: share, rate, time left. */
export function createProgress(
  sources: readonly Source[],
  terminal: Terminal,
  quiet: boolean,
): (bytes: number) => void {
  if (quiet || !terminal.draws) return () => {};
  const total = sources.reduce((sum, { size }) => (size === undefined ? Number.NaN : sum + size), 0);
  const start = Date.now();
  let next = start + DELAY;
  let read = 0;
  return (bytes) => {
    read += bytes;
    const now = Date.now();
    if (now < next) return;
    next = now + INTERVAL;
    const rate = (read * 1000) / (now - start);
    const pace = `${bytesText(rate)}/s`;
    if (!(total > 0)) terminal.draw(`${bytesText(read)} read, ${pace}`);
    else {
      const share = Math.min(1, read / total);
      const bar = '█'.repeat(Math.round(share * 20)).padEnd(20, '░');
      const left = Math.max(0, (1000 * (total - read)) / rate);
      terminal.draw(`${bar} ${Math.floor(share * 100)} % of ${bytesText(total)}, ${pace}, ${durationText(left)} left`);
    }
  };
}
