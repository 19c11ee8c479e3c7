import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WELL_KNOWN } from '../../src/sources/find.ts';
import { auditLine } from '../audit-event.ts';
import { createMachine, has, type Machine, SAMPLE, SHELLS, shell } from './machine.ts';

let machine: Machine;
/** What `detect` says of the sample's youngest log, wherever the log comes from. */
let findings: string;

beforeAll(async () => {
  machine = await createMachine();
  for (const name of ['x.log', 'a b.log', 'new\nline.log', '-x.log', '20261121', 'x[1].log', "it's.log"])
    await copyFile(`${SAMPLE}/audit.log`, machine.path(name));
  findings = (await shell(machine, `auditscan detect -q ${SAMPLE}/audit.log`)).stdout;
  expect(findings).toContain('SEVERITY');
});
afterAll(() => machine.remove());

describe.each(SHELLS)('standard input in %s', (name) => {
  const run = (script: string) => shell(machine, script, { shell: name });

  it.each([
    'cat x.log | auditscan detect -q',
    'cat x.log | auditscan detect -q -',
    'auditscan detect -q < x.log',
    'auditscan detect -q - < x.log',
    'gzip -c x.log | auditscan detect -q',
    'gzip -c x.log | auditscan detect -q -',
    'zstd -qc x.log | auditscan detect -q',
    'zstd -qc x.log | auditscan detect -q -',
    'auditscan detect -q /dev/stdin < x.log',
  ])('%s', async (script) => {
    expect(await run(script)).toEqual({ stdout: findings, stderr: '', exit: 0 });
  });

  it('cat x.log | auditscan detect -q /dev/stdin', async () => {
    expect(await run('cat x.log | auditscan detect -q /dev/stdin')).toEqual({ stdout: findings, stderr: '', exit: 0 });
  });

  it('two compressed streams, one after the other', async () => {
    const script = "sh -c 'gzip -c x.log; gzip -c x.log' | auditscan top -q --events --by stage -ojson";
    const once = (await run('auditscan top -q --events --by stage -ojson x.log')).stdout;
    const counts = (output: string): number[] => (JSON.parse(output) as { count: number }[]).map(({ count }) => count);
    expect(counts((await run(script)).stdout)).toEqual(counts(once).map((count) => 2 * count));
  });
});

describe('without a log', () => {
  beforeAll(async () => {
    for (const place of WELL_KNOWN)
      if (await stat(place).catch(() => undefined)) throw new Error(`this machine has a log at ${place}`);
  });

  it.each([
    'true | auditscan detect',
    'auditscan detect < /dev/null',
    'auditscan detect <&-',
    'auditscan query true < /dev/null',
    'auditscan top --by verb < /dev/null',
  ])('%s says where it looked', async (script) => {
    const { stdout, stderr, exit } = await shell(machine, script);
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
    expect(stderr).toBe(
      `auditscan: no log: name a file, a directory or - for standard input (nothing at ${WELL_KNOWN.join(', ')})\n`,
    );
  });

  it('an empty standard input that was named is an empty log', async () => {
    expect((await shell(machine, 'auditscan detect - < /dev/null')).exit).toBe(0);
  });
  it('standard input is read beside files', async () => {
    await machine.write('one.log', `${auditLine({ auditID: 'one' })}\n`);
    await machine.write('two.log', `${auditLine({ auditID: 'two' })}\n`);
    const { stdout } = await shell(machine, 'auditscan query -q auditID -ocsv - two.log < one.log');
    expect(stdout).toBe('value\none\ntwo\n');
  });

  it('a directory on standard input is named', async () => {
    expect((await shell(machine, 'auditscan detect < /')).stderr).toContain('is a directory');
  });
});

