import { join } from 'node:path';
import { createModelLibrary, type ModelLibrary } from '../catalog/model-library.ts';
import type { Config } from '../config/config.ts';

export function openModelLibrary(config: Config): ModelLibrary {
  return createModelLibrary({ folder: join(config.home, 'models') });
}
