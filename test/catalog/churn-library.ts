import { createHash } from 'node:crypto';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelFileRole } from '../../src/catalog/library/installed-model.ts';
import type { ModelLibrary } from '../../src/catalog/model-library.ts';

/** Files that models share: `<name>` in `folder`, with any name. */
export interface ChurnSource {
  readonly folder: string;
  readonly weights: readonly SourceFile[];
  /** Texts beside the weights. */
  readonly texts: readonly SourceFile[];
}

export interface SourceFile {
  readonly fileName: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export async function writeSourceFile(
  folder: string,
  fileName: string,
  content: Buffer,
): Promise<SourceFile> {
  await writeFile(join(folder, fileName), content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { fileName, sha256, sizeBytes: content.length };
}

/** Installs a model as a pull does: staged files of its own, which are moved. */
export async function installFromSource(
  library: ModelLibrary,
  source: ChurnSource,
  name: string,
): Promise<void> {
  await library.prepare();
  const stage = async (role: ModelFileRole, file: SourceFile) => {
    const path = library.stagingPath(`${name}-${process.pid}-${file.fileName}`);
    await copyFile(join(source.folder, file.fileName), path);
    return { role, ...file, path };
  };
  const files = [
    ...(await Promise.all(source.weights.map((file) => stage('weights', file)))),
    ...(await Promise.all(source.texts.map((file) => stage('license', file)))),
  ];
  await library.install({ name, origin: 'a test', license: 'MIT', files });
}

/** Installs and removes models, again and again, until `isOver`; returns how many it removed. */
export async function churnLibrary(
  library: ModelLibrary,
  source: ChurnSource,
  names: readonly string[],
  isOver: () => boolean,
): Promise<number> {
  let removals = 0;
  while (!isOver()) {
    for (const name of names) {
      await installFromSource(library, source, name);
      const installed = await library.find(name);
      if (installed === undefined) throw new Error(`${name} is not there after its install.`);
      await library.checkModel(installed);
    }
    for (const name of names) {
      await library.remove(name);
      removals++;
    }
  }
  return removals;
}
