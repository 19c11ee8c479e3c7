/**
 * Rewrites samples/incident: the logs, expected.json, and the tables of its README.
 *
 *   npx tsx samples/make-incident.ts
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { incidentFiles } from './make/incident.ts';

const folder = new URL('incident/', import.meta.url);
const files = incidentFiles(readFileSync(new URL('README.md', folder), 'utf8'));

// A rotation that moved to another time has another name.
for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(new URL(name, folder));
for (const [name, content] of files) writeFileSync(new URL(name, folder), content);
