import fc from 'fast-check';

/** What an attacker puts into a user agent, a user name or an object's name. */
export const HOSTILE = [
  '\u001b[2J\u001b[1;1H',
  '\u001b]8;;http://evil\u0007link\u001b]8;;\u0007',
  '\u009b31m',
  'a\u007fb',
  'line\nnext\r\tcell',
  '\u202egnp.exe\u202c',
  'a\u200bb\u2060c\ufeff',
  '\u{e0041}\u{e007f}',
  '\ue000\ue000',
  '\ud800',
  '\udc00x',
  '\u2028\u2029',
  '\u0301',
  `z${'\u0301'.repeat(40)}`,
  '❤\ufe0f',
  '👨\u200d👩\u200d👧',
  '漢字かな',
  '🇩🇪🫠',
  'ｶﾞｷﾞ',
  'नमस्ते',
  '\u1100\u1100\u1161',
  '=cmd|"/c calc"!A1',
  '<script>alert(1)</script>',
  '[x](javascript:alert(1))',
  'a|b',
  '\\|',
  '`',
  '  ',
];

/** Any text: what is above, any code units (also lone surrogates), any graphemes, pieces of all together. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 10 }),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 10 }),
      fc.string({ maxLength: 60 }),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));

/** Nothing of this may reach a terminal raw. */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
