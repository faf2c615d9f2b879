// The composition root: the only file that names every concrete class. Importing it has no effect.
import { assertNamedModels } from './app/assert-named-models.ts';
import { type CommandName, nameCommands } from './app/command-name.ts';
import { listServerAddresses, type ServerAddress } from './app/list-server-addresses.ts';
import { createSettingList } from './app/list-settings.ts';
import { ListenError } from './app/listen-error.ts';
import { loadStartModels } from './app/load-start-models.ts';
import { findLocalKey, openKeyFile } from './app/local-keys.ts';
import { createMeasuredModels } from './app/measured-models.ts';
import { type ServerMetering, startServerMetering } from './app/metering.ts';
import { createModelAdministration } from './app/model-administration.ts';
import { createModelPrices, toCurrency } from './app/model-prices.ts';
import { createSignInUrl, openConsole } from './app/open-console.ts';
import { openModelLibrary } from './app/open-model-library.ts';
import { type OpenedStores, openStores } from './app/open-stores.ts';
import { createConfigReloader } from './app/reload-config.ts';
import { assertServableAliases } from './app/servable-aliases.ts';
import type { ServedModels } from './app/served-models.ts';
import { readMetricsFrom } from './app/server-metrics.ts';
import { createStoreFailureLog } from './app/store-failure-log.ts';
import { createStoreWatch, ensureFirstKeyInTime } from './app/store-outage.ts';
import { toPagesAccess } from './app/to-pages-access.ts';
import { createUpstreamOverview } from './app/upstreams/upstream-overview.ts';
import { readVersion } from './app/version.ts';
import { toFullModelName } from './catalog/full-model-name.ts';
import type { Config } from './config/config.ts';
import { createFixedSource } from './gateway/router.ts';
import { createGrammarWorker } from './grammar-worker/create-grammar-worker.ts';
import { createHttpApp } from './http/create-http-app.ts';
import { createChatService } from './service/chat/chat.ts';
import type { OutputCompiler } from './service/chat/output-compiler.ts';
import { createStoredCompletionService } from './service/chat/stored-completions.ts';
import { type ConfigChange, type ConfigReload, createConfigReload } from './service/config-reload.ts';
import { createEmbeddingService } from './service/embeddings.ts';
import { createIdempotencyService } from './service/idempotency/idempotency.ts';
import { serverActor } from './service/keys/audit.ts';
import type { FirstKeyOutcome } from './service/keys/first-key.ts';
import type { KeyIdentity } from './service/keys/key-identity.ts';
import { createKeyService } from './service/keys/keys.ts';
import { readKeyUse } from './service/limits/key-use.ts';
import { createModelService } from './service/models/models.ts';
import { createTokenService } from './service/tokens.ts';
import { createUsageReports } from './service/usage/usage-reports.ts';
import type { StoreWatch } from './store/store-watch.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Tracing } from './tracing/tracing.ts';

/** A server that accepts requests. The model may still be loading. */
export interface App {
  /** Such as `http://127.0.0.1:4728`. The loopback address if the server also listens on others. */
  readonly url: string;
  /** All addresses of the server. */
  readonly addresses: readonly ServerAddress[];
  readonly firstKey: FirstKeyOutcome;
  /** A link that signs in to the console once. Undefined without a console. */
  createSignInUrl(): string | undefined;
  /** The number of requests that models are answering. */
  runningRequests(): number;
  /**
   * Loads the default model, then the preloaded ones. Requests wait for them. Throws `BackendError` if the
   * default model can't be loaded; other failures are logged.
   */
  loadModels(): Promise<void>;
  /** Applies the changed configuration, and logs the outcome. */
  reloadConfig(): Promise<void>;
  /** Refuses new requests, lets running requests finish within `config.drainMsMax`, and ends the rest. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** As the log does it. */
  readonly hideSecrets: (text: string) => string;
  /** The installed model to load first. Undefined: the server has other models. */
  readonly modelName: string | undefined;
  /** Reads the configuration again for a reload. Throws `ConfigError`. */
  readonly loadConfig: () => Config;
  /** The command that starts this program. Messages and pages use it. */
  readonly commandName: CommandName;
}