describe.each(SHELLS)('names in %s', (name) => {
  const run = (script: string) => shell(machine, script, { shell: name });

  it.each([
    "auditscan detect -q 'a b.log'",
    'auditscan detect -q "a b.log"',
    'auditscan detect -q a\\ b.log',
    'auditscan detect -q a?b.log',
    "auditscan detect -q 'a?b.log'",
    "auditscan detect -q 'a b*'",
    'auditscan detect -q 20261121',
    'auditscan detect 20261121 -q',
    'auditscan detect -q ./-x.log',
    'auditscan detect -q -- -x.log',
    "auditscan detect -q -- '-x*'",
    "auditscan detect -q './-x*'",
    "auditscan detect -q 'x[1].log'",
    'auditscan detect -q new*line.log',
    "auditscan detect -q 'new*line.log'",
    'auditscan detect -q "it\'s.log"',
    'auditscan detect -q x.log ./x.log "$PWD/x.log"',
  ])('%s', async (script) => {
    expect(await run(script)).toEqual({ stdout: findings, stderr: '', exit: 0 });
  });

  it('a glob is the same quoted and unquoted', async () => {
    const quoted = await run("auditscan top --events --by stage -ojson -- '*.log'");
    const unquoted = await run('auditscan top --events --by stage -ojson -- *.log');
    expect(quoted).toEqual(unquoted);
    expect(quoted.exit).toBe(0);
  });

  it('a line end in a name stays on one line', async () => {
    await machine.write('bad\nname.log', 'no JSON\n');
    const { stderr } = await run("auditscan query true 'bad*'");
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      'no row in 0 events, 8 B read',
      'damage: 1 line that is not JSON (not-json), 8 B, first at bad\\nname.log:0',
    ]);
  });
});

describe('exit status', () => {
  let sample: string;
  beforeAll(async () => {
    sample = SAMPLE;
    const whole = gzipSync(await readFile(`${SAMPLE}/audit.log`));
    await machine.write('cut.log.gz', whole.subarray(0, whole.length / 2));
    await machine.write('quiet.log', `${auditLine({ objectRef: { resource: 'pods', namespace: 'a', name: 'b' } })}\n`);
    await machine.write('damaged.log', `${auditLine()}\nno JSON\n`);
    await mkdir(machine.path('none'), { recursive: true });
  });

  it.each([
    ['auditscan detect SAMPLE', 0],
    ['auditscan detect SAMPLE --fail-on critical', 1],
    ['auditscan detect SAMPLE --fail-on high', 1],
    ['auditscan detect SAMPLE --fail-on info', 1],
    ['auditscan detect SAMPLE/audit.log --fail-on low', 1],
    ['auditscan detect SAMPLE/audit.log --fail-on high', 0],
    ['auditscan detect SAMPLE --severity critical --fail-on critical', 1],
    ['auditscan detect SAMPLE --detector pod-exec --fail-on high', 0],
    ['auditscan detect SAMPLE --detector pod-exec --fail-on low', 1],
    ['auditscan detect SAMPLE --user nobody-at-all --fail-on info', 0],
    ['auditscan detect quiet.log --fail-on info', 0],
    ['auditscan detect SAMPLE cut.log.gz', 2],
    ['auditscan detect SAMPLE cut.log.gz --fail-on high', 2],
    ['auditscan detect cut.log.gz SAMPLE --fail-on high', 2],
    ['auditscan query true cut.log.gz', 2],
    ['auditscan top --by verb cut.log.gz', 2],
    ['auditscan detect SAMPLE nope.log --fail-on high', 2],
    ['auditscan detect none', 2],
    ['auditscan detect damaged.log', 0],
    ['auditscan detect damaged.log --strict', 2],
    ['auditscan detect SAMPLE damaged.log --strict --fail-on high', 2],
    ['auditscan detect SAMPLE damaged.log --fail-on high', 1],
    ['auditscan query true damaged.log --strict', 2],
    ['auditscan detect SAMPLE --strict', 0],
    ['auditscan query false SAMPLE', 0],
    ['auditscan show no-such-id SAMPLE', 2],
    ['auditscan detect --nope', 2],
    ['auditscan', 2],
    ['auditscan --help', 0],
    ['auditscan --version', 0],
  ])('%s: %d', async (command, status) => {
    expect((await shell(machine, command.replaceAll('SAMPLE', sample))).exit).toBe(status);
  });

  it('a file that fails midway is told, and the others are read', async () => {
    const whole = await shell(machine, `auditscan detect ${sample} -q -ojsonl`);
    const { stdout, stderr } = await shell(machine, `auditscan detect cut.log.gz ${sample} -ojsonl`);
    expect(stdout).toContain(whole.stdout);
    expect(stderr).toContain('error: cut.log.gz: damaged gzip data (');
  });
});

