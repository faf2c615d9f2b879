import { toFullModelName } from '../catalog/full-model-name.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import type { ModelLibrary } from '../catalog/model-library.ts';

/** The installed model with this name, which may be short. */
export async function findInstalledModel(
  library: Pick<ModelLibrary, 'find'>,
  name: string,
): Promise<InstalledModel | undefined> {
  return (await library.find(name)) ?? library.find(toFullModelName(name));
}
