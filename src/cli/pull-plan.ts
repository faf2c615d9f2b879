import { toPlanSettings } from '../app/plan-settings.ts';
import type { InstalledModel } from '../catalog/library/installed-model.ts';
import type { ModelLibrary } from '../catalog/model-library.ts';
import { pullModel } from '../catalog/pull-model.ts';
import type { PullPlan } from '../catalog/pull-plan.ts';
import type { Config } from '../config/config.ts';
import type { PullView } from './pull-view.ts';

export interface PullPlanOptions {
  readonly config: Config;
  readonly library: ModelLibrary;
  readonly signal: AbortSignal;
  readonly force: boolean;
  readonly view: PullView;
}

/** Pulls a plan as the settings say, with its notes and its progress shown. */
export async function pullPlan(plan: PullPlan, options: PullPlanOptions): Promise<InstalledModel> {
  const { config, library, signal, force, view } = options;
  const { huggingFaceEndpoint, authorize } = toPlanSettings(config, signal);
  for (const note of plan.notes) view.note(note);
  return pullModel({
    plan,
    library,
    force,
    signal,
    huggingFaceEndpoint,
    authorize,
    diskReserveBytes: config.diskReserveBytes,
    onProgress: (progress) => view.report(progress),
    ...(view.confirmDisk === undefined ? {} : { confirmDisk: view.confirmDisk }),
  });
}
