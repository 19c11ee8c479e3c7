import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRange, isRange } from '../../src/event/cidr.ts';

describe('an address in a range', () => {
  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.3/32', true],
    ['10.1.2.4', '10.1.2.3/32', false],
    ['10.1.2.3', '10.255.255.255/8', true],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['255.255.255.255', '128.0.0.0/1', true],
    ['::1', '::1', true],
    ['fd00::1', 'fd00::/8', true],
    ['fe00::1', 'fd00::/8', false],
    ['2001:db8::1', '::/0', true],
    ['FD00:0:0::1', 'fd00::/8', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::FFFF:10.1.2.3', '10.0.0.0/8', true],
    ['::ffff:a01:203', '10.0.0.0/8', true],
    ['10.1.2.3', 'fd00::/8', false],
    ['fd00::1', '10.0.0.0/8', false],
    ['fd00::1', '0.0.0.0/0', false],
  ])('%s in %s: %s', (address, range, expected) => {
    expect(inRange(address, range)).toBe(expected);
  });

  it.each([
    '',
    'localhost',
    '10.1.2',
    '10.1.2.256',
    '010.1.2.3',
    '10.1.2.3:443',
    '[::1]',
    '10.1.2.3/8',
    ' 10.1.2.3',
    ':::',
    '::ffff:10.1.2',
  ])('is nothing where the address is %j', (address) => {
    expect(inRange(address, '10.0.0.0/8')).toBeUndefined();
  });

  it.each([
    '',
    '/',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/8.5',
    '10.0.0.0/1e1',
    'fd00::/129',
    'x/8',
    '10.0.0/8',
    '10.0.0.0/0x8',
    '10.0.0.0/ 8',
  ])('is nothing where the range is %j', (range) => {
    expect(isRange(range)).toBe(false);
    expect(inRange('10.1.2.3', range)).toBeUndefined();
  });

  it('is what the bits say, IPv4', () => {
    const address = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 32 }), (a, b, bits) => {
        // Half of the ranges lie near the address.
        const base = bits % 2 === 0 ? b : (a ^ (1 << (31 - (b % 32)))) >>> 0;
        const same = bits === 0 || a >>> (32 - bits) === base >>> (32 - bits);
        expect(inRange(ipv4(a), `${ipv4(base)}/${bits}`)).toBe(same);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is what the bits say, IPv6', () => {
    const address = fc.bigInt({ min: 1n << 64n, max: (1n << 128n) - 1n });
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 127 }), fc.integer({ min: 0, max: 128 }), (a, flip, bits) => {
        const base = a ^ (1n << BigInt(flip));
        const shift = BigInt(128 - bits);
        expect(inRange(ipv6(a), `${ipv6(base)}/${bits}`)).toBe(a >> shift === base >> shift);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is told for any texts, and never an exception', () => {
    const text = fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV6(),
      fc
        .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.oneof(fc.nat({ max: 200 }), fc.string()))
        .map((parts) => parts.join('/')),
      fc.ipV6().map((address) => `${address}%eth0`),
    );
    fc.assert(
      fc.property(text, text, (address, range) => {
        const result = inRange(address, range);
        expect(result === undefined || typeof result === 'boolean').toBe(true);
        if (isRange(range) && inRange(address, address) !== undefined) expect(typeof result).toBe('boolean');
      }),
      { numRuns: 2_000 },
    );
  });

  it('stays right when there are more ranges than are remembered', () => {
    for (let i = 0; i < 3_000; i++) {
      const range = `10.${i >> 8}.${i & 255}.0/24`;
      expect(inRange(`10.${i >> 8}.${i & 255}.9`, range)).toBe(true);
      expect(inRange('11.0.0.1', range)).toBe(false);
    }
    expect(inRange('10.0.0.9', '10.0.0.0/24')).toBe(true);
  });
});

function ipv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

function ipv6(value: bigint): string {
  return [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((value >> shift) & 0xffffn).toString(16)).join(':');
}
