import type { Detector } from '../detect/detector.ts';
import type { Exception } from '../detect/exceptions.ts';
import { type Severity, severityRank } from '../detect/finding.ts';
import { loadDetectors } from '../detect/load.ts';
import { SILENCE } from '../detect/silence.ts';
import { UsageError } from '../errors.ts';
import { globMatches } from '../event/glob.ts';
import { type Arguments, text, texts } from './arguments.ts';
import type { Config } from './config.ts';

export interface Prepared {
  readonly detectors: readonly Detector[];
  readonly exceptions: readonly Exception[];
  /** Of the finding that a followed log went silent; undefined where it is not wanted. */
  readonly silence: Severity | undefined;
}

/**
 * The detectors that the command line and the configuration ask for, compiled.
 * @throws {KnownError} for a broken one, or a name that stands for none.
 */
export async function prepareDetectors(
  args: Arguments,
  config: Config,
  note: (text: string) => void,
): Promise<Prepared> {
  const all = await loadDetectors(texts(args.detectors), {
    lists: config.lists,
    severities: config.severities,
    interpreted: args.engine === 'plain',
  });
  const ids = [...all.map(({ id }) => id), SILENCE.id];
  const known = (pattern: string): boolean => ids.some((id) => globMatches(id, pattern));
  for (const pattern of texts(args.detector)) {
    if (!known(pattern.replace(/^-/, '')))
      throw new UsageError(`--detector ${pattern}: there is no such detector; see auditscan detectors list`);
  }
  for (const pattern of [...config.disabled, ...Object.keys(config.severities)]) {
    if (!known(pattern)) note(`${config.path} names the detector ${pattern}, which is not there`);
  }
  const wanted = texts(args.detector).filter((pattern) => !pattern.startsWith('-'));
  const unwanted = [
    ...config.disabled,
    ...texts(args.detector)
      .filter((pattern) => pattern.startsWith('-'))
      .map((pattern) => pattern.slice(1)),
  ];
  const least = text(args.severity) as Severity | undefined;
  const isWanted = ({ id, severity }: { id: string; severity: Severity }): boolean =>
    (wanted.length === 0 || wanted.some((pattern) => globMatches(id, pattern))) &&
    !unwanted.some((pattern) => globMatches(id, pattern)) &&
    (least === undefined || severityRank(severity) >= severityRank(least));
  const detectors = all.filter(isWanted);
  for (const { id, match } of detectors) {
    if (match.refusal && /requestObject|responseObject/.test(match.text))
      note(`${id} is not compiled: what it could not judge is not known; auditscan detectors lint says why`);
  }
  const silence = { ...SILENCE, severity: config.severities[SILENCE.id] ?? SILENCE.severity };
  if (detectors.length === 0) throw new UsageError('no detector is left to run');
  const exceptions = await exceptionsOf(config, ids, note);
  return { detectors, exceptions, silence: isWanted(silence) ? silence.severity : undefined };
}

/** Without any, nothing is loaded to compile them. */
async function exceptionsOf(
  { exceptions, lists, path = '' }: Config,
  detectors: readonly string[],
  note: (text: string) => void,
): Promise<readonly Exception[]> {
  if (exceptions.length === 0) return [];
  const { compileExceptions } = await import('../detect/exceptions.ts');
  return compileExceptions(exceptions, { lists, detectors, now: Date.now(), where: path }, note);
}
