import { ascii, BACKSLASH, escapesPrintable, holds, NEWLINE, NOT_PLAIN, QUOTE, saysReserved } from './twin-text.ts';

const RECEIVED_KEY = ascii('requestReceivedTimestamp":"');
const AUDIT_ID_KEY = ascii('auditID":');

/**
 * Passes over bodies, from the place where the value of the first begins. Gives the place of the quote that opens the last
 * `"requestReceivedTimestamp":"` of the line; {@link NOT_PLAIN} where there is none, or where the rest of the line holds
 * what no body may hide.
 *
 * Behind a backslash the quote would be one within a key. Otherwise it opens the key of whichever object is closed behind
 * it, and that is the event if the line is JSON.
 */
export function passBodies(memory: Uint8Array, at: number): number {
  let received = NOT_PLAIN;
  for (let place = at; memory[place] !== NEWLINE; place++) {
    const byte = memory[place];
    if (byte === QUOTE) {
      if (saysReserved(memory, place + 1) || holds(memory, place + 1, AUDIT_ID_KEY)) return NOT_PLAIN;
      if (holds(memory, place + 1, RECEIVED_KEY)) received = place;
    } else if (byte === BACKSLASH && escapesPrintable(memory, place)) return NOT_PLAIN;
  }
  return received !== NOT_PLAIN && memory[received - 1] !== BACKSLASH ? received : NOT_PLAIN;
}
