/** ANSI colours: the few that are needed, all of the sixteen that every terminal has and a theme may change. */

import { SEVERITIES, type Severity } from '../detect/finding.ts';
import type { Paint } from './types.ts';

const RESET = '\u001b[0m';

const CODES: Readonly<Record<Severity, string>> = {
  info: '\u001b[2m', // dim
  low: '\u001b[36m', // cyan
  medium: '\u001b[33m', // yellow
  high: '\u001b[31m', // red
  critical: '\u001b[1;97;41m', // bold white on red: told from high without seeing colours
};

export const paintSeverity: Paint = (text, severity) => `${CODES[severity]}${text}${RESET}`;

export function bold(text: string): string {
  return `\u001b[1m${text}${RESET}`;
}

export function isSeverity(text: string): text is Severity {
  return (SEVERITIES as readonly string[]).includes(text);
}
