import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type NoticeConfig, startBudgetNotices } from '../src/app/budget-notices.ts';
import { type CommandName, nameCommands } from '../src/app/command-name.ts';
import { joinUsageSinks } from '../src/app/usage-sinks.ts';
import type { Backend } from '../src/backend/backend.ts';
import type { ModelFacts } from '../src/backend/model-facts.ts';
import { createFixedSource, createRouter } from '../src/gateway/router.ts';
import { readConsoleBuild } from '../src/http/console/console-build.ts';
import { createHttpApp } from '../src/http/create-http-app.ts';
import type { HttpLimits } from '../src/http/http-limits.ts';
import { createMetrics } from '../src/metrics/create-metrics.ts';
import type { ShownSetting } from '../src/protocol/openai/admin/settings.ts';
import { createChatService } from '../src/service/chat/chat.ts';
import type { OutputCompiler } from '../src/service/chat/output-compiler.ts';
import {
  createStoredCompletionService,
  type StoredCompletionLimits,
} from '../src/service/chat/stored-completions.ts';
import { ConfigRefusal, createConfigReload } from '../src/service/config-reload.ts';
import { createSignInLinks, type SignInLinks } from '../src/service/console/sign-in-links.ts';
import { createEmbeddingService } from '../src/service/embeddings.ts';
import { createIdempotencyService } from '../src/service/idempotency/idempotency.ts';
import type { IdempotencyLimits } from '../src/service/idempotency/idempotency-limits.ts';
import { type KeyCounts, keyCountsDefault } from '../src/service/keys/key-counts.ts';
import type { KeyIdentity } from '../src/service/keys/key-identity.ts';
import { createKeyService, type KeyService } from '../src/service/keys/keys.ts';
import { keyStaleMsDefault } from '../src/service/keys/known-keys.ts';
import type { OutageLimits } from '../src/service/limits/admission-queue.ts';
import { readKeyUse } from '../src/service/limits/key-use.ts';
import { createPriceList, type ModelPrice } from '../src/service/limits/model-price.ts';
import { createEventFeed } from '../src/service/models/event-feed.ts';
import type { ModelMemory } from '../src/service/models/model-inventory.ts';
import type { ModelControls, ModelManagementEvent } from '../src/service/models/model-management.ts';
import { createModelService } from '../src/service/models/models.ts';
import { createTokenService } from '../src/service/tokens.ts';
import type { UpstreamOverview } from '../src/service/upstream-overview.ts';
import { startMetering } from '../src/service/usage/metering.ts';
import type { UsageRecord } from '../src/service/usage/usage-record.ts';
import { createUsageReports } from '../src/service/usage/usage-reports.ts';
import { createUseCaseFrame } from '../src/service/usage/use-case.ts';
import type { CompletionStore } from '../src/store/completion-store.ts';
import type { IdempotencyStore } from '../src/store/idempotency-store.ts';
import type { KeyStore } from '../src/store/key-store.ts';
import type { LedgerRow } from '../src/store/ledger-row.ts';
import { createSqlBudgetNoticeStore } from '../src/store/sql/sql-budget-notice-store.ts';
import { createSqlCompletionStore } from '../src/store/sql/sql-completion-store.ts';
import type { SqlDatabase } from '../src/store/sql/sql-database.ts';
import { createSqlIdempotencyStore } from '../src/store/sql/sql-idempotency-store.ts';
import { createSqlKeyStore } from '../src/store/sql/sql-key-store.ts';
import { createSqlUsageReportStore } from '../src/store/sql/sql-usage-report-store.ts';
import { createSqlUsageStore } from '../src/store/sql/sql-usage-store.ts';
import { openDatabase } from '../src/store/sqlite/open-database.ts';
import type { StoreWatch } from '../src/store/store-watch.ts';
import type { UsageStore } from '../src/store/usage-store.ts';
import { createRoutedModel } from './create-routed-model.ts';
import { createTestModelServices, noUpstreams } from './create-test-model-services.ts';
import { createMemoryLog } from './memory-log.ts';
import { createScriptedBackend, type Script, type ScriptedBackend } from './scripted-backend.ts';
import { createScriptedOutputCompiler, type ScriptedOutputCompiler } from './scripted-output-compiler.ts';
import { readLedger } from './usage-rows.ts';

