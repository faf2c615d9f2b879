import type { InstalledModel } from '../catalog/library/installed-model.ts';
import type { Config } from '../config/config.ts';
import { createEngineInspector } from '../engine/engine-inspector.ts';
import type { EngineRuntime, MemoryNeed } from '../engine/engine-question.ts';
import { toEngineOptions } from './engine.ts';

/** Loads the native engine in a separate process. Throws `EngineInspectionError`. */
export function inspectEngine(config: Config): Promise<EngineRuntime> {
  return createEngineInspector({ environment: config.childEnvironment }).inspectRuntime();
}

/** The memory that the model needs with these settings. Throws `EngineInspectionError`. */
export function inspectMemory(config: Config, model: InstalledModel): Promise<MemoryNeed> {
  const inspector = createEngineInspector({ environment: config.childEnvironment });
  return inspector.inspectMemory(toEngineOptions(config, model));
}
