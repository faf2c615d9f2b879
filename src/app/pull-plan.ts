import type { InstalledModel } from '../catalog/library/installed-model.ts';
import { type PullRequest, pullModel } from '../catalog/pull-model.ts';
import type { Config } from '../config/config.ts';
import { toPlanSettings } from './plan-settings.ts';

type PullCall = Pick<PullRequest, 'plan' | 'library' | 'force' | 'onProgress' | 'confirmDisk'> & {
  readonly signal: AbortSignal;
};

/** Pulls a plan from the configured registries and respects the disk reserve. */
export function pullPlan(config: Config, call: PullCall): Promise<InstalledModel> {
  const { huggingFaceEndpoint, authorize, transport } = toPlanSettings(config, call.signal);
  const { diskReserveBytes } = config;
  return pullModel({ ...call, huggingFaceEndpoint, authorize, transport, diskReserveBytes });
}