export interface TestAppOptions {
  /** Which model the server was started with. */
  readonly defaultModel?: string;
  /** A scripted backend for each model name. */
  readonly models: Readonly<Record<string, Script>>;
  /** Real backends, which the test closes. */
  readonly backends?: Readonly<Record<string, Backend>>;
  readonly aliases?: Readonly<Record<string, string>>;
  /** What is known of a model, where it is more than that it chats. */
  readonly facts?: Readonly<Record<string, ModelFacts>>;
  readonly limits?: Partial<HttpLimits>;
  /** `gravix` by default. */
  readonly commandName?: CommandName;
  readonly requestMsMax?: number;
  readonly showSchema?: boolean;
  /** None by default. */
  readonly upstreams?: UpstreamOverview;
  /** That operators see; none by default. */
  readonly settings?: readonly ShownSetting[];
  /** By which models come and go; nothing does by default. */
  readonly controls?: ModelControls;
  /** What is in memory; nothing by default. */
  readonly memory?: ModelMemory;
  /** In place of the scripted one; the test closes it. */
  readonly compiler?: OutputCompiler;
  /** Stands before the real store, to let it fail. */
  readonly wrapKeyStore?: (store: KeyStore) => KeyStore;
  readonly wrapCompletionStore?: (store: CompletionStore) => CompletionStore;
  readonly wrapIdempotencyStore?: (store: IdempotencyStore) => IdempotencyStore;
  readonly wrapUsageStore?: (store: UsageStore) => UsageStore;
  readonly prices?: Readonly<Record<string, ModelPrice>>;
  /** Off by default. */
  readonly metricsKeyNames?: boolean;
  readonly keyCounts?: KeyCounts;
  readonly reservationSliceTokens?: number;
  /** `local` by default. */
  readonly outageLimits?: OutageLimits;
  /** 1 by default. */
  readonly replicaCount?: number;
  /** Where webhooks go, and when; by default only the log hears of a budget. */
  readonly notices?: Partial<NoticeConfig>;
  readonly storeLimits?: Partial<StoredCompletionLimits>;
  readonly idempotencyLimits?: Partial<IdempotencyLimits>;
  /** After this time a claim of a server that died is free, in milliseconds. */
  readonly claimMsMax?: number;
  /** In place of a new SQLite file, for servers that share one; closed with the app. */
  readonly openStore?: () => Promise<SqlDatabase>;
  /** Of the database that `openStore` opens. */
  readonly watch?: StoreWatch;
  readonly keyStaleMsMax?: number;
  /** The folder of the built console; without it there is none, and pages have no styles. */
  readonly consoleFolder?: string;
  /** The build is there, but the console is switched off. */
  readonly isConsoleOff?: boolean;
}

/** The real HTTP app on a real port, with keys in a real database; only backends and compiler are scripted. */
export interface TestApp {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /** A valid key. */
  readonly key: string;
  readonly keys: KeyService;
  readonly server: FastifyInstance['server'];
  /** Asks as if from elsewhere: what comes in this way has no loopback address. */
  readonly inject: (path: string, headers?: Readonly<Record<string, string>>) => Promise<InjectedAnswer>;
  readonly compiler: ScriptedOutputCompiler;
  backend(model: string): ScriptedBackend;
  /** What the sink got, in its order. */
  usages(): readonly UsageRecord[];
  /** Its rows, once what has ended is written. */
  ledger(): Promise<readonly LedgerRow[]>;
  readonly usageStore: UsageStore;
  readonly database: SqlDatabase;
  readonly links: SignInLinks;
  /** Everything that was logged, as text. */
  logText(): string;
  logLines(): readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

export interface InjectedAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly rawPayload: Buffer;
}

const limitsDefault: Omit<HttpLimits, 'requestMsMax'> = {
  bodyBytesMax: 10 * 1024 ** 2,
  bodyMsMax: 30_000,
  connectionsMax: 4096,
  pingMs: 15_000,
  corsOrigins: [],
  trustedProxies: [],
  pages: 'open',
  metrics: 'key',
};

