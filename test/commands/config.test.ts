import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/commands/config.ts';
import { DEFAULT_LISTS } from '../../src/detect/lists.ts';
import { DetectorError, UsageError } from '../../src/errors.ts';
import { run } from '../command-line.ts';

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auditscan-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const read = async (text: string) => readConfig(await write(`${++files}.yaml`, text));

/** What is wrong with it, the file's name left out. */
async function wrong(text: string): Promise<string> {
  const path = await write(`${++files}.yaml`, text);
  const error: unknown = await readConfig(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DetectorError);
  const { message } = error as DetectorError;
  expect(message.startsWith(path)).toBe(true);
  return message.slice(path.length + 1);
}

describe('every key', () => {
  it('is read', async () => {
    const config = await read(`
lists:
  productionNamespaces: [shop, "shop-*"]
  myTeam: [maria, tomasz]
exceptions:
  - detector: prod-exec
    match: user.username = "maria"
    reason: on call
    expires: 2026-12-31
  - { detector: "*", match: "true", reason: none }
severities: { pod-exec: critical }
disabled: [rbac-change]
`);
    expect(config.lists).toEqual({
      ...DEFAULT_LISTS,
      productionNamespaces: ['shop', 'shop-*'],
      myTeam: ['maria', 'tomasz'],
    });
    expect(config.exceptions).toEqual([
      { detector: 'prod-exec', match: 'user.username = "maria"', reason: 'on call', expires: '2026-12-31' },
      { detector: '*', match: 'true', reason: 'none' },
    ]);
    expect(config.severities).toEqual({ 'pod-exec': 'critical' });
    expect(config.disabled).toEqual(['rbac-change']);
  });

  it.each(['', '\n# nothing\n', '{}', '---\n', 'null'])('may be missing: %j', async (text) => {
    expect(await read(text)).toMatchObject({ lists: DEFAULT_LISTS, exceptions: [], severities: {}, disabled: [] });
  });
});

describe('lists', () => {
  it('take the place of the default', async () => {
    expect((await read('lists: { productionNamespaces: [] }')).lists.productionNamespaces).toEqual([]);
  });

  it('have the default at each ...', async () => {
    const { productionNamespaces = [] } = DEFAULT_LISTS;
    const { lists } = await read('lists: { productionNamespaces: [first, "...", last] }');
    expect(lists.productionNamespaces).toEqual(['first', ...productionNamespaces, 'last']);
  });

  it('without a default have nothing there', async () => {
    expect((await read('lists: { mine: [a, ..., b] }')).lists.mine).toEqual(['a', 'b']);
  });

  it.each(['glob', 'count', 'actor', 'contains'])('cannot be called %s, which is a function', async (name) => {
    expect(await wrong(`lists:\n  ok: []\n  ${name}: []\n`)).toBe(
      `3: $${name} is a function; give the list another name`,
    );
  });

  it.each(['1st', 'a-b', '', 'a.b', '$x'])('cannot be called %j', async (name) => {
    expect(await wrong(`lists:\n  "${name}": []\n`)).toContain('a list is named by a letter and letters or digits');
  });
});

