/** The ways in which audit logs are rotated. */
export interface Mode {
  readonly name: string;
  /** Lines of logrotate's configuration; none where the API server rotates its log itself. */
  readonly logrotate: readonly string[];
  /** How the writer comes to the new file: told by a signal, long after (it ignores signals), or there is none. */
  readonly reopens: 'signal' | 'late' | 'never';
  /** Generations are named by a date, to the second. */
  readonly dated: boolean;
  /** The writer's descriptor does not append. */
  readonly holes: boolean;
  /** The way itself may lose events, before any reader could have them. */
  readonly losesItself: boolean;
  /** A single reader that was never stopped prints all in the order of their writing. */
  readonly ordered: boolean;
}

const NUMBERED = { reopens: 'signal', dated: false, holes: false, losesItself: false, ordered: true } as const;

export const MODES: readonly Mode[] = [
  { ...NUMBERED, name: 'lumberjack', logrotate: [], reopens: 'never' },
  { ...NUMBERED, name: 'create', logrotate: ['create', 'compress'] },
  { ...NUMBERED, name: 'delaycompress', logrotate: ['create', 'compress', 'delaycompress'] },
  { ...NUMBERED, name: 'dateext', logrotate: ['create', 'compress'], dated: true },
  // The API server knows no signal: it goes on writing to the renamed file, here until shortly before the next rotation.
  {
    ...NUMBERED,
    name: 'old-descriptor',
    logrotate: ['create', 'compress', 'delaycompress'],
    reopens: 'late',
    ordered: false,
  },
  {
    ...NUMBERED,
    name: 'copytruncate',
    logrotate: ['copytruncate', 'compress'],
    reopens: 'never',
    losesItself: true,
    ordered: false,
  },
  {
    ...NUMBERED,
    name: 'copytruncate-holes',
    logrotate: ['copytruncate', 'compress', 'delaycompress'],
    reopens: 'never',
    holes: true,
    losesItself: true,
    ordered: false,
  },
];

/** @throws {RangeError} for a name that is none. */
export function modeNamed(name: string): Mode {
  const mode = MODES.find((known) => known.name === name);
  if (!mode) throw new RangeError(`no mode ${name}; there are ${MODES.map((known) => known.name).join(', ')}`);
  return mode;
}