/** How long a request waits for another process that writes to the SQLite file, in milliseconds. */
const serverBusyTimeoutMs = 100;

/**
 * Throws an error with a sentence for the operator, for example if the port is in use, the data folder is not
 * usable, or an alias is invalid.
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { config: settings, logger, modelName = settings.model, commandName } = options;
  // The setting may be a reference into a registry. From here on it is the name of the model that serves.
  const config = { ...settings, model: modelName };
  const watch = createStoreWatch(logger);
  const stores = await openServerStores(config, watch, logger);
  let metering: ServerMetering | undefined;
  try {
    const firstKey = await ensureServerKey(stores, config, watch, logger);
    const keys = createKeys(stores, config, watch, logger);
    const library = openModelLibrary(config);
    const { metrics, tracing, feed, served } = await createMeasuredModels(config, logger, library);
    await served.installed.refresh();
    assertServableAliases(config, served.installed, createFixedSource([]));
    await assertNamedModels(served.router, config);
    const defaultNames = [config.model, toFullModelName(config.model)];
    const isDefault = (name: string) => defaultNames.includes(name);
    const models = createModelService(served.router, isDefault);
    const administration = createModelAdministration({ config, library, served, models, feed, isDefault });
    const compiler = createGrammarWorker();
    const stored = await startStoredCompletions(stores, config, logger);
    const idempotency = await startIdempotency(stores, config, logger);
    const prices = createModelPrices(config.models);
    metering = await startServerMetering(config, stores, prices.list, { watch, logger, metrics });
    readMetricsFrom(metrics, served, metering, watch);
    const reloader = createConfigReloader({ config, load: options.loadConfig, served, prices });
    const configReload = createReload(stores, reloader.reload, logger);
    const pages = await openConsole(config, { keys, findLocalKey, logger });
    const http = createHttpApp(
      {
        ...pages,
        frame: metering.frame,
        admissions: metering.admissions,
        ...createGeneration(served, compiler, config),
        stored,
        models,
        ...administration,
        keys,
        config: configReload,
        upstreams: createUpstreamOverview({ served, config: reloader.current, hide: options.hideSecrets }),
        listSettings: createSettingList(reloader.current),
        idempotency,
        ...createUsageView(stores, reloader.current),
        isStoreAnswering: () => watch.failure === undefined,
        metrics,
        traces: tracing,
        logger,
        version: readVersion(),
        commandName,
        nameCommands: (text) => nameCommands(text, commandName),
      },
      { ...config, pages: toPagesAccess(config) },
    );
    await listen(http, config);
    const addresses = listServerAddresses(http.addresses().filter((address) => typeof address !== 'string'));
    const url = (addresses.find(({ isLoopback }) => isLoopback) ?? addresses[0])?.url ?? '';
    return {
      url,
      addresses,
      firstKey,
      createSignInUrl: () => createSignInUrl(pages.console, url),
      runningRequests: () => served.pool.runningRequests,
      loadModels: () => loadStartModels(served, config, logger),
      reloadConfig: () => reloadForOperator(configReload, logger),
      close: async () => {
        await administration.pulls.close();
        await served.close(config.drainMsMax);
        await compiler.close();
        await closeHttp(http, tracing);
        stored.close();
        await idempotency.close();
        await closeStorage(metering, watch, stores);
      },
    };
  } catch (error) {
    await closeStorage(metering, watch, stores);
    throw error;
  }
}

async function closeStorage(
  metering: ServerMetering | undefined,
  watch: StoreWatch,
  stores: OpenedStores,
): Promise<void> {
  await metering?.close();
  watch.close();
  await stores.close();
}

/** The services that models answer. */
function createGeneration({ router }: ServedModels, compiler: OutputCompiler, config: Config) {
  return {
    chat: createChatService({ router, compiler, ...config }),
    embeddings: createEmbeddingService({ router }),
    tokens: createTokenService({ router, compiler, ...config }),
  };
}

