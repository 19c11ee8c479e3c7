/**
 * Writes what the program answers now into the golden files: `npm run build && npx tsx test/update-golden.ts [name..]`.
 * What changes is to be read, line by line, before it is committed: a golden file is what we vouch for.
 */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { ROOT } from './command-line.ts';
import { type Case, createWorkplace, type GoldenFile } from './golden-runner.ts';

const GOLDEN = join(ROOT, 'test/golden');
const named = process.argv.slice(2);

for (const file of (await readdir(GOLDEN)).filter((name) => name.endsWith('.yaml'))) {
  if (named.length > 0 && !named.includes(file)) continue;
  const document = parseDocument(await readFile(join(GOLDEN, file), 'utf8'));
  const golden = document.toJS() as GoldenFile;
  const workplace = await createWorkplace(golden);
  const cases = document.get('cases') as YAMLSeq<YAMLMap>;
  for (const [index, node] of cases.items.entries()) {
    const { stdout, stderr, exit } = await workplace.run(golden.cases[index] as Case);
    put(node, 'stdout', stdout);
    put(node, 'stderr', stderr);
    if (exit === 0) node.delete('exit');
    else node.set('exit', exit);
  }
  await workplace.remove();
  await writeFile(join(GOLDEN, file), document.toString({ lineWidth: 0 }));
}

function put(node: YAMLMap, key: string, text: string): void {
  node.delete(key);
  if (text === '') return;
  const scalar = new Scalar(text);
  scalar.type = Scalar.BLOCK_LITERAL;
  node.set(key, scalar);
}
