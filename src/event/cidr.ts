import { BlockList, isIP } from 'node:net';

/** Ranges repeat from event to event; the cache is dropped when a log brings too many different ones. */
const compiled = new Map<string, BlockList | undefined>();
const MAX_COMPILED = 1_000;

/** True when the text is an address or a range (`10.0.0.0/8`, `fd00::/8`, `10.1.2.3`). */
export function isRange(text: string): boolean {
  return blockList(text) !== undefined;
}

/** Whether an IP address lies in a range; undefined when either is none. An IPv4 address in IPv6 form counts as IPv4. */
export function inRange(address: string, range: string): boolean | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  const list = blockList(range);
  // A zone (fe80::1%eth0) is an address to isIP and none to BlockList.
  if (family === 0 || !list || plain.includes('%')) return undefined;
  return list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

function blockList(range: string): BlockList | undefined {
  if (compiled.has(range)) return compiled.get(range);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  const list = compile(range);
  compiled.set(range, list);
  return list;
}

function compile(range: string): BlockList | undefined {
  const [address = '', prefix, ...rest] = range.split('/');
  const family = isIP(address);
  const bits = family === 6 ? 128 : 32;
  if (family === 0 || address.includes('%') || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)))
    return undefined;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  const list = new BlockList();
  list.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4');
  return list;
}
