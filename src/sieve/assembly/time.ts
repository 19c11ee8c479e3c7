// Times as Go's MicroTime writes them in UTC: 2006-01-02T15:04:05.000000Z

/** Bytes of a time, without quotes. */
export const TIME_LENGTH: usize = 27;

/** The first sixteen bytes of the last time read, to the minute, and their microseconds: the next time has the same, mostly. At first 1970-01-01T00:00. */
let lastMinute: v128 = i64x2(0x2d31302d30373931, 0x30303a3030543130);
let lastMicroseconds: i64 = 0;

/** Microseconds since the epoch; negative where there is no such time at this place. */
export function readTime(p: usize): i64 {
  // `:SS.ffffff` and `Z`
  if (load<u8>(p + 16) != 0x3a || load<u8>(p + 19) != 0x2e || load<u8>(p + 26) != 0x5a) return -1;
  const seconds = twoDigits(p + 17);
  const high = twoDigits(p + 20);
  const middle = twoDigits(p + 22);
  const low = twoDigits(p + 24);
  if (seconds > 59 || high > 99 || middle > 99 || low > 99) return -1;
  const minute = v128.load(p);
  if (v128.any_true(v128.xor(minute, lastMinute))) {
    const microseconds = readMinute(p);
    if (microseconds < 0) return -1;
    lastMinute = minute;
    lastMicroseconds = microseconds;
  }
  return lastMicroseconds + <i64>(seconds * 1_000_000 + high * 10_000 + middle * 100 + low);
}

function readMinute(p: usize): i64 {
  if (load<u8>(p + 4) != 0x2d || load<u8>(p + 7) != 0x2d || load<u8>(p + 10) != 0x54 || load<u8>(p + 13) != 0x3a) return -1;
  const century = twoDigits(p);
  const ofCentury = twoDigits(p + 2);
  const month = twoDigits(p + 5);
  const day = twoDigits(p + 8);
  const hour = twoDigits(p + 11);
  const minute = twoDigits(p + 14);
  if (century > 99 || ofCentury > 99 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59) return -1;
  const year = century * 100 + ofCentury;
  if (year < 1970 || day > daysOfMonth(year, month)) return -1;
  return <i64>((daysBefore(year, month) + day - 1) * 1440 + hour * 60 + minute) * 60_000_000;
}

/** Above 99 where these are no two digits. */
@inline
function twoDigits(p: usize): u32 {
  const tens = <u32>load<u8>(p) - 0x30;
  const ones = <u32>load<u8>(p + 1) - 0x30;
  return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

function isLeap(year: u32): bool {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

function daysOfMonth(year: u32, month: u32): u32 {
  if (month == 2) return isLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days from the epoch to the month's first. */
function daysBefore(year: u32, month: u32): u32 {
  const before = year - 1;
  let days = (year - 1970) * 365 + (before / 4 - before / 100 + before / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
  for (let earlier: u32 = 1; earlier < month; earlier++) days += daysOfMonth(year, earlier);
  return days;
}