describe('business hours', () => {
  const hours = async (text: string) => (await read(`businessHours: ${text}`)).businessHours;
  const usual = { timezone: 'UTC', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: 480, to: 1_080 };

  it('are none where the file does not say', async () => {
    expect((await read('disabled: []')).businessHours).toBeUndefined();
    expect((await read('')).businessHours).toBeUndefined();
  });

  it('are the usual ones where it says no more', async () => {
    expect(await hours('{}')).toEqual(usual);
  });

  it.each([
    ['{ timezone: Europe/Berlin }', { timezone: 'Europe/Berlin' }],
    ['{ days: [sun] }', { days: ['sun'] }],
    ['{ hours: 09:30-17:15 }', { from: 570, to: 1_035 }],
    ['{ hours: "00:00-24:00" }', { from: 0, to: 1_440 }],
    ['{ hours: 22:00-06:00, days: [fri, sat] }', { from: 1_320, to: 360, days: ['fri', 'sat'] }],
    [
      '{ timezone: Asia/Kathmandu, days: [mon], hours: 08:00-09:00 }',
      { ...{ timezone: 'Asia/Kathmandu', days: ['mon'] }, to: 540 },
    ],
  ])('are those that it says, and for the rest the usual ones: %s', async (text, expected) => {
    expect(await hours(text)).toEqual({ ...usual, ...expected });
  });

  it.each([
    ['timezone: Europe/Atlantis', 'businessHours.timezone: must be a time zone such as Europe/Berlin'],
    ['timezone: ""', 'businessHours.timezone: must be a time zone such as Europe/Berlin'],
    ['timezone: 7', '"businessHours.timezone" must be string, but is 7'],
    [
      'days: [mon, Tuesday]',
      'businessHours.days.1: must be one of mon, tue, wed, thu, fri, sat, sun, but is "Tuesday"',
    ],
    ['days: []', 'businessHours.days: must name a day'],
    ['days: mon', '"businessHours.days" must be Array, but is "mon"'],
    ...['8-18', '08:00-08:00', '08:00-25:00', '08:00 - 18:00', '18:00'].map((text) => [
      `hours: "${text}"`,
      'businessHours.hours: must be a time such as 08:00-18:00',
    ]),
    ['hours: [8, 18]', '"businessHours.hours" must be string, but is Array'],
    ['zone: UTC', 'there is no key "businessHours.zone" here'],
  ])('are wrong, and the line is named: %s', async (line = '', message = '') => {
    const told = await wrong(`disabled: []\nbusinessHours:\n  ${line}\n`);
    expect(told).toContain(`3: ${message}`);
    // What was written, not what was made of it.
    expect(told).not.toContain('undefined');
  });

  it.each(['08:00-18:00', 'true', ''])('are no %j', async (text) => {
    expect(await wrong(`businessHours: ${text}\n`)).toMatch(/^1: "businessHours" must be Object, but is /);
  });

  it('are no list', async () => {
    expect(await wrong('businessHours: [mon]\n')).toMatch(/^1: /);
  });
});

