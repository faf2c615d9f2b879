import { expect, test } from 'vitest';
import { measureConsole } from './console-sizes.ts';
import { consoleFolder } from './open-console.ts';

test('all views together are at most 250 KB, and the pages of the server load little of them', async () => {
  const { viewBytes, lateBytes, pageBytes, sharedFiles } = await measureConsole(consoleFolder);
  expect(viewBytes).toBeGreaterThan(200_000);
  expect(viewBytes).toBeLessThanOrEqual(250 * 1024);
  expect(lateBytes).toBeGreaterThan(50_000);
  expect(pageBytes).toBeLessThanOrEqual(20_000);
  expect(sharedFiles.map((file) => file.replace(/-[\w-]{8}\./, '.'))).toEqual(['assets/everywhere.js']);
});
