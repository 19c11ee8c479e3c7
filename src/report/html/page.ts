/** The report as one HTML page that asks for nothing else: it opens from disk, and its policy lets in only what it brought. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { nameText } from '../actor-name.ts';
import type { Report } from '../model.ts';
import { blindSpotsSection, unreadBanner } from './blind-spots.ts';
import { detectorsSection } from './detectors.ts';
import { findingsSection } from './findings.ts';
import { headline, headlineNumbers } from './headline.ts';
import { heatMap } from './heat-map.ts';
import { madeSection } from './made.ts';
import { NOTHING, type Shown, shownWithin } from './shown.ts';
import { actorsTable, deletionsSection, deniedSection, outsideSection, resourcesTable } from './tables.ts';
import { type Html, html, trusted } from './template.ts';
import { createTimes, type Times, within } from './texts.ts';
import { timelineSection } from './timeline.ts';
import { whoSection } from './who.ts';

/** Bytes that mail programs and ticket systems still take. */
export const MAX_PAGE = 2_000_000;
/** Of these, what rows of findings may take, and the notes on their detectors: a browser sorts and filters them at once. */
const MAX_FINDINGS = 1_200_000;
/** Of these, what else there is to say once there are rows: filters, links. */
const SLACK = 20_000;

interface Parts {
  readonly style: string;
  readonly script: string;
  /** What does not depend on which findings are shown. */
  readonly rest: Rest;
  readonly shown: Shown;
}

interface Rest {
  readonly timeline: Html;
  readonly after: Html;
}

export async function renderHtml(report: Report): Promise<string> {
  const times = createTimes(report.timezone);
  const [style, script] = await Promise.all([ownFile('./page.css'), ownFile('./script.js')]);
  const rest = await restOf(report, times);
  const write = (shown: Shown): string => page(report, times, { style, script, rest, shown }).text;
  const room = Math.min(MAX_FINDINGS, MAX_PAGE - SLACK - Buffer.byteLength(write(NOTHING)));
  return write(shownWithin(report, times, room));
}

/** A file beside this one. HTML readers make one line end of two before they compare hashes. */
async function ownFile(name: string): Promise<string> {
  return (await readFile(new URL(name, import.meta.url), 'utf8')).replaceAll('\r\n', '\n');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function page(report: Report, times: Times, { style, script, rest, shown }: Parts): Html {
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="${report.tool.name} ${within(report.tool.version, 40)}">
    <title>${within(report.title, 160)}</title>
    <link rel="icon" href="data:,">
    <style>${trusted(style)}</style>
    </head>
    <body>
    <a class="skip" href="#findings">Skip to the findings</a>
    ${headline(report, times)}
    ${navigation(report, shown)}
    <main>
    ${headlineNumbers(report, shown.findings)}
    ${unreadBanner(report.blindSpots)}
    ${rest.timeline}
    ${whoSection(report, shown.findings, times)}
    ${findingsSection(report, times, shown)}
    ${detectorsSection(shown.notes)}
    ${rest.after}
    </main>
    <footer><p>Made by auditscan on the machine that reads the logs. This page holds all that it shows and asks for nothing.</p></footer>
    <div id="tip" class="tip" aria-hidden="true" hidden></div>
    <script>${trusted(script)}</script>
    </body>
    </html>
    `;
}

function navigation({ findings }: Report, { notes }: Shown): Html {
  const links = [
    ['timeline', 'Timeline'],
    ...(findings.length > 0 ? [['who', 'Who']] : []),
    ['findings', 'Findings'],
    ...(notes.length > 0 ? [['detectors', 'Detectors']] : []),
    ['hours', 'Hours'],
    ['activity', 'Activity'],
    ['denied', 'Denied'],
    ['deletions', 'Deletions'],
    ['outside', 'Outside business hours'],
    ['blind-spots', 'What these logs could not show'],
    ['made', 'How it was made'],
  ];
  return html`<nav aria-label="Sections"><ul>${links.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
}

async function restOf(report: Report, times: Times): Promise<Rest> {
  const { timezone, hours } = report;
  const timeline = html`<section id="timeline" aria-labelledby="timeline-title">
    <h2 id="timeline-title">Timeline</h2>
    ${await timelineSection(report.timeline, timezone, times)}
    </section>`;
  const after = html`<section id="hours" aria-labelledby="hours-title">
    <h2 id="hours-title">Hours of the day</h2>
    <div class="pair">
    <div><h3>By actor</h3>${await heatMap('actor', hours.actors, nameText, timezone)}</div>
    <div><h3>By namespace</h3>${await heatMap('namespace', hours.namespaces, (name) => name || '(no namespace)', timezone)}</div>
    </div>
    </section>
    <section id="activity" aria-labelledby="activity-title">
    <h2 id="activity-title">Activity</h2>
    <div class="pair uneven">
    <div><h3>Most active actors</h3>${actorsTable(report.actors, times)}</div>
    <div><h3>Most used resources</h3>${resourcesTable(report.resources)}</div>
    </div>
    </section>
    ${deniedSection(report, times)}
    ${deletionsSection(report, times)}
    ${outsideSection(report, times)}
    ${blindSpotsSection(report.blindSpots)}
    ${madeSection(report, times)}`;
  return { timeline, after };
}
