import { startServerMetering } from '../src/app/metering.ts';
import { createModelPrices } from '../src/app/model-prices.ts';
import { type OpenedStores, openSqlDatabase, openStores } from '../src/app/open-stores.ts';
import { createServerMetrics } from '../src/app/server-metrics.ts';
import { createStoreWatch } from '../src/app/store-outage.ts';
import { toPagesAccess } from '../src/app/to-pages-access.ts';
import { createUsageLog } from '../src/app/usage-sinks.ts';
import type { Config } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { createHttpApp } from '../src/http/create-http-app.ts';
import type { HttpServices } from '../src/http/route.ts';
import { createChatService } from '../src/service/chat/chat.ts';
import { createStoredCompletionService } from '../src/service/chat/stored-completions.ts';
import { createConfigReload } from '../src/service/config-reload.ts';
import { createEmbeddingService } from '../src/service/embeddings.ts';
import { createIdempotencyService } from '../src/service/idempotency/idempotency.ts';
import { environmentIdentity } from '../src/service/keys/key-identity.ts';
import { createKeyService, type KeyService } from '../src/service/keys/keys.ts';
import { readKeyUse } from '../src/service/limits/key-use.ts';
import { createEventFeed } from '../src/service/models/event-feed.ts';
import { createModelInventory } from '../src/service/models/model-inventory.ts';
import { createModelManagement, type ModelManagementEvent } from '../src/service/models/model-management.ts';
import { createModelPulls } from '../src/service/models/model-pulls.ts';
import { createModelService } from '../src/service/models/models.ts';
import { createTokenService } from '../src/service/tokens.ts';
import { createUsageReports } from '../src/service/usage/usage-reports.ts';
import { createUseCaseFrame } from '../src/service/usage/use-case.ts';
import type { StoreWatch } from '../src/store/store-watch.ts';
import { toBucketStart, toWindowStart, windows, windowWidths } from '../src/store/usage-store.ts';
import { createLogger, type Logger } from '../src/telemetry/logger.ts';
import { createRouterOf } from '../test/create-routed-model.ts';
import { idleControls, idleMemory, noUpstreams } from '../test/create-test-model-services.ts';
import { createScriptedBackend, sayTexts } from '../test/scripted-backend.ts';
import { createScriptedOutputCompiler } from '../test/scripted-output-compiler.ts';

/** `off`: every key is good, nothing is limited, and no row is written. */
export type Side = 'on' | 'off';

export interface MeasuredServer {
  readonly url: string;
  /** `plain` has no limits; `limited` and its project have all of them and budgets, with a day of traffic behind them. */
  readonly keys: { readonly plain: string; readonly limited: string };
  close(): Promise<void>;
}

export const benchModel = 'scripted';

const answer = 'The sea was calm that morning.'.split(/(?= )/);

export async function openServerServices(
  side: Side,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<MeasuredServer> {
  const models = [{ name: benchModel, price: { input: 1, output: 2, currency: 'EUR' } }];
  const config = loadConfig({ environment, flags: { models, port: 0 } });
  const { logger } = createLogger('info');
  const watch = createStoreWatch(logger);
  const stores = await openStores(config, { busyTimeoutMs: 100, watch });
  const keys = createKeyService({ store: stores.keys, environmentKey: undefined, now: Date.now });
  const made = await createKeys(keys);
  await writeDayOfTraffic(config, made.subjects);
  const doors =
    side === 'on' ? await openDoors(config, stores, { keys, watch }, logger) : openFreeDoors(keys, logger);
  const http = createHttpApp(
    { ...createPlainServices(config, stores, logger), ...doors.services },
    { ...config, pages: toPagesAccess(config) },
  );
  const url = await http.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    keys: made.texts,
    close: async () => {
      http.server.closeAllConnections();
      await http.close();
      await doors.close();
      watch.close();
      await stores.close();
    },
  };
}

type Doors = Pick<HttpServices, 'keys' | 'frame' | 'admissions'>;

interface OpenedDoors {
  readonly services: Doors;
  close(): Promise<void>;
}

