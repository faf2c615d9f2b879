import { createModelLibrary } from '../src/catalog/model-library.ts';
import { pullModel } from '../src/catalog/pull-model.ts';
import { toCatalogPlan } from '../src/catalog/pull-plan.ts';
import { createPullProgress } from '../src/cli/pull-progress.ts';
import { testModelEntry, testModelsFolder } from './test-model.ts';

/** Vitest's global setup: brings the real model into the test home unless it is there and whole. */
export async function setup(): Promise<void> {
  const progress = createPullProgress(process.stderr, { isPlain: true });
  try {
    await pullModel({
      plan: toCatalogPlan(testModelEntry()),
      library: createModelLibrary({ folder: testModelsFolder }),
      onProgress: progress.report,
    });
  } finally {
    progress.close();
  }
}
