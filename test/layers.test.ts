import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Each may import from itself and from those before it. */
const LAYERS = [
  ...['errors', 'summary', 'files', 'sources', 'framing', 'follow', 'sieve', 'event', 'expression', 'detect'],
  ...['pool', 'sinks', 'scan', 'report', 'commands', 'cli', 'index'],
];
const COMMAND_LINE = new Set(['commands', 'cli']);

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, layer: layerOf(name), text: readFileSync(join(SRC, name), 'utf8') }));

function layerOf(name: string): string {
  return name.replace(/\.ts$/, '').split('/')[0] ?? '';
}

/** Comments say `process` and `import` as well. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** What a file imports, re-exports or loads later, types too. */
function imports(text: string): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"]+)\1/g;
  return [...code(text).matchAll(pattern)].map(([, , specifier = '']) => specifier);
}

/** Layers that a file imports from, without its own. */
function importedLayers(name: string, text: string): string[] {
  return imports(text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => layerOf(relative(SRC, join(SRC, dirname(name), specifier))))
    .filter((layer) => layer !== layerOf(name));
}

it('the reader of imports sees every form of them', () => {
  const text = [
    "import a from './a.ts';",
    "import type { B } from './b.ts';",
    "export { c } from './c.ts';",
    "export type * from './d.ts';",
    "const e = await import('./e.ts');",
    "type F = import('./f.ts').F;",
    "import {\n  g,\n} from './g.ts';",
    "import './h.ts';",
    "// import x from './x.ts';",
    "/* import y from './y.ts'; */",
  ].join('\n');
  expect(imports(text)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts', './g.ts', './h.ts']);
});

describe('the layers', () => {
  it('are all known', () => {
    expect(files.length).toBeGreaterThan(50);
    for (const { name, layer } of files) expect(LAYERS, name).toContain(layer);
  });

  it.each(files)('$name imports only from itself and those before it', ({ name, layer, text }) => {
    // Places and counters are shapes that every stage fills, so its types may name what they like.
    const seen = name === 'summary.ts' ? text.replaceAll(/^import type [^;]*;/gm, '') : text;
    for (const imported of importedLayers(name, seen))
      expect(LAYERS.indexOf(imported), `${name} imports ${imported}`).toBeLessThan(LAYERS.indexOf(layer));
  });

  it('only the command line and the library entry are imported by nobody', () => {
    const imported = new Set(files.flatMap(({ name, text }) => importedLayers(name, text)));
    expect([...imported].filter((layer) => layer === 'cli' || layer === 'index')).toEqual([]);
  });

  it('only scan.ts joins sources, framing, event and detect', () => {
    const joining = files.filter(({ name, layer, text }) => {
      const layers = new Set(importedLayers(name, text));
      return !COMMAND_LINE.has(layer) && layer !== 'index' && layers.has('framing') && layers.has('detect');
    });
    expect(joining.map(({ name }) => name)).toEqual(['scan.ts']);
  });
});

describe('the world outside', () => {
  it.each(files.filter(({ layer }) => !COMMAND_LINE.has(layer)))(
    'is left alone by $name: process, environment, terminal',
    ({ name, text }) => {
      // Standard input is a source of bytes, and the only thing of the process that a stage may touch.
      const stripped = name === 'sources/read.ts' ? code(text).replaceAll('process.stdin', '') : code(text);
      const withoutTexts = stripped.replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
      expect(withoutTexts).not.toMatch(/\bprocess\b/);
      expect(withoutTexts).not.toMatch(/\bconsole\s*\./);
      expect(withoutTexts).not.toMatch(/\bglobalThis\b/);
      for (const specifier of imports(text))
        expect(specifier).not.toMatch(/^(node:)?(process|tty|readline|os|child_process)(\/|$)/);
    },
  );
});

describe('the style', () => {
  it.each(files)('$name has a name that says what is in it, and reads in one sitting', ({ name, text }) => {
    expect(name).not.toMatch(/(^|\/|-)(utils?|helpers?|misc|common|shared|lib)(\/|-|\.)/i);
    expect(name).toMatch(/^[a-z0-9/-]+\.ts$/);
    expect(text.split('\n').length).toBeLessThan(400);
  });

  // AssemblyScript's compiler takes no endings.
  it.each(files.filter(({ name }) => !name.startsWith('sieve/assembly/')))(
    '$name imports files by their whole name',
    ({ text }) => {
      for (const specifier of imports(text))
        if (specifier.startsWith('.')) expect(specifier).toMatch(/\.(ts|js|json)$/);
    },
  );

  it('tests are named by the same rules', () => {
    const names = readdirSync(dirname(fileURLToPath(import.meta.url)), { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => /(^|\/|-)(utils?|helpers?)(\/|-|\.)/i.test(name))).toEqual([]);
  });
});
