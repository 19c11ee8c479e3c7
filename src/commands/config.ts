import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ExceptionRule } from '../detect/exceptions.ts';
import type { Severity } from '../detect/finding.ts';
import { DEFAULT_LISTS } from '../detect/lists.ts';
import { UsageError } from '../errors.ts';
import type { Lists } from '../expression/compile.ts';
import type { BusinessHours } from '../report/business-hours.ts';

export interface Config {
  /** The file it was read from; undefined where there is none. */
  readonly path: string | undefined;
  /** The default lists, with those of the file in the place of the same name; `...` in one stands for the default. */
  readonly lists: Lists;
  readonly exceptions: readonly ExceptionRule[];
  readonly severities: Readonly<Record<string, Severity>>;
  readonly disabled: readonly string[];
  /** When people are expected to work; undefined where the file does not say. */
  readonly businessHours: BusinessHours | undefined;
}

/**
 * Reads the configuration: the file named, or the first that is there of `$AUDITSCAN_CONFIG`, `./auditscan.yaml`,
 * `~/.config/auditscan/auditscan.yaml` and `/etc/auditscan/auditscan.yaml`.
 * @throws {UsageError} when the named file is missing; {DetectorError} when the file is wrong.
 */
export async function readConfig(named: string | undefined): Promise<Config> {
  const path = await findConfig(named);
  if (path === undefined)
    return { path, lists: DEFAULT_LISTS, exceptions: [], severities: {}, disabled: [], businessHours: undefined };
  return (await import('./config-file.ts')).readConfigFile(path);
}

async function findConfig(named: string | undefined): Promise<string | undefined> {
  const explicit = named ?? (process.env.AUDITSCAN_CONFIG || undefined);
  if (explicit !== undefined) {
    if (await isFile(explicit)) return explicit;
    throw new UsageError(
      `there is no configuration file ${explicit}${named === undefined ? ' (from $AUDITSCAN_CONFIG)' : ''}`,
    );
  }
  const base = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  const places = ['auditscan.yaml', join(base, 'auditscan/auditscan.yaml'), '/etc/auditscan/auditscan.yaml'];
  for (const place of places) if (await isFile(place)) return place;
  return undefined;
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
