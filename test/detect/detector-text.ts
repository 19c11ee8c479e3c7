import { type Detector, type DetectorOptions, parseDetector } from '../../src/detect/detector.ts';

/** The text of a detector file that says the least; later lines are added as they stand. */
export function detectorText(match: string, ...lines: readonly string[]): string {
  return [
    'id: test-detector',
    'title: A title',
    'severity: low',
    'attack: [T1609]',
    'description: What it finds.',
    `match: ${JSON.stringify(match)}`,
    ...lines,
    '',
  ].join('\n');
}

export function detectorOf(match: string, lines: readonly string[] = [], options: DetectorOptions = {}): Detector {
  return parseDetector('test.yaml', detectorText(match, ...lines), options);
}
