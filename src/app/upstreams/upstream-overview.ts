import type { Config } from '../../config/config.ts';
import {
  DrillRefusal,
  type ShownDrill,
  type ShownUpstream,
  type UpstreamOverview,
} from '../../service/upstream-overview.ts';
import { findDrilled } from '../drill/find-drilled.ts';
import { runDrill } from '../drill/run-drill.ts';
import type { ServedModels } from '../served-models.ts';
import { toUpstreamMode } from './open-upstream.ts';
import type { ListedUpstream } from './upstream-fleet.ts';

export interface UpstreamOverviewOptions {
  readonly served: Pick<ServedModels, 'listPlaces' | 'listUpstreams'>;
  readonly config: () => Config;
  /** Hides the secrets of the configuration. */
  readonly hide: (text: string) => string;
  /** A double may stand for it in a test of what is around it. */
  readonly run?: typeof runDrill;
}

export function createUpstreamOverview(options: UpstreamOverviewOptions): UpstreamOverview {
  const { served, config, hide, run = runDrill } = options;
  let isDrilling = false;
  return {
    list: () => ({
      upstreams: served.listUpstreams().map((listed) => toShownUpstream(listed, hide)),
      places: served.listPlaces(),
    }),
    async drill(deployment, modelName): Promise<ShownDrill> {
      if (isDrilling)
        throw new DrillRefusal('busy', 'A drill is running already. Try again when it has ended.');
      const current = config();
      const drilled = findOrRefuse(current, deployment, modelName);
      isDrilling = true;
      try {
        return await run(drilled, current);
      } finally {
        isDrilling = false;
      }
    },
  };
}

function findOrRefuse(config: Config, deployment: string, modelName: string | undefined) {
  try {
    return findDrilled(config, deployment, modelName);
  } catch (error) {
    throw new DrillRefusal('unknown', error instanceof Error ? error.message : String(error));
  }
}

function toShownUpstream(
  { name, settings, upstream }: ListedUpstream,
  hide: (text: string) => string,
): ShownUpstream {
  const { models, version } = upstream.facts();
  const failure = upstream.lastFailure();
  return {
    name,
    kind: settings.kind,
    mode: toUpstreamMode(settings),
    version,
    models: models?.map(({ id }) => id),
    lastFailure: failure && { atMs: failure.atMs, reason: toReason(failure.error, hide) },
  };
}

const reasonCharactersMax = 300;

/** Secrets go before the text is cut: of one that the cut divides, no pattern would find the rest. */
function toReason(error: unknown, hide: (text: string) => string): string {
  const text = error instanceof Error ? error.message : 'It did not answer.';
  return hide(text)
    .replace(/\/\/[^/\s]*@/g, '//…@')
    .slice(0, reasonCharactersMax);
}
