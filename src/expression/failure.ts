/** A failure that an event's shape raised; counted and shown per expression, never taken for "no match". */
export class EvaluationError extends Error {
  override name = 'EvaluationError';
  /** jsonata's error code, for example T0410; `unknown` for a fault inside of it. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a message tells of the failure; as JSON in the text. */
export interface FailureDetails {
  readonly token?: string | undefined;
  readonly index?: number | undefined;
  readonly value?: unknown;
  readonly value2?: unknown;
  readonly type?: string | undefined;
  readonly exp?: unknown;
}

/** Of jsonata 2.2.2, for the codes that a compiled expression can raise: both tiers say the same. */
const MESSAGES: Readonly<Record<string, string>> = {
  T0410: 'Argument {{index}} of function {{token}} does not match function signature',
  T0411: 'Context value is not a compatible type with argument {{index}} of function {{token}}',
  T0412: 'Argument {{index}} of function {{token}} must be an array of {{type}}',
  D1001: 'Number out of range: {{value}}',
  D1002: 'Cannot negate a non-numeric value: {{value}}',
  T1003: 'Key in object structure must evaluate to a string; got: {{value}}',
  D1004: 'Regular expression matches zero length string',
  D1009: 'Multiple key definitions evaluate to same key: {{value}}',
  D1013: 'Object property names starting with _jsonata_ are reserved for internal use: {{value}}',
  T2001: 'The left side of the {{token}} operator must evaluate to a number',
  T2002: 'The right side of the {{token}} operator must evaluate to a number',
  T2003: 'The left side of the range operator (..) must evaluate to an integer',
  T2004: 'The right side of the range operator (..) must evaluate to an integer',
  T2009: 'The values {{value}} and {{value2}} either side of operator {{token}} must be of the same data type',
  T2010: 'The expressions either side of operator {{token}} must evaluate to numeric or string values',
  D2014:
    'The size of the sequence allocated by the range operator (..) must not exceed 1e7.  Attempted to allocate {{value}}.',
  D2015: 'The maximum sequence length of {{value}} was exceeded.',
  D3001: 'Attempting to invoke string function on Infinity or NaN',
  D3010: 'Second argument of replace function cannot be an empty string',
  D3011: 'Fourth argument of replace function must evaluate to a positive number',
  D3020: 'Third argument of split function must evaluate to a positive number',
  D3030: 'Unable to cast value to a number: {{value}}',
  D3040: 'Third argument of match function must evaluate to a positive number',
  D3060: 'The sqrt function cannot be applied to a negative number: {{value}}',
  D3061:
    'The power function has resulted in a value that cannot be represented as a JSON number: base={{value}}, exponent={{exp}}',
  D3070:
    'The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function',
  D3140: 'Malformed URL passed to $' + '{{token}}(): {{value}}',
};

/** Characters of a value that a message quotes: an event's value may be megabytes. */
const MAX_QUOTED = 200;

/** The failure that jsonata raises under that code. */
export function failure(code: string, details: FailureDetails = {}): EvaluationError {
  const message = (MESSAGES[code] ?? code).replace(/\{\{(\w+)\}\}/g, (_, name: keyof FailureDetails) =>
    quote(details[name]),
  );
  return new EvaluationError(code, message);
}

function quote(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? 'undefined';
    return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  } catch {
    return '…';
  }
}
