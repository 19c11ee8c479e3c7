/** What yargs gives a command, not yet looked at. */
export type Arguments = Readonly<Record<string, unknown>>;

/** The value of an option that is given at most once. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The values of an option or positional that may come several times. */
export function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}

/** A switch that was given, on or off; undefined when it was not. */
export function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
