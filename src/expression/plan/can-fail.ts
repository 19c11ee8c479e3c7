import { VOUCHED } from '../../event/decode.ts';
import { eventFunctions } from '../functions.ts';
import { type CallForm, isBare, type Node, type PathForm } from '../tree/node.ts';

/**
 * Whether an expression can fail on some event that was decoded; false only where it certainly cannot. A prefilter may pass
 * over an event only where the whole expression would have been false without a failure before, for failures are counted.
 * Not asked here: the limits of one evaluation (a million items, too much work), which no honest event comes near.
 */
export function canFail(node: Node): boolean {
  return canFormFail(node) || canFilterFail(node.filters) || node.group !== undefined;
}

/** As {@link canFail}, where the value is asked for being true, as `and`, `?` and `$not` do. */
export function canTruthFail(node: Node): boolean {
  return canFail(node) || hasNumbers(node, 'shallow');
}

function canFilterFail(filters: readonly Node[]): boolean {
  return filters.some(canTruthFail);
}

/** As {@link canFail}, without what is applied to it. */
export function canFormFail(node: Node): boolean {
  const { form } = node;
  switch (form.kind) {
    case 'path':
      return canPathFail(form);
    case 'binary':
      if (canFail(form.lhs) || canFail(form.rhs)) return true;
      switch (form.operator) {
        case '=':
        case '!=':
        case 'in':
          return false;
        case 'and':
        case 'or':
          return hasNumbers(form.lhs, 'shallow') || hasNumbers(form.rhs, 'shallow');
        case '&':
          return hasNumbers(form.lhs, 'deep') || hasNumbers(form.rhs, 'deep');
        default:
          return true;
      }
    case 'negate':
      return true;
    case 'array':
      return form.items.some(canFail);
    case 'object':
      return true;
    case 'condition':
      return (
        canTruthFail(form.condition) || canFail(form.then) || (form.otherwise !== undefined && canFail(form.otherwise))
      );
    case 'block':
      return form.expressions.some(canFail);
    case 'bind':
      return canFail(form.value);
    case 'call':
      return canCallFail(form);
    default:
      return false;
  }
}

function canPathFail({ steps, keepsArray }: PathForm): boolean {
  const [first] = steps;
  // Of a constructed array that was filtered, jsonata takes what is left for a list, whatever it is.
  if (first?.node.form.kind === 'array' && (keepsArray || first.node.filters.length > 0)) return true;
  return steps.some(({ node, stages }) => canFail(node) || canFilterFail(stages));
}

function canCallFail({ name, args, isOurs }: CallForm): boolean {
  if (args.some(canFail)) return true;
  const [only] = args;
  if (isOurs) return false;
  if (args.length !== 1 || !only) return !(name === 'contains' && args.length === 2 && args.every(isPattern));
  switch (name) {
    case 'exists':
    case 'count':
    case 'distinct':
    case 'keys':
    case 'reverse':
      return false;
    case 'not':
    case 'boolean':
    case 'type':
      return hasNumbers(only, 'shallow');
    case 'string':
      return hasNumbers(only, 'deep');
    case 'lowercase':
    case 'uppercase':
    case 'trim':
    case 'length':
      return !isText(only);
    default:
      return true;
  }
}

function isPattern(node: Node): boolean {
  return node.form.kind === 'regex' || isText(node);
}

/** Whether the value is a text, or nothing: no null either. */
function isText(node: Node): boolean {
  const { form } = node;
  if (!isBare(node)) return false;
  switch (form.kind) {
    case 'literal':
      return typeof form.value === 'string';
    case 'binary':
      return form.operator === '&';
    case 'call':
      return ['outcome', 'actor', 'string'].includes(form.name);
    case 'condition':
      return isText(form.then) && (form.otherwise === undefined || isText(form.otherwise));
    case 'block':
      return form.expressions.length === 1 && form.expressions.every(isText);
    default:
      return false;
  }
}

const TRUTHS: ReadonlySet<string> = new Set(['and', 'or', '=', '!=', '<', '<=', '>', '>=', 'in']);
const NO_NUMBERS: ReadonlySet<string> = new Set([
  ...['not', 'boolean', 'exists', 'contains', 'type', 'string', 'lowercase', 'uppercase', 'trim', 'join'],
  ...['substring', 'substringBefore', 'substringAfter', 'replace', 'split', 'keys'],
]);

/**
 * Whether a number may be in the value, which may then be one beyond all bounds: to be asked for is a failure.
 *
 * @param depth shallow where objects are only asked for having keys.
 */
function hasNumbers(node: Node, depth: 'shallow' | 'deep'): boolean {
  const { form } = node;
  if (node.group !== undefined) return depth === 'deep';
  switch (form.kind) {
    case 'literal':
      return typeof form.value === 'number' && !Number.isFinite(form.value);
    case 'constant':
    case 'regex':
      return false;
    case 'path':
      return !isVouched(form, depth) && !isOfFunction(form);
    case 'binary':
      return !TRUTHS.has(form.operator) && form.operator !== '&';
    case 'array':
      return form.items.some((item) => hasNumbers(item, depth));
    case 'object':
      return depth === 'deep' && form.pairs.some(([, value]) => hasNumbers(value, depth));
    case 'condition':
      return hasNumbers(form.then, depth) || (form.otherwise !== undefined && hasNumbers(form.otherwise, depth));
    case 'block': {
      const last = form.expressions.at(-1);
      return last !== undefined && hasNumbers(last, depth);
    }
    case 'call':
      return form.isOurs ? (eventFunctions[form.name]?.hasNumbers ?? true) : !NO_NUMBERS.has(form.name);
    default:
      return true;
  }
}

/** A field whose type decoding vouches for. Where it stands in a filter or a step, its name may be any field's. */
function isVouched(form: PathForm, depth: 'shallow' | 'deep'): boolean {
  const path = form.isAtRoot ? form.steps.map(({ node }) => (node.form.kind === 'name' ? node.form.name : '')) : [];
  const isOneOf = (fields: readonly (readonly string[])[]): boolean =>
    fields.some((field) => field.length === path.length && field.every((key, index) => path[index] === key));
  return isOneOf(VOUCHED.texts) || isOneOf(VOUCHED.lists) || (depth === 'shallow' && isOneOf(VOUCHED.objects));
}

/** A field of what a function of ours made: `$serviceAccount().namespace`. */
function isOfFunction({ steps }: PathForm): boolean {
  const form = steps[0]?.node.form;
  return (
    form?.kind === 'call' &&
    form.isOurs &&
    eventFunctions[form.name]?.hasNumbers === false &&
    steps.every(({ node, stages }, index) => stages.length === 0 && (index === 0 || node.form.kind === 'name'))
  );
}