describe('what to do next', () => {
  it.each(SHELLS)('can be pasted into %s, whatever a user is called', async (name) => {
    const users = [
      "eve'; touch pwned; '",
      '$(touch pwned)',
      '`touch pwned`',
      '"; touch pwned #',
      '-n; touch pwned',
      '\\\'; touch pwned; \\"',
      '!touch pwned',
      "'\"'\"'; touch pwned",
    ];
    for (const [index, username] of users.entries()) {
      const line = auditLine({
        verb: 'list',
        user: { username, groups: ['system:authenticated'] },
        objectRef: { resource: 'secrets', apiVersion: 'v1' },
        requestURI: '/api/v1/secrets',
      });
      await machine.write(`user ${index}.log`, `${line}\n`);
      const { stderr } = await shell(machine, `auditscan detect 'user ${index}.log'`);
      const steps = stderr.split('\n').flatMap((text) => (text.startsWith('next: ') ? [text.slice(6)] : []));
      expect(steps.length > 0 || username.startsWith('-')).toBe(true);
      for (const step of steps) {
        const result = await shell(machine, step, { shell: name });
        expect({ step, exit: result.exit }).toEqual({ step, exit: 0 });
        expect(result.stderr).not.toContain('no row');
      }
      expect(await stat(machine.path('pwned')).catch(() => undefined)).toBeUndefined();
    }
  });
});

describe('jq agrees', () => {
  const files = `{ for f in ${SAMPLE}/audit-*.gz; do gzip -dc "$f"; done; cat ${SAMPLE}/audit-*.log ${SAMPLE}/audit.log; }`;
  beforeAll(() => {
    if (!has('jq')) throw new Error('these tests need jq');
  });

  const values = async (script: string): Promise<unknown[]> => {
    const { stdout, stderr, exit } = await shell(machine, script);
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  };

  it.each([
    ['verb = "delete"', 'select(.verb == "delete")'],
    [
      'objectRef.resource = "secrets" and responseStatus.code = 200',
      'select(.objectRef.resource == "secrets" and .responseStatus.code == 200)',
    ],
    ['responseStatus.code >= 400', 'select((.responseStatus.code // 0) >= 400)'],
    [
      '{"who": user.username, "groups": $count(user.groups), "verb": verb}',
      '{who: .user.username, groups: (.user.groups | length), verb} | with_entries(select(.value != null))',
    ],
    ['sourceIPs', '.sourceIPs[]?'],
    [
      '"system:masters" in user.groups or $contains(user.username, /^system:serviceaccount:[^:]+:d/)',
      'select(((.user.groups // []) | index("system:masters")) or ((.user.username // "") | test("^system:serviceaccount:[^:]+:d")))',
    ],
    ['requestURI ~> $substringBefore("?")', '.requestURI | split("?")[0]'],
  ])('query %s', async (expression, filter) => {
    const theirs = await values(`${files} | jq -c '${filter}'`);
    const ours = await values(`auditscan query -q '${expression}' ${SAMPLE} -ojsonl`);
    expect(theirs.length).toBeGreaterThan(0);
    expect(ours).toEqual(theirs);
  });

  const sorted = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

  it('top counts events', async () => {
    const theirs = await values(
      `${files} | jq -c '[.verb, .objectRef.resource, .responseStatus.code]' | sort | uniq -c | jq -Rc 'capture("^ *(?<n>[0-9]+) (?<v>.*)$") | (.v | fromjson) as [$verb, $resource, $code] | {count: (.n | tonumber), verb: $verb, resource: $resource, code: $code}'`,
    );
    const ours = await values(`auditscan top -q --events --by verb,resource,code --limit 0 ${SAMPLE} -ojsonl`);
    expect(sorted(ours)).toEqual(sorted(theirs));
  });

  // An auditID is the client's to choose, and in the sample somebody gives the same one again and again.
  it('top counts requests', async () => {
    const theirs = await values(
      `${files} | jq -cs 'map(select(.stage != "RequestReceived")) | unique_by([.auditID, .user.username, .verb, .requestURI, .requestReceivedTimestamp]) | group_by(.user.username)[] | {count: length, user: .[0].user.username}'`,
    );
    const ours = await values(`auditscan top -q --by user --limit 0 ${SAMPLE} -ojsonl`);
    expect(sorted(ours)).toEqual(sorted(theirs));
  });
});
