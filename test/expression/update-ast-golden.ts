import { writeGoldenTrees } from './ast-golden.ts';

writeGoldenTrees();
