/**
 * The program whose engines are compared, all of it from one place: `AUDITSCAN_ENGINES_FROM=dist` takes what was built, for
 * threads are begun from files that Node itself can read.
 */

type Program = Pick<typeof import('../../src/index.ts'), 'compileExpression' | 'createSummary' | 'findSources'> &
  Pick<
    typeof import('../../src/index.ts'),
    'loadDetectors' | 'parseDetector' | 'scan' | 'lineTime' | 'compileExceptions' | 'DEFAULT_LISTS'
  > &
  Pick<typeof import('../../src/expression/interpreter.ts'), 'createInterpreter'> &
  Pick<typeof import('../../src/event/time.ts'), 'eventTime'> & { readonly PLANTED: symbol };

async function fromSource(): Promise<Program> {
  const index = await import('../../src/index.ts');
  const { createInterpreter } = await import('../../src/expression/interpreter.ts');
  const { PLANTED } = await import('../../src/event/types.ts');
  const { eventTime } = await import('../../src/event/time.ts');
  return { ...index, createInterpreter, PLANTED, eventTime };
}

async function fromBuilt(): Promise<Program> {
  const parts = ['index.js', 'expression/interpreter.js', 'event/types.js', 'event/time.js'];
  const modules = parts.map((part) => import(new URL(`../../dist/${part}`, import.meta.url).href));
  return Object.assign({}, ...(await Promise.all(modules))) as Program;
}

export const isBuilt = process.env.AUDITSCAN_ENGINES_FROM === 'dist';

export const program = await (isBuilt ? fromBuilt() : fromSource());