async function openDoors(
  config: Config,
  stores: OpenedStores,
  { keys, watch }: { readonly keys: KeyService; readonly watch: StoreWatch },
  logger: Logger,
): Promise<OpenedDoors> {
  const { frame, admissions, close } = await startServerMetering(
    config,
    stores,
    createModelPrices(config.models).list,
    { watch, logger, metrics: createServerMetrics(config) },
  );
  return { services: { keys, frame, admissions }, close };
}

function openFreeDoors(keys: KeyService, logger: Logger): OpenedDoors {
  return {
    services: {
      keys: { ...keys, verify: async () => environmentIdentity },
      frame: createUseCaseFrame(createUsageLog(logger)),
      admissions: { assertNotUsedUp: () => undefined, figuresOf: () => ({}) },
    },
    close: async () => undefined,
  };
}

function createPlainServices(config: Config, stores: OpenedStores, logger: Logger) {
  const backend = createScriptedBackend(sayTexts(...answer));
  const router = createRouterOf(benchModel, backend);
  const compiler = createScriptedOutputCompiler();
  const models = createModelService(router, () => true);
  const feed = createEventFeed<ModelManagementEvent>();
  const management = createModelManagement({ router, models, feed, now: Date.now, controls: idleControls });
  return {
    chat: createChatService({ router, compiler, ...config }),
    stored: createStoredCompletionService({
      store: stores.completions,
      limits: config,
      now: Date.now,
      onFailure: (error) => logger.warn({ err: error }, 'stored completions'),
    }),
    embeddings: createEmbeddingService({ router }),
    tokens: createTokenService({ router, compiler, ...config }),
    models,
    management,
    listSettings: () => [],
    upstreams: noUpstreams,
    inventory: createModelInventory({
      router,
      models,
      memory: idleMemory,
      isDefault: () => true,
      modelMemoryBytesMax: undefined,
    }),
    pulls: createModelPulls({ pull: management.pull, toFullName: (name) => name, now: Date.now }),
    idempotency: createIdempotencyService({
      store: stores.idempotency,
      limits: config,
      onFailure: (error) => logger.warn({ err: error }, 'idempotency'),
    }),
    readKeyUse: (key: Parameters<HttpServices['readKeyUse']>[0]) => readKeyUse(stores.usage, key, Date.now()),
    reports: createUsageReports({ store: stores.reports, usageRetentionDays: 90, now: Date.now }),
    config: createConfigReload({
      apply: async () => ({ changed: [], needsRestart: [] }),
      change: (work) => stores.keys.change(work),
      now: Date.now,
      onAuditFailure: (error) => logger.warn({ err: error }, 'audit'),
    }),
    currency: () => 'EUR',
    build: undefined,
    console: undefined,
    isStoreAnswering: () => true,
    metrics: createServerMetrics(config),
    logger,
    version: '0.0.0-bench',
    commandName: 'gravix',
    nameCommands: (text: string) => text,
  };
}

const limits = {
  requestsPerMinute: 1e9,
  requestsPerDay: 1e10,
  tokensPerMinute: 1e10,
  tokensPerDay: 1e11,
  concurrentRequests: 1e6,
};

const budget = { amountNano: 9e15, currency: 'EUR', tokens: 1e14, period: 'month' } as const;

async function createKeys(keys: KeyService) {
  const project = await keys.projects.create({ name: 'measured', limits, budget });
  const plain = await keys.create({ name: 'plain' });
  const limited = await keys.create({ name: 'limited', project: project.id, limits, budget });
  return {
    texts: { plain: plain.key, limited: limited.key },
    subjects: [`key:${limited.record.id}`, `project:${project.id}`],
  };
}

/** Every bucket of both windows is there, as after a day of steady traffic. */
async function writeDayOfTraffic(config: Config, subjects: readonly string[]): Promise<void> {
  const database = await openSqlDatabase(config, { busyTimeoutMs: 1000 });
  const nowMs = Date.now();
  for (const subject of subjects) {
    for (const width of windowWidths) {
      const { widthMs, bucketMs } = windows[width];
      const rows = [];
      for (
        let startMs = toWindowStart(width, nowMs);
        startMs < toBucketStart(width, nowMs);
        startMs += bucketMs
      )
        rows.push({ subject, widthMs, startMs, requests: 100, tokens: 50_000 });
      await database.queries.insertInto('limitWindows').values(rows).execute();
    }
  }
  await database.close();
}
