import type { ModelLibrary } from '../catalog/model-library.ts';
import type { Config } from '../config/config.ts';
import { createEventFeed } from '../service/models/event-feed.ts';
import type { ModelManagementEvent } from '../service/models/model-management.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createServedModels } from './served-models.ts';
import { createServerMetrics } from './server-metrics.ts';
import { startServerTracing } from './server-tracing.ts';
import { logUpstreamCall } from './upstreams/log-upstream-call.ts';

/** The models, with what measures and traces them. */
export async function createMeasuredModels(config: Config, logger: Logger, library: ModelLibrary) {
  const tracing = await startServerTracing(config);
  const metrics = createServerMetrics(config);
  const feed = createEventFeed<ModelManagementEvent>(metrics.noteModelEvent);
  const served = createServedModels({
    config,
    logger,
    library,
    onEvent: (event) => feed.publish({ ...event, atMs: Date.now() }),
    onEngineCrash: metrics.noteEngineCrash,
    onUpstreamCall: (upstream, call) => {
      metrics.noteUpstreamCall(upstream, call);
      tracing?.noteUpstreamCall(upstream, call);
      logUpstreamCall(logger, upstream.name, call);
    },
  });
  return { metrics, tracing, feed, served };
}
