const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Milliseconds that the output may hold up the end after a signal. */
const PATIENCE = 5_000;

/**
 * The first signal asks the run to end; a second one does what signals do.
 * @param leave what must be done should the run not end by itself, for whoever reads its output has stopped; gives the exit
 * status.
 */
export function catchSignals(ending: AbortController, leave: () => Promise<number>): { release(): void } {
  let timer: NodeJS.Timeout | undefined;
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, onSignal);
    clearTimeout(timer);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    for (const name of SIGNALS) process.off(name, onSignal);
    // The terminal has written ^C where the next line begins.
    if (signal === 'SIGINT' && process.stderr.isTTY) process.stderr.write('\n');
    ending.abort();
    // What the reader did not take is not in the checkpoint, and comes again.
    timer = setTimeout(() => void leave().then((status) => process.exit(status)), PATIENCE);
    timer.unref();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { release };
}
