import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledModel } from '../../src/catalog/library/installed-model.ts';
import { createModelLibrary } from '../../src/catalog/model-library.ts';
import { createSampleContent } from './sample-model.ts';

/** Puts a small model, which no engine could use, into a data folder, as a pull does. */
export async function installSampleModel(
  home: string,
  name: string,
  content = createSampleContent(50_000),
): Promise<InstalledModel> {
  const library = createModelLibrary({ folder: join(home, 'models') });
  await library.prepare();
  const path = library.stagingPath(name);
  await writeFile(path, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const files = [
    { role: 'weights', fileName: 'sample.gguf', sha256, sizeBytes: content.length, path },
  ] as const;
  return library.install({ name, origin: 'a test', license: 'MIT', files });
}