function createReload(
  { keys }: OpenedStores,
  apply: () => Promise<ConfigChange>,
  logger: Logger,
): ConfigReload {
  return createConfigReload({
    apply,
    change: (work) => keys.change(work),
    now: Date.now,
    onAuditFailure: (error) =>
      logger.warn({ err: error }, 'a reload of the configuration is not in the audit log'),
  });
}

/** For a signal, which nothing answers. */
async function reloadForOperator(config: ConfigReload, logger: Logger): Promise<void> {
  try {
    const { changed, needsRestart } = await config.reload(serverActor);
    logger.info({ changed, needsRestart }, 'the configuration was reloaded');
  } catch (error) {
    logger.error({ err: error }, 'the configuration was not reloaded, and nothing changed');
  }
}

function openServerStores(config: Config, watch: StoreWatch, logger: Logger): Promise<OpenedStores> {
  return openStores(config, {
    busyTimeoutMs: serverBusyTimeoutMs,
    watch,
    onConnectionLost: (error) => logger.warn({ err: error }, 'a connection to the database was lost'),
  });
}

async function startIdempotency({ idempotency: store }: OpenedStores, limits: Config, logger: Logger) {
  const service = createIdempotencyService({
    store,
    limits,
    onFailure: createStoreFailureLog(
      logger,
      'the answer to a request with an idempotency key could not be kept',
    ),
  });
  await service.start();
  return service;
}

/** The usage that keys have, for the routes that show it. */
function createUsageView(stores: OpenedStores, config: () => Config) {
  const { usageRetentionDays } = config();
  return {
    readKeyUse: (key: KeyIdentity) => readKeyUse(stores.usage, key, Date.now()),
    reports: createUsageReports({
      store: stores.reports,
      usageRetentionDays,
      aliases: () => config().aliases,
      now: Date.now,
    }),
    currency: () => toCurrency(config().models),
  };
}

function ensureServerKey(stores: OpenedStores, config: Config, watch: StoreWatch, logger: Logger) {
  const { environmentKey } = config;
  const keyFile = openKeyFile(config);
  return ensureFirstKeyInTime({ store: stores.keys, keyFile, environmentKey, now: Date.now }, watch, logger);
}

function createKeys(stores: OpenedStores, config: Config, watch: StoreWatch, logger: Logger) {
  const reportLastUse = createStoreFailureLog(logger, 'the last use of a key was not written');
  return createKeyService({
    store: stores.keys,
    environmentKey: config.environmentKey,
    counts: config,
    keyStaleMsMax: config.keyStaleMsMax,
    now: Date.now,
    suspectStore: (error) => watch.suspect(error),
    onLastUseFailure: (error, keyId) => reportLastUse(error, { keyId }),
  });
}

async function startStoredCompletions(stores: OpenedStores, config: Config, logger: Logger) {
  const report = createStoreFailureLog(logger, 'stored completions could not be written');
  const service = createStoredCompletionService({
    store: stores.completions,
    limits: config,
    now: Date.now,
    onFailure: (error, completionId) => report(error, { completionId }),
  });
  await service.start();
  return service;
}

async function listen(http: ReturnType<typeof createHttpApp>, config: Config): Promise<void> {
  try {
    await http.listen({ host: config.host, port: config.port });
  } catch (error) {
    await http.close();
    throw new ListenError(config, error);
  }
}

/** Cut connections that are still busy this long after the last answer, in milliseconds. */
const closeMsMax = 2000;

async function closeHttp(
  http: ReturnType<typeof createHttpApp>,
  tracing: Tracing | undefined,
): Promise<void> {
  const timer = setTimeout(() => http.server.closeAllConnections(), closeMsMax);
  await http.close();
  clearTimeout(timer);
  await tracing?.close();
}
