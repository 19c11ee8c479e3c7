/**
 * JSONata as nobody writes it: expressions of everything that the compiler knows, in every place where the grammar allows
 * it, over the fields of an audit event. What is wrong with one is as much of interest as what it gives, so that types and
 * arities are right most of the time only. A few do not parse.
 */

import fc from 'fast-check';
import * as words from './random-words.ts';

type Text = fc.Arbitrary<string>;

const pick = (...texts: readonly string[]): Text => fc.constantFrom(...texts);
const weighted = (...choices: readonly (readonly [weight: number, arbitrary: Text])[]): Text =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
/** As {@link weighted}, with more of the first choice the deeper it stands. */
const nested = (...choices: readonly (readonly [weight: number, arbitrary: Text])[]): Text =>
  fc.oneof(
    { depthIdentifier: 'expression', depthSize: 'medium', maxDepth: 6 },
    ...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })),
  );
/** A text with something for each `#`. */
const shape = (template: string, ...parts: readonly Text[]): Text =>
  fc.tuple(...parts).map((texts) => {
    let next = 0;
    return template.replace(/#/g, () => texts[next++] ?? '');
  });

const path = pick(...words.PATHS);
const list = pick(...words.LISTS);
const number = pick(...words.NUMBERS);
const regex = pick(...words.REGEXES);
const quoted = pick(...words.STRINGS).map((text) => JSON.stringify(text));
const literal = weighted([6, quoted], [3, number], [2, pick('true', 'false', 'null')]);
const name = weighted([3, pick(...words.COMMON_KEYS, 'ports', 'env')], [2, pick(...words.NAMES)]);
/** To bind: also what is bound already. */
const bindable = weighted([30, pick('$x', '$y')], [1, pick('$one', '$count', '$actor', '$', '$$')]);
const comparison = pick('=', '=', '!=', 'in', '<', '<=', '>', '>=');
const arithmetic = pick('+', '-', '*', '/', '%');
const operator = weighted([5, pick('and', 'or', '??', '?:', '&', 'in', '=', '!=')], [2, comparison], [1, arithmetic]);
const leaf = weighted(
  [10, path],
  [3, name],
  [5, literal],
  [1, weighted([4, pick('$x', '$y')], [1, list])],
  [2, pick('$', '$$', '*', '**', '[]', '{}', '()', 'user.*', '$.*', 'requestObject.**', '[$]')],
  [2, pick(...words.ABSOLUTE)],
  [2, pick(...words.CALLS)],
);

/** What can stand before a `.`, a `[` and a `{` is `primary`; the one-letter ones are those of FUNCTIONS. */
type Rule = 'any' | 'primary' | 'composite' | 'condition' | 'call' | 't' | 'n' | 'b' | 'l' | 'o' | 'N' | 'T' | 'O';
type Tie = (rule: Rule) => Text;

/** The arguments of a call by their letters; now and then too few, too many or others. */
function call(tie: Tie, functionName: string, letters: string): Text {
  const argument = (letter: string): Text => {
    if (letter === 'x') return tie('any');
    if (letter === 'r') return weighted([2, regex], [2, tie('t')], [1, pick('""', '"a"', '":"', 'missing')]);
    if (letter === 'R') return weighted([9, regex], [1, tie('t')]);
    if (letter === 'p') {
      return weighted([1, list], [1, pick('"*"', '["kube-*", "!kube-p*"]', '"10.0.0.0/8"')], [1, tie('any')]);
    }
    return weighted([14, tie(letter as Rule)], [1, tie('any')], [1, literal]);
  };
  const needed = letters.replace(/\[.\]/g, '');
  const optional = [...letters.matchAll(/\[(.)\]/g)].map(([, letter = '']) => letter);
  const all = letters.replace(/[[\]]/g, '');
  const right = [all, all, needed === '' && all !== '' ? all : needed, needed, all, all];
  const wrong = [`${all}x`, all.slice(0, -1), all.slice(1), `${needed}${optional[0] ?? 'x'}`, ''];
  const of = (some: string): Text =>
    some === '' ? fc.constant('') : fc.tuple(...[...some].map(argument)).map((texts) => texts.join(', '));
  return weighted([15, fc.oneof(...right.map(of))], [1, fc.oneof(...wrong.map(of))]).map(
    (args) => `$${functionName}(${args})`,
  );
}

const grammar = fc.letrec<Record<Rule, string>>((tie) => {
  const any = tie('any');
  const primary = tie('primary');
  const condition = tie('condition');
  const t = tie('t');
  const n = tie('n');
  const inBrackets = shape('(#)', any);
  const step = weighted(
    [8, name],
    [2, inBrackets],
    [1, tie('call')],
    [1, pick('*', '**', '$', '$$', '$x')],
    [1, shape('[#]', any)],
    [1, shape('[#, #]', any, any)],
    [1, shape('{#: #}', t, any)],
  );
  const filter = weighted(
    [3, condition],
    [3, pick('0', '1', '-1', '-2', '0.9', '1.5', '5', '-0.5')],
    [1, pick('[0]', '[0, 1]', '[0, -1]', '[1, 0, 0]', '$', 'true', 'false', 'null', '""', '[]', '[0..1]')],
    [1, pick('-$count(name)', '$$.verb = verb', 'name = $x', '*', '**', '"[" = $', '$ in $$.*', '-1[]', '[[0]]')],
    [1, any],
    [1, n],
  );
  const composites = [
    [6, shape('#[#]', primary, filter)],
    [3, shape('#[]', primary)],
    [7, shape('#.#', primary, step)],
    [2, shape('#{#: #}', primary, t, any)],
    [1, shape('#{#: #, #: #}', primary, t, any, t, any)],
    // All items are one group: what stands for the value has a list for its input.
    [1, shape('#{"k": #}', primary, weighted([2, pick(...words.ABSOLUTE)], [1, tie('composite')]))],
    [1, shape('[[#, #], [#]][#]', any, any, any, weighted([1, pick(...words.ABSOLUTE)], [1, condition]))],
    [4, inBrackets],
    [2, shape('(# := #; #)', bindable, any, any)],
    [1, shape('(# := #; #; # := # := #; #)', bindable, any, any, bindable, bindable, any, any)],
    [1, shape('(#; #)', any, any)],
    [1, shape('((# := #); #)', bindable, any, any)],
    [1, pick('$x', '$y', '($x; $y)', '[$x, $y]', '($x := $x[0]; $x)', '($x := $y; $y := 1; $x)')],
    [3, tie('call')],
    [1, tie('l')],
    [1, tie('o')],
  ] as const;
  const bound = pick('0', '1', '-2', '5', '1.5', 'missing', '"a"', 'null');
  const range = fc.oneof(
    shape('[#..#]', bound, weighted([2, n], [1, pick('3', '7', '1', '0')])),
    shape('[#..#]', n, pick('0', '3', '12', 'missing', 'true')),
  );
  return {
    any: nested(
      [6, leaf],
      [5, primary],
      [4, condition],
      [4, tie('call')],
      [3, shape('# # #', primary, operator, primary)],
      [2, shape('# # #', n, arithmetic, n)],
      [2, shape('# # #', t, pick('&', '<', '>='), t)],
      [1, shape('# # #', any, operator, any)],
      [1, shape('# ? # : #', condition, any, any)],
      [1, shape('# ? #', condition, any)],
      [1, shape('-#', primary)],
      [2, shape('# ~> #', primary, tie('call'))],
      [1, fc.oneof(tie('l'), tie('o'), n, t)],
    ),
    primary: nested([6, pick(...words.BASES)], [4, path], [5, pick(...words.HONEST)], ...composites),
    composite: weighted(...composites),
    condition: nested(
      [6, shape('# # #', leaf, pick('=', '=', '!=', 'in', '<', '>='), literal)],
      [4, shape('# in #', leaf, weighted([4, pick('["get", "list"]', '["pods", "secrets"]', '[true]')], [1, list]))],
      [2, leaf],
      [2, shape('$ # #', pick('=', '!=', 'in'), literal)],
      [3, shape('# # #', condition, pick('and', 'or'), condition)],
      [2, shape('$not(#)', condition)],
      [2, shape('$exists(#)', any)],
      [2, shape('$contains(# & "", #)', t, weighted([1, regex], [1, t]))],
      [2, shape('(# # #)', primary, operator, primary)],
    ),
    t: weighted(
      [4, pick('verb', 'name', 'kind', 'user.username', 'objectRef.resource', 'objectRef.namespace', '$')],
      [2, pick('requestURI', 'userAgent', 'requestObject.kind', '$string(name)', '$actor()')],
      [4, quoted],
      [2, shape('(# & #)', any, literal)],
      [1, shape('$string(#)', any)],
      [1, inBrackets],
    ),
    n: weighted(
      [4, number],
      [2, pick('responseStatus.code', 'requestObject.spec.replicas', 'containerPort', 'a')],
      [3, shape('$count(#)', any)],
      [2, shape('$length(# & "")', t)],
      [1, shape('(# # #)', n, arithmetic, n)],
    ),
    b: pick('true', 'false', 'missing'),
    l: nested(
      [4, pick('sourceIPs', 'user.groups', 'requestObject.spec.containers', 'requestObject.subjects')],
      [1, list],
      [2, shape('[#]', any)],
      [3, shape('[#, #]', any, any)],
      [1, shape('[#, [#, #], #]', any, any, any, any)],
      [1, range],
      [1, shape('$split(#, #)', t, pick('":"', '"/"', '""', '/\\W/'))],
      [1, any],
    ),
    o: weighted(
      [3, pick('user', 'objectRef', 'annotations', 'requestObject.metadata.labels', 'requestObject', '$', '$$')],
      [1, shape('{#: #}', t, any)],
      [1, shape('{"a": #, "b": #}', any, any)],
      [1, shape('{"a": #, #: #}', any, t, any)],
    ),
    N: weighted(
      [2, pick('requestObject.spec.containers.ports.containerPort', 'responseStatus.code', '[]', '[1, 2, 3]')],
      [1, pick('**[$type($) = "number"]', '[responseStatus.code, 5]', '1e308')],
      [1, shape('[#, #]', n, n)],
      [1, range],
    ),
    T: weighted(
      [2, pick('sourceIPs', 'user.groups', 'requestObject.spec.containers.name', 'requestObject.rules.verbs')],
      [1, pick('$command()', '$keys(requestObject)', '["a"]', ...words.LISTS)],
      [1, shape('[#, #]', t, t)],
      [1, shape('$split(#, #)', t, pick('":"', '"/"', '""', '/\\W/'))],
    ),
    O: weighted(
      [2, pick('requestObject.spec.containers', 'requestObject.subjects', 'user', '$spread(objectRef)')],
      [1, shape('[#, #]', tie('o'), tie('o'))],
    ),
    call: fc.oneof(
      ...Object.entries(words.FUNCTIONS).map(([functionName, letters]) => call(tie, functionName, letters)),
    ),
  };
});

/** A name that nothing binds makes no expression: it is bound around it; so is, half of the time, one that is bound again. */
function closed(text: string): string {
  const bind = (variable: string, value: string): string => {
    if (!text.includes(variable)) return '';
    return text.includes(`${variable} :=`) && text.length % 2 === 0 ? '' : `${variable} := ${value}; `;
  };
  const binds = bind('$x', 'requestObject.spec.containers') + bind('$y', 'verb');
  return binds === '' ? text : `(${binds}${text})`;
}

const STRING = '"(?:[^"\\\\]|\\\\.)*"|\'[^\']*\'';
const REGEX = '\\/(?:[^/\\\\\\n ]|\\\\.)+\\/[im]*(?=[,)])';
const TOKEN = new RegExp(`${STRING}|\`[^\`]*\`|${REGEX}|\\/\\*[\\s\\S]*?\\*\\/|\\$?[\\w$]+|\\s+|[!<>?:~.*]{2}|.`, 'g');

/** Another of the same kind, or nothing. */
function instead(token: string): Text {
  if (/^["']/.test(token)) return weighted([3, literal], [1, path]);
  if (/^(and|or|in|=|!=|<|<=|>|>=|&|\+|-|\*|%|\?\?|\?:)$/.test(token)) return operator;
  if (/^\d/.test(token)) return number;
  if (/^\$\w/.test(token)) return pick(token, '$exists', '$not', '$count', '$string', '$boolean', '$distinct', '$glob');
  if (/^[\w`]/.test(token)) {
    return weighted([3, name], [1, path], [1, shape('#[]', name)], [1, shape('#[#]', name, pick('0', '-1'))]);
  }
  return weighted([9, fc.constant(token)], [1, pick('', '[]', '.', ',', '(')]);
}

/** Expressions that people wrote, with a few of their words changed. */
function changed(texts: readonly string[]): Text {
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(fc.nat({ max: 1_000 }), { maxLength: 4 }))
    .chain(([text, places]) => {
      const tokens = text.match(TOKEN) ?? [];
      const at = new Set(places.map((place) => place % tokens.length));
      return fc.tuple(...tokens.map((token, index) => (at.has(index) ? instead(token) : fc.constant(token))));
    })
    .map((tokens) => tokens.join(''));
}

/** @param written expressions that people wrote. */
export function expressions(written: readonly string[]): Text {
  return weighted(
    [4, grammar.any],
    [8, grammar.composite],
    [2, shape('# # #', grammar.composite, operator, grammar.composite)],
    [2, grammar.condition],
    [2, changed(written)],
  ).map(closed);
}
