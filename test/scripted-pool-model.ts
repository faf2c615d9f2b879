import type { BackendError } from '../src/backend/backend-error.ts';
import { engineCapabilities } from '../src/engine/engine-capabilities.ts';
import type { LoadableBackend, PoolModel } from '../src/residency/resident-model.ts';
import { createScriptedBackend, type Script, type ScriptedBackend, sayTexts } from './scripted-backend.ts';

/** A model of a pool whose loads end when the test says so. */
export interface ScriptedPoolModel extends PoolModel {
  /** One for each load, in their order. */
  readonly loads: readonly ScriptedLoad[];
}

export interface ScriptedLoad {
  readonly backend: ScriptedBackend;
  finish(): void;
  fail(error: BackendError): void;
}

export interface ScriptedPoolModelOptions {
  readonly needBytes?: number;
  readonly isPinned?: boolean;
  readonly keepAliveMs?: number;
  readonly script?: Script;
  /** By default they are always there. */
  readonly hasFiles?: () => Promise<boolean>;
  readonly prepare?: () => Promise<void>;
  /** Loads end at once; the default. */
  readonly isQuick?: boolean;
}

export function createScriptedPoolModel(
  name: string,
  options: ScriptedPoolModelOptions = {},
): ScriptedPoolModel {
  const { needBytes = 1, isPinned = false, keepAliveMs = Infinity, isQuick = true } = options;
  const { script = sayTexts(name), hasFiles = async () => true, prepare = async () => undefined } = options;
  const loads: ScriptedLoad[] = [];
  function open(): LoadableBackend {
    const backend = createScriptedBackend(script);
    let finish: () => void = () => undefined;
    let fail: (error: BackendError) => void = () => undefined;
    const loaded = new Promise<void>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
    loaded.catch(() => undefined);
    loads.push({ backend, finish, fail });
    if (isQuick) finish();
    return { ...backend, start: () => loaded };
  }
  const capabilities = engineCapabilities;
  return { name, needBytes, isPinned, keepAliveMs, prepare, hasFiles, capabilities, open, loads };
}