describe('errors name the line', () => {
  it.each([
    ['lists:\n  a: [x]\nexceptons: []\n', '3: there is no key "exceptons" here'],
    ['lists:\n  a: x\n', '2: "lists.a" must be Array, but is "x"'],
    ['lists:\n  a:\n    - x\n    - 7\n', '4: "lists.a.1" must be string, but is 7'],
    ['disabled: prod-exec\n', '1: "disabled" must be Array, but is "prod-exec"'],
    [
      'severities:\n  a: high\n  b: severe\n',
      '3: severities.b: must be one of info, low, medium, high, critical, but is "severe"',
    ],
    ['exceptions:\n  - detector: x\n    match: "true"\n', '2: "exceptions.0.reason" is missing'],
    ['exceptions:\n  - detector: x\n    match: "true"\n    reason: ""\n', '4: exceptions.0.reason: must say why'],
    [
      'exceptions:\n  - detector: ""\n    match: "true"\n    reason: x\n',
      '2: exceptions.0.detector: must not be empty',
    ],
    [
      'exceptions:\n  - detector: x\n    match: "true"\n    reason: x\n    expires: soon\n',
      '5: exceptions.0.expires: must be a date such as 2026-12-31',
    ],
    [
      'exceptions:\n  - detector: x\n    match: "true"\n    reason: x\n    until: x\n',
      '5: there is no key "exceptions.0.until" here',
    ],
    ['7\n', '1: "the file" must be Object, but is 7'],
    ['a: [\n', '2: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['lists: {}\nlists: {}\n', '2: Map keys must be unique'],
  ])('%j', async (text, message) => {
    expect(await wrong(text)).toBe(message);
  });

  it.each([
    'exceptions: [{ detector: x, match: "true", reason: x, expires: "whenever 7" }]',
    'exceptions: [{ detector: x, match: "true", reason: x, expires: 2026-02-30 }]',
  ])('%s', async (text) => {
    await expect(read(text)).rejects.toThrow(DetectorError);
  });
});

it('says that the file must be a map', async () => {
  expect(await wrong('- a\n')).toBe('1: "the file" must be Object, but is Array');
});

describe('the file named', () => {
  it('must be there', async () => {
    await expect(readConfig(join(folder, 'none.yaml'))).rejects.toThrow(
      new UsageError(`there is no configuration file ${join(folder, 'none.yaml')}`),
    );
    await expect(readConfig(folder)).rejects.toThrow(`there is no configuration file ${folder}`);
  });
});

describe('places', () => {
  const pages: Record<string, string> = {};
  /** Which file was read tells the severity that it gives to a detector. */
  const config = (severity: string): string => `severities: { pod-exec: ${severity} }\n`;
  const severity = async (options: { cwd: string; env?: Record<string, string>; args?: string[] }): Promise<string> => {
    const { stdout, stderr, exit } = await run(['detectors', 'list', '-ojsonl', ...(options.args ?? [])], {
      cwd: options.cwd,
      env: { HOME: join(folder, 'no-home'), ...options.env },
    });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; severity: string });
    return rows.find(({ id }) => id === 'pod-exec')?.severity ?? '';
  };

  beforeAll(async () => {
    pages.named = await write('named.yaml', config('info'));
    pages.variable = await write('variable.yaml', config('medium'));
    pages.here = dirname(await write('here/auditscan.yaml', config('high')));
    pages.home = join(dirname(await write('home/.config/auditscan/auditscan.yaml', config('critical'))), '../..');
    pages.xdg = join(dirname(await write('xdg/auditscan/auditscan.yaml', config('medium'))), '..');
    pages.nowhere = dirname(await write('nowhere/readme.txt', ''));
    await mkdir(join(folder, 'directory/auditscan.yaml'), { recursive: true });
  });

  it('the option is before the variable, the variable before the folder, the folder before home', async () => {
    const { named = '', variable = '', here = '', home = '', nowhere = '' } = pages;
    const env = { AUDITSCAN_CONFIG: variable, HOME: home };
    expect(await severity({ cwd: here, env, args: ['--config', named] })).toBe('info');
    expect(await severity({ cwd: here, env })).toBe('medium');
    expect(await severity({ cwd: here, env: { HOME: home } })).toBe('high');
    expect(await severity({ cwd: nowhere, env: { HOME: home } })).toBe('critical');
    expect(await severity({ cwd: nowhere })).toBe('low');
  });

  it('XDG_CONFIG_HOME is in the place of ~/.config, unless it is empty', async () => {
    const { home = '', xdg = '', nowhere = '' } = pages;
    expect(await severity({ cwd: nowhere, env: { HOME: home, XDG_CONFIG_HOME: xdg } })).toBe('medium');
    expect(await severity({ cwd: nowhere, env: { HOME: home, XDG_CONFIG_HOME: nowhere } })).toBe('low');
    expect(await severity({ cwd: nowhere, env: { HOME: home, XDG_CONFIG_HOME: '' } })).toBe('critical');
  });

  it('an empty variable is none, and a directory no file', async () => {
    const { here = '' } = pages;
    expect(await severity({ cwd: here, env: { AUDITSCAN_CONFIG: '' } })).toBe('high');
    expect(await severity({ cwd: join(folder, 'directory') })).toBe('low');
  });

  it('a variable that names no file says so', async () => {
    const { stderr, exit } = await run(['detectors', 'list'], { env: { AUDITSCAN_CONFIG: '/none.yaml' } });
    expect({ stderr, exit }).toEqual({
      stderr: 'auditscan: there is no configuration file /none.yaml (from $AUDITSCAN_CONFIG)\n',
      exit: 2,
    });
  });
});
