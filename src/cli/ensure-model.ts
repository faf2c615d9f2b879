import { openModelLibrary } from '../app/open-model-library.ts';
import { toPlanSettings } from '../app/plan-settings.ts';
import { pullPlan } from '../app/pull-plan.ts';
import { createPullPlan } from '../catalog/create-pull-plan.ts';
import { toInstalledName } from '../catalog/full-model-name.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import type { ModelLibrary } from '../catalog/model-library.ts';
import { type ModelReference, parseModelReference } from '../catalog/model-reference.ts';
import type { Config } from '../config/config.ts';
import { describeUnusedDefaults } from './describe-unused-defaults.ts';
import { createTerminalPullView, type PullView } from './pull-view.ts';

export interface EnsureModelOptions {
  readonly config: Config;
  readonly name: string;
  readonly signal: AbortSignal;
  readonly errorOutput: NodeJS.WriteStream;
}

/** Finds and checks the model on disk, or pulls it and shows the progress. */
export async function ensureModel(options: EnsureModelOptions): Promise<InstalledModel> {
  const { config, name, signal, errorOutput } = options;
  const library = openModelLibrary(config);
  const installed = (await library.find(name)) ?? (await findByReference(library, parseModelReference(name)));
  if (installed !== undefined) {
    await library.checkModel(installed);
    return installed;
  }
  return pullReference(
    { config, signal, force: false, name: undefined },
    name,
    createTerminalPullView(errorOutput),
  );
}

export interface PullReferenceOptions {
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly force: boolean;
  /** Installs the model under this name instead of the name derived from its source. */
  readonly name: string | undefined;
}

/** Pulls the model `text`, or finds it installed. An installed model from a registry is updated. */
export async function pullReference(
  { config, signal, force, name }: PullReferenceOptions,
  text: string,
  view: PullView,
): Promise<InstalledModel> {
  const reference = parseModelReference(text);
  const library = openModelLibrary(config);
  try {
    if (reference.kind === 'catalog' && !force && name === undefined) {
      const installed = await findByReference(library, reference);
      if (installed !== undefined && (await isSound(library, installed))) return installed;
    }
    const plan = await createPullPlan(reference, toPlanSettings(config, signal));
    for (const note of plan.notes) view.note(note);
    const model = await pullPlan(config, {
      plan: name === undefined ? plan : { ...plan, name, isRenamed: true },
      library,
      signal,
      force,
      onProgress: (progress) => view.report(progress),
      ...(view.confirmDisk === undefined ? {} : { confirmDisk: view.confirmDisk }),
    });
    const unused = describeUnusedDefaults(model);
    if (unused !== undefined) view.note(unused);
    return model;
  } finally {
    view.close();
  }
}

function findByReference(library: ModelLibrary, reference: ModelReference) {
  return library.find(toInstalledName(reference));
}

function isSound(library: ModelLibrary, installed: InstalledModel): Promise<boolean> {
  return library.checkModel(installed).then(
    () => true,
    () => false,
  );
}
