import { readFileSync } from 'node:fs';

/** Reads package.json, two levels above both src/app/ and dist/app/. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
