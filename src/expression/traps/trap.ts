/** Something that is valid, and does not mean what its author is likely to think. */
export interface Trap {
  readonly kind: TrapKind;
  /** UTF-16 code units from the start of the expression. */
  readonly position: number;
  /** What happens, in a sentence without its full stop. */
  readonly message: string;
  /** What to write instead. */
  readonly advice: string;
}

export type TrapKind =
  | 'list-compared'
  | 'not-of-nothing'
  | 'text-function'
  | 'field-of-filtered-array'
  | 'true-without-body'
  | 'level-or-stage';