const storeLimitsDefault: StoredCompletionLimits = {
  storedCompletionsMax: 1000,
  storedCompletionsMbMax: 64,
  storedCompletionsDaysMax: 30,
};

const idempotencyLimitsDefault: IdempotencyLimits = {
  idempotentAnswersMax: 1000,
  idempotentAnswersMbMax: 64,
  idempotentAnswerBytesMax: 1024 ** 2,
  idempotencyKeepMsMax: 60_000,
  idempotencyWaitMsMax: 10_000,
};

const noticesDefault: NoticeConfig = {
  budgetSoftLimitPercent: 80,
  webhookUrl: undefined,
  webhookSecret: undefined,
  webhookMsMax: 2000,
  webhookAttemptsMax: 3,
  lookMs: 100,
};

export async function startTestApp(options: TestAppOptions): Promise<TestApp> {
  const {
    models,
    aliases = {},
    limits = {},
    commandName = 'gravix',
    requestMsMax = 60_000,
    showSchema = true,
    wrapKeyStore,
    wrapCompletionStore,
    wrapIdempotencyStore,
    storeLimits = {},
    idempotencyLimits = {},
  } = options;
  const folder = await mkdtemp(join(tmpdir(), 'gravix-test-'));
  const openFile = () => openDatabase(join(folder, 'gravix.db'), { busyTimeoutMs: 250 });
  const database = await (options.openStore ?? openFile)();
  const store = createSqlKeyStore(database);
  const keys = createKeyService({
    store: wrapKeyStore?.(store) ?? store,
    environmentKey: undefined,
    now: Date.now,
    counts: options.keyCounts ?? keyCountsDefault,
    keyStaleMsMax: options.keyStaleMsMax ?? keyStaleMsDefault,
    suspectStore: (error) => options.watch?.suspect(error) ?? true,
  });
  const { key } = await keys.create({ name: 'test' });
  const backends = new Map(
    Object.entries(models).map(([name, script]) => [name, createScriptedBackend(script)]),
  );
  const realBackends = Object.entries(options.backends ?? {});
  const deployments = [...backends, ...realBackends].map(([name, backend]) =>
    createRoutedModel(name, backend, options.facts?.[name]),
  );
  const router = createRouter(createFixedSource(deployments), aliases);
  const log = createMemoryLog();
  const compiler = createScriptedOutputCompiler();
  const chat = createChatService({
    router,
    compiler: options.compiler ?? compiler,
    showSchema,
    structuredAttemptsMax: 3,
  });
  const completionStore = createSqlCompletionStore(database);
  const stored = createStoredCompletionService({
    store: wrapCompletionStore?.(completionStore) ?? completionStore,
    limits: { ...storeLimitsDefault, ...storeLimits },
    now: Date.now,
    onFailure: (error, completionId) =>
      log.logger.warn({ err: error, completionId }, 'stored completions could not be written'),
  });
  const idempotencyStore = createSqlIdempotencyStore(database);
  const idempotency = createIdempotencyService({
    store: wrapIdempotencyStore?.(idempotencyStore) ?? idempotencyStore,
    limits: { ...idempotencyLimitsDefault, ...idempotencyLimits },
    ...(options.claimMsMax === undefined ? {} : { claimMsMax: options.claimMsMax }),
    onFailure: (error) => log.logger.warn({ err: error }, 'idempotency: an answer could not be kept'),
  });
  await idempotency.start();
  const modelService = createModelService(router, (name) => name === options.defaultModel);
  const metrics = createMetrics({
    version: '0.0.0-test',
    hasKeyNames: options.metricsKeyNames ?? false,
    hasProcessMetrics: false,
  });
  const feed = createEventFeed<ModelManagementEvent>(metrics.noteModelEvent);
  const usages: UsageRecord[] = [];
  const usageStore = createSqlUsageStore(database);
  const servedUsageStore = options.wrapUsageStore?.(usageStore) ?? usageStore;
  const notices = startBudgetNotices(
    { ...noticesDefault, ...options.notices },
    createSqlBudgetNoticeStore(database),
    log.logger,
  );
  const metering = await startMetering({
    store: servedUsageStore,
    onSpent: notices.note,
    onEarlyRefusal: metrics.noteEarlyRefusal,
    place: { host: 'test', processId: process.pid },
    prices: createPriceList(new Map(Object.entries(options.prices ?? {}))),
    reservationSliceTokens: options.reservationSliceTokens ?? 1024,
    outageLimits: options.outageLimits ?? 'local',
    replicaCount: options.replicaCount ?? 1,
    watch: options.watch,
    now: Date.now,
    log: {
      onLedgerFailure: (error, rows) => log.logger.error({ err: error, ...rows }, 'ledger'),
      onLedgerLoss: (rows) => log.logger.error({ rows }, 'ledger rows lost'),
      onAdmissionFailure: (error) => log.logger.error({ err: error }, 'admission'),
      onSwept: (requests) => log.logger.warn({ requests }, 'swept'),
      onReplicaFailure: (error) => log.logger.warn({ err: error }, 'replica'),
    },
  });
  metrics.readFrom({
    models: () => deployments.map(({ name, backend }) => ({ name, load: backend.load() })),
    places: () => [],
    loadedModels: () => 0,
    isDatabaseAnswering: () => options.watch?.failure === undefined,
    waitingRows: () => metering.writer.waitingRows(),
    oldestEndedAtMs: () => metering.writer.oldestEndedAtMs(),
  });
  const links = createSignInLinks({ readKey: async () => key, now: () => performance.now() });
  const modelServices = createTestModelServices({ ...options, router, models: modelService, feed });
  const build =
    options.consoleFolder === undefined ? undefined : await readConsoleBuild(options.consoleFolder);
  const services = {
    build,
    console: build === undefined || options.isConsoleOff ? undefined : { files: build.files, links },
    frame: createUseCaseFrame(
      joinUsageSinks([{ take: (usage) => usages.push(usage) }, metrics.sink, metering.sink], log.logger),
      metering.admissions,
    ),
    chat,
    stored,
    embeddings: createEmbeddingService({ router }),
    tokens: createTokenService({
      router,
      compiler: options.compiler ?? compiler,
      showSchema,
    }),
    models: modelService,
    ...modelServices,
    keys,
    listSettings: () => options.settings ?? [],
    upstreams: options.upstreams ?? noUpstreams,
    config: createConfigReload({
      apply: () => Promise.reject(new ConfigRefusal(['There is no configuration here.'])),
      change: (work) => store.change(work),
      now: Date.now,
      onAuditFailure: (error) => log.logger.error({ err: error }, 'audit'),
    }),
    idempotency,
    admissions: metering.admissions,
    readKeyUse: (key: KeyIdentity) => readKeyUse(servedUsageStore, key, Date.now()),
    reports: createUsageReports({
      store: createSqlUsageReportStore(database),
      usageRetentionDays: 90,
      now: Date.now,
    }),
    currency: () => Object.values(options.prices ?? {})[0]?.currency ?? 'USD',
    isStoreAnswering: () => options.watch?.failure === undefined,
    metrics,
    logger: log.logger,
    version: '0.0.0-test',
    commandName,
    nameCommands: (text: string) => nameCommands(text, commandName),
  };
  const http = createHttpApp(services, { ...limitsDefault, requestMsMax, ...limits });
  const url = await http.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    port: Number(new URL(url).port),
    key,
    keys,
    compiler,
    server: http.server,
    inject: async (path, headers = {}) => http.inject({ url: path, headers }),
    backend: (model) => {
      const backend = backends.get(model);
      if (backend === undefined) throw new Error(`No scripted backend is called ${model}.`);
      return backend;
    },
    usages: () => usages,
    usageStore,
    database,
    links,
    ledger: async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return await readLedger(database);
    },
    logText: log.text,
    logLines: log.lines,
    close: async () => {
      http.server.closeAllConnections();
      await http.close();
      await modelServices.pulls.close();
      await idempotency.close();
      await metering.close(1000);
      await notices.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
