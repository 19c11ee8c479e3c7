import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { report } from '../../src/commands/report.ts';
import type { Report } from '../../src/report/model.ts';
import { auditLine } from '../audit-event.ts';

/** A stage of a request. Times are hours and minutes of one day: `23:59:59.9`; `+1 00:10` is on the day after. */
export interface Stage {
  readonly id: string;
  readonly received: string;
  readonly written: string;
  readonly stage?: 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete';
  readonly fields?: Readonly<Record<string, unknown>>;
}

export function at(text: string): string {
  const [, days = '0', clock = ''] = /^(?:\+(\d+) )?(.*)$/.exec(text) ?? [];
  const [hour = '00', minute = '00', second = '00'] = clock.split(':');
  const midnight = Date.UTC(2026, 1, 20 + Number(days));
  const time = midnight + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Math.round(Number(second) * 1000);
  return `${new Date(time).toISOString().slice(0, -1)}000Z`;
}

export function line({ id, received, written, stage = 'ResponseComplete', fields = {} }: Stage): string {
  return auditLine({
    ...{ auditID: id, stage, requestReceivedTimestamp: at(received), stageTimestamp: at(written) },
    ...fields,
  });
}

/** A rotated log, and the reports that are made of it while it is written. */
export interface Days {
  readonly folder: string;
  write(...stages: readonly Stage[]): void;
  /** To the log of another node. */
  writeTo(node: string, ...stages: readonly Stage[]): void;
  /** As an API server that was slow: into what was rotated last. */
  writeLate(...stages: readonly Stage[]): void;
  rotate(): void;
  /** Takes away all but the youngest file. */
  forget(): void;
  report(options?: Readonly<Record<string, unknown>>): Promise<{ readonly exit: number; readonly report: Report }>;
  remove(): void;
}

export function createDays(): Days {
  const folder = mkdtempSync(join(tmpdir(), 'auditscan-days-'));
  const log = join(folder, 'logs', 'audit.log');
  const out = join(folder, 'report.json');
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'auditscan.yaml'), '');
  let generations = 0;
  const append = (path: string, stages: readonly Stage[]): void =>
    appendFileSync(path, stages.map((stage) => `${line(stage)}\n`).join(''));
  const ready = (): void => {
    rmSync(out, { force: true });
  };
  return {
    folder,
    write: (...stages) => append(log, stages),
    writeTo(node, ...stages) {
      mkdirSync(join(folder, 'logs', node), { recursive: true });
      append(join(folder, 'logs', node, 'audit.log'), stages);
    },
    writeLate: (...stages) => append(`${log}.1`, stages),
    rotate() {
      for (let number = generations; number >= 1; number--) renameSync(`${log}.${number}`, `${log}.${number + 1}`);
      renameSync(log, `${log}.1`);
      writeFileSync(log, '');
      generations += 1;
    },
    forget() {
      for (; generations > 0; generations--) rmSync(`${log}.${generations}`);
    },
    async report(options = {}) {
      ready();
      const exit = await report(
        {
          paths: [join(folder, 'logs')],
          ...{ since: 'last', known: join(folder, 'known'), out: [out], quiet: true },
          config: join(folder, 'auditscan.yaml'),
          ...options,
        },
        '1.2.3',
      );
      return { exit, report: JSON.parse(readFileSync(out, 'utf8')) as Report };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
