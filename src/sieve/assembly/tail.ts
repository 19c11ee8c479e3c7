// What stands behind the head where the event has bodies: passed over, but for what they may not hide.

import { ANNOTATIONS, RECEIVED, STAGE_TIME } from '../layout';
import { ECEIVED_T, IMESTAMP, REQUEST_R } from './keys';
import { put } from './row';
import { BACKSLASH, CLOSE, COMMA, endOfText, endOfTightTextMap, isReserved, QUOTE, saysPrintable } from './text';
import { readTime, TIME_LENGTH } from './time';

/** `"requestReceivedTimestamp":"` is so long. */
const RECEIVED_KEY: usize = 28;

/**
 * Passes over bodies, from the first one's key on, and reads what comes behind them. Gives the place behind the event's
 * closing brace; 0 where it is not plain.
 *
 * Pairs of bytes that are rare in bodies are looked for, sixteen places at a time, and what stands around them is compared:
 * `_j` for `"_jsonata_`, `rW` for `"outerWrapper"`, `eS` for `"tupleStream"`, `\u`, `tI` for `"auditID":`, `tR` for the
 * time.
 */
export function readTail(start: usize): usize {
  let received: usize = 0;
  let p = start;
  while (true) {
    const bytes = v128.load(p);
    const next = v128.load(p, 1);
    const reserved = v128.or(
      v128.and(i8x16.eq(bytes, i8x16.splat(0x5f)), i8x16.eq(next, i8x16.splat(0x6a))),
      v128.or(
        v128.and(i8x16.eq(bytes, i8x16.splat(0x72)), i8x16.eq(next, i8x16.splat(0x57))),
        v128.and(i8x16.eq(bytes, i8x16.splat(0x65)), i8x16.eq(next, i8x16.splat(0x53))),
      ),
    );
    const escapes = v128.and(i8x16.eq(bytes, i8x16.splat(0x5c)), i8x16.eq(next, i8x16.splat(0x75)));
    const keys = v128.and(
      i8x16.eq(bytes, i8x16.splat(0x74)),
      v128.or(i8x16.eq(next, i8x16.splat(0x49)), i8x16.eq(next, i8x16.splat(0x52))),
    );
    const ends = i8x16.le_u(bytes, i8x16.splat(0x0a));
    let mask = i8x16.bitmask(v128.or(v128.or(reserved, escapes), v128.or(keys, ends)));
    while (mask) {
      const at = p + ctz(mask);
      mask &= mask - 1;
      switch (load<u8>(at)) {
        case 0x0a:
          // Behind a backslash, it stands within a key that has an escaped quote.
          return received && load<u8>(received - 1) != BACKSLASH ? readEnd(received) : 0;
        case 0x00:
          return 0;
        case 0x5f:
          if (load<u8>(at - 1) == QUOTE && isReserved(at)) return 0;
          break;
        case 0x72:
        case 0x65:
          if (load<u8>(at - 5) == QUOTE && isReserved(at - 4)) return 0;
          break;
        case 0x5c:
          if (saysPrintable(at)) return 0;
          break;
        case 0x74:
          if (isAuditId(at - 5)) return 0;
          if (isReceived(at - 7)) received = at - 7;
          break;
      }
    }
    p += 16;
  }
}

/** `"auditID":` */
function isAuditId(p: usize): bool {
  return load<u64>(p) == 0x4449746964756122 && load<u16>(p + 8) == 0x3a22;
}

/** `"requestReceivedTimestamp":"` */
function isReceived(p: usize): bool {
  return (
    load<u8>(p) == QUOTE &&
    load<u64>(p + 1) == REQUEST_R &&
    load<u64>(p + 9) == ECEIVED_T &&
    load<u64>(p + 17) == IMESTAMP &&
    load<u16>(p + 25) == 0x3a22 &&
    load<u8>(p + 27) == QUOTE
  );
}

/**
 * From the time of receipt to the event's closing brace. One brace closes everything that is open: so these are the event's
 * own keys, and no body's.
 */
export function readEnd(start: usize): usize {
  const received = start + RECEIVED_KEY;
  const stage = received + TIME_LENGTH + STAGE_KEY;
  if (readTime(received) < 0 || !isStageTime(received + TIME_LENGTH)) return 0;
  put(RECEIVED, received - 1, received + TIME_LENGTH + 1);
  const end = endOfText(stage);
  if (!end) return 0;
  put(STAGE_TIME, stage - 1, end + 1);
  let p = end + 1;
  if (load<u8>(p) == COMMA) {
    if (load<u64>(p) != 0x61746f6e6e61222c || (load<u64>(p + 8) & 0xffffffffffffff) != 0x3a22736e6f6974) return 0;
    const annotations = p + 15;
    p = endOfTightTextMap(annotations);
    if (!p) return 0;
    put(ANNOTATIONS, annotations, p);
  }
  return load<u8>(p) == CLOSE ? p + 1 : 0;
}

/** `","stageTimestamp":"`, from the quote that closes the time before. */
const STAGE_KEY: usize = 20;

function isStageTime(p: usize): bool {
  return load<u64>(p) == 0x6567617473222c22 && load<u64>(p + 8) == 0x6d617473656d6954 && load<u32>(p + 16) == 0x223a2270;
}
