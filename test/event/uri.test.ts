import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryValues } from '../../src/event/uri.ts';

describe('the values of a query parameter', () => {
  it.each([
    ['/exec?command=sh', ['sh']],
    ['/exec?command=sh&command=-c&command=id', ['sh', '-c', 'id']],
    ['/exec?container=web&command=sh&stdin=true', ['sh']],
    ['/exec?command=a+b%20c%2Bd', ['a b c+d']],
    ['/exec?command=%C3%BCn%C3%AF', ['ünï']],
    ['/exec?%63ommand=sh', ['sh']],
    ['/exec?command', ['']],
    ['/exec?command=', ['']],
    ['/exec?command=a=b', ['a=b']],
    ['/exec?command=a%26command=b', ['a&command=b']],
    ['/exec?command=what?', ['what?']],
    ['/exec?&&command=sh&', ['sh']],
    ['/exec?Command=sh&commands=sh&xcommand=sh', []],
    ['/exec?', []],
    ['/command=sh', []],
    ['', []],
    [null, []],
    [undefined, []],
  ])('of %j are %j', (uri, values) => {
    expect(queryValues(uri, 'command')).toEqual(values);
  });

  it('come back as any client sent them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))), (pairs) => {
        const uri = `/x?${new URLSearchParams(pairs).toString()}`;
        for (const [name] of pairs)
          expect(queryValues(uri, name)).toEqual(pairs.filter(([key]) => key === name).map(([, value]) => value));
      }),
    );
  });

  it('are given for any URI, and never an exception', () => {
    const uri = fc
      .array(fc.constantFrom('%', '%2', '%ff', '%41', '+', '&', '=', '?', 'a', 'command', 'ü'))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(uri, (text) => {
        for (const value of queryValues(text, 'command')) expect(typeof value).toBe('string');
      }),
    );
  });

  it('keep a malformed escape as it stands', () => {
    expect(queryValues('/exec?command=100%&command=%zz&command=%2', 'command')).toEqual(['100%', '%zz', '%2']);
  });

  it.each([
    ['%63url+evil+%23%zz', 'curl evil #%zz'],
    ['%63url+evil+%23%', 'curl evil #%'],
    ['%63url+evil+%23%ff', 'curl evil #\ufffd'],
    ['%63url%f0%9f%98+x', 'curl\ufffd x'],
  ])('do not hide the rest behind a malformed escape: %s', (sent, value) => {
    expect(queryValues(`/exec?command=${sent}`, 'command')).toEqual([value]);
  });
});
