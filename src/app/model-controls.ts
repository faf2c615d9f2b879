import { createPullPlan, UnknownModelError } from '../catalog/create-pull-plan.ts';
import { toFullModelName } from '../catalog/full-model-name.ts';
import { ModelCheckError } from '../catalog/gguf/model-check-error.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import { LibraryChangeError, ModelNotInstalledError } from '../catalog/library/model-library-error.ts';
import type { ModelLibrary } from '../catalog/model-library.ts';
import { type ModelReference, ModelReferenceError, parseModelReference } from '../catalog/model-reference.ts';
import { PullError } from '../catalog/pull-error.ts';
import type { PullProgress } from '../catalog/pull-progress.ts';
import type { Config } from '../config/config.ts';
import { type ModelControls, PullRefusal } from '../service/models/model-management.ts';
import { createModelNotFoundError } from '../service/service-error.ts';
import { toPlanSettings } from './plan-settings.ts';
import { pullPlan } from './pull-plan.ts';
import type { ServedModels } from './served-models.ts';

/**
 * Installs, removes, loads and unloads models while the server runs, using the library on disk and the pool
 * in memory.
 */
export function createModelControls(
  config: Config,
  library: ModelLibrary,
  { pool, installed }: ServedModels,
): ModelControls {
  return {
    pull: (name, signal, onProgress) => pull(config, library, { name, signal, onProgress }),
    load: async (name, signal, keepAliveMs) => {
      const model = installed.find(name);
      if (model === undefined) throw createModelNotFoundError(name);
      await pool.load(model, signal, keepAliveMs);
    },
    unload: (name) => pool.unload(name),
    remove: async (name) => {
      try {
        return await library.remove(name);
      } catch (error) {
        if (error instanceof ModelNotInstalledError) throw createModelNotFoundError(name);
        throw error;
      }
    },
    refresh: () => installed.refreshNow(),
    toFullName: toFullModelName,
  };
}

interface PullCall {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PullProgress) => void;
}

async function pull(config: Config, library: ModelLibrary, call: PullCall): Promise<InstalledModel> {
  const { name, signal, onProgress } = call;
  try {
    const reference = parseModelReference(name);
    assertFromRegistry(reference);
    const plan = await createPullPlan(reference, toPlanSettings(config, signal));
    return await pullPlan(config, { plan, library, signal, onProgress });
  } catch (error) {
    signal.throwIfAborted();
    throw toRefusal(error, library);
  }
}

/**
 * Clients name models from the configured registries. URLs would let them make the server fetch anything, and
 * paths would reveal files.
 */
function assertFromRegistry(reference: ModelReference): void {
  const isForeign =
    reference.kind === 'url' ||
    reference.kind === 'file' ||
    (reference.kind === 'ollama' && reference.host !== undefined);
  if (!isForeign) return;
  throw new PullRefusal(
    'reference',
    "Invalid value for 'model': over the API models are pulled from the catalogue, as 'hf:owner/repository:QUANTIZATION' or as 'ollama:name:tag'. Addresses and files are for `gravix pull` on the server's own command line.",
  );
}

function toRefusal(error: unknown, library: ModelLibrary): unknown {
  if (error instanceof UnknownModelError) return new PullRefusal('unknown', error.message, error);
  if (error instanceof PullError && error.isWrongName)
    return new PullRefusal('reference', error.message, error);
  if (error instanceof ModelReferenceError) return new PullRefusal('reference', error.message, error);
  const isReported =
    error instanceof PullError || error instanceof ModelCheckError || error instanceof LibraryChangeError;
  if (!isReported) return error;
  const message = toSentenceWithoutCommands(error.message.replaceAll(library.folder, 'the models folder'));
  return new PullRefusal('failed', message, error);
}

/** A client of the API may have no command line on the server, such as a person at the console: it pulls again there. */
export function toSentenceWithoutCommands(message: string): string {
  return message.replaceAll(
    /(r)un `gravix pull [^`]+` (?:again|to pull it again)/gi,
    (_command, first: string) => (first === 'R' ? 'Pull it again' : 'pull it again'),
  );
}
