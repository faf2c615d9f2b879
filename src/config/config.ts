import { z } from 'zod';
import { isAddressRange } from './is-address-range.ts';
import { isDatabaseUrl } from './is-database-url.ts';
import { isOrigin } from './is-origin.ts';
import { modelsSchema } from './model-settings.ts';
import { boolean, duration, integer, minuteMs, type SettingMeta, setting } from './setting.ts';
import { toList, toMapping } from './spelled-collections.ts';
import { spendingSettings } from './spending-settings.ts';
import { upstreamsSchema } from './upstream-settings.ts';

/** A host, a port and a path without characters that are special in a shell or in source code. */
const publicUrlPattern = /^https?:\/\/(?:[a-z\d.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\/[\w.~-]+)*$/i;

function withoutLastSlash(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\/$/, '') : value;
}

/** Every setting: its flag, its environment variable, its name in config.yaml, its range and its default. */
const settingsSchema = z.strictObject({
  host: setting(z.string().min(1).default('127.0.0.1'), {
    flag: '--host',
    environment: 'GRAVIX_HOST',
    description: 'Address to listen on; by default this machine only',
  }),
  port: setting(integer(0, 65_535).default(4728), {
    flag: '--port',
    environment: 'PORT',
    description: 'Port to listen on; 0 picks a free port',
  }),
  model: setting(z.string().min(1).default('smollm2:135m-instruct-q4_1'), {
    flag: '--model',
    environment: 'GRAVIX_MODEL',
    description: 'Model to load at startup; the first start pulls it',
  }),
  aliases: setting(z.preprocess(toMapping, z.record(z.string().min(1), z.string().min(1))).default({}), {
    flag: '--alias',
    environment: 'GRAVIX_ALIASES',
    description: 'Aliases for models, as NAME=MODEL, separated by commas',
  }),
  preload: setting(z.preprocess(toList, z.array(z.string().min(1))).default([]), {
    flag: '--preload',
    environment: 'GRAVIX_PRELOAD',
    description:
      'More models to load at startup, separated by commas; they stay loaded until memory is needed',
  }),
  pinned: setting(z.preprocess(toList, z.array(z.string().min(1))).default([]), {
    flag: '--pinned',
    environment: 'GRAVIX_PINNED',
    description: 'Models that are never unloaded to make room for others, separated by commas',
  }),
  keepAliveMs: setting(duration(-1, 365 * 24 * 60 * minuteMs).default(5 * minuteMs), {
    flag: '--keep-alive-ms',
    environment: 'GRAVIX_KEEP_ALIVE_MS',
    description:
      'Unload a model that was loaded on demand after this time without requests; -1 keeps it until memory is needed',
  }),
  loadedModelsMax: setting(integer(1, 64).default(4), {
    flag: '--loaded-models-max',
    environment: 'GRAVIX_LOADED_MODELS_MAX',
    description: 'Maximum number of models loaded at the same time',
  }),
  modelMemoryBytesMax: setting(integer(1024 ** 2, Number.MAX_SAFE_INTEGER).optional(), {
    flag: '--model-memory-bytes-max',
    environment: 'GRAVIX_MODEL_MEMORY_BYTES_MAX',
    description:
      "Maximum memory of all loaded models together; by default four fifths of the machine's memory",
  }),
  slots: setting(integer(1, 64).default(4), {
    flag: '--slots',
    environment: 'GRAVIX_SLOTS',
    description: 'Maximum number of requests that a model runs at the same time',
  }),
  contextLength: setting(integer(512, 1_048_576).optional(), {
    flag: '--context-length',
    environment: 'GRAVIX_CONTEXT_LENGTH',
    description:
      'Maximum tokens of prompt and completion in one slot; by default 8192, or less if the model or the memory allows less',
  }),
  threads: setting(integer(1, 256).optional(), {
    flag: '--threads',
    environment: 'GRAVIX_THREADS',
    description: 'Number of engine threads; by default one per physical core',
  }),
  gpu: setting(z.enum(['off', 'cuda', 'vulkan', 'metal']).default('off'), {
    flag: '--gpu',
    environment: 'GRAVIX_GPU',
    description: 'GPU backend of the engine; `gravix gpu` installs its binary. Not tested on a GPU yet',
  }),
  flashAttention: setting(boolean.default(true), {
    flag: '--flash-attention',
    environment: 'GRAVIX_FLASH_ATTENTION',
    description: 'Use flash attention: faster, with slightly different log-probabilities',
  }),
  batchTokensMax: setting(integer(128, 4096).default(512), {
    flag: '--batch-tokens-max',
    environment: 'GRAVIX_BATCH_TOKENS_MAX',
    description: 'Maximum tokens in one batch of the engine',
  }),
  stepMsTarget: setting(duration(20, 2000).default(200), {
    flag: '--step-ms-target',
    environment: 'GRAVIX_STEP_MS_TARGET',
    description:
      'Target duration of an engine step while streams run; it determines how many prompt tokens a step reads',
  }),
  draftTokensMax: setting(integer(0, 31).default(15), {
    flag: '--draft-tokens-max',
    environment: 'GRAVIX_DRAFT_TOKENS_MAX',
    description:
      'Maximum tokens that a step drafts for a request by looking up repeated text in its prompt and answer, which makes repetitive answers faster; 0 turns drafts off',
  }),
  queueLengthMax: setting(integer(0, 100_000).default(256), {
    flag: '--queue-length-max',
    environment: 'GRAVIX_QUEUE_LENGTH_MAX',
    description: 'Maximum number of requests that wait for a slot; more are refused with 503',
  }),
  queueWaitMsMax: setting(duration(1, 60 * minuteMs).default(2 * minuteMs), {
    flag: '--queue-wait-ms-max',
    environment: 'GRAVIX_QUEUE_WAIT_MS_MAX',
    description: 'Maximum time that a request waits for a slot',
  }),
  requestMsMax: setting(duration(100, 24 * 60 * minuteMs).default(10 * minuteMs), {
    flag: '--request-ms-max',
    environment: 'GRAVIX_REQUEST_MS_MAX',
    description: 'Maximum duration of a request, including its wait',
  }),
  maxTokensDefault: setting(integer(0, 10_000_000).default(4096), {
    flag: '--max-tokens-default',
    environment: 'GRAVIX_MAX_TOKENS_DEFAULT',
    description:
      'Maximum tokens of a plain text or schema-less JSON object when the request sets no limit and the model does not reason; 0 allows the whole context',
  }),
  repetitionStop: setting(boolean.default(true), {
    flag: '--repetition-stop',
    environment: 'GRAVIX_REPETITION_STOP',
    description:
      'End an answer that repeats itself if the request sets no token limit; the request field repetition_stop overrides this',
  }),
  showSchema: setting(boolean.default(true), {
    flag: '--show-schema',
    environment: 'GRAVIX_SHOW_SCHEMA',
    description:
      'Show the model the JSON Schema that its answer must match, because a grammar alone yields valid nonsense',
  }),
  structuredAttemptsMax: setting(integer(1, 10).default(3), {
    flag: '--structured-attempts-max',
    environment: 'GRAVIX_STRUCTURED_ATTEMPTS_MAX',
    description:
      'Maximum number of answers generated for a request that is not streamed and whose answer must pass a check',
  }),
  storedCompletionsMax: setting(integer(0, 10_000_000).default(10_000), {
    flag: '--stored-completions-max',
    environment: 'GRAVIX_STORED_COMPLETIONS_MAX',
    description:
      'Maximum number of stored answers, per key and kind (chat completions, responses); the oldest are deleted first; 0 stores none',
  }),
  storedCompletionsMbMax: setting(integer(1, 1_048_576).default(1024), {
    flag: '--stored-completions-mb-max',
    environment: 'GRAVIX_STORED_COMPLETIONS_MB_MAX',
    description: 'Maximum megabytes of stored answers, per key and kind',
  }),
  storedCompletionsDaysMax: setting(integer(1, 36_500).default(30), {
    flag: '--stored-completions-days-max',
    environment: 'GRAVIX_STORED_COMPLETIONS_DAYS_MAX',
    description: 'Days after which a stored answer is deleted',
  }),
  idempotentAnswersMax: setting(integer(0, 10_000_000).default(10_000), {
    flag: '--idempotent-answers-max',
    environment: 'GRAVIX_IDEMPOTENT_ANSWERS_MAX',
    description:
      'Maximum number of stored answers for `Idempotency-Key`, per API key; the oldest are deleted first; 0 stores none',
  }),
  idempotentAnswersMbMax: setting(integer(1, 1_048_576).default(256), {
    flag: '--idempotent-answers-mb-max',
    environment: 'GRAVIX_IDEMPOTENT_ANSWERS_MB_MAX',
    description: 'Maximum megabytes of stored answers for `Idempotency-Key`, per API key',
  }),
  idempotentAnswerBytesMax: setting(integer(1024, 64 * 1024 ** 2).default(8 * 1024 ** 2), {
    flag: '--idempotent-answer-bytes-max',
    environment: 'GRAVIX_IDEMPOTENT_ANSWER_BYTES_MAX',
    description: 'Maximum size of a stored answer for `Idempotency-Key`; a larger answer is not stored',
  }),
  idempotencyKeepMsMax: setting(duration(1000, 30 * 24 * 60 * minuteMs).default(24 * 60 * minuteMs), {
    flag: '--idempotency-keep-ms-max',
    environment: 'GRAVIX_IDEMPOTENCY_KEEP_MS_MAX',
    description: 'How long answers for `Idempotency-Key` are stored, from the start of the request',
  }),
  idempotencyWaitMsMax: setting(duration(0, 60 * minuteMs).default(2 * minuteMs), {
    flag: '--idempotency-wait-ms-max',
    environment: 'GRAVIX_IDEMPOTENCY_WAIT_MS_MAX',
    description:
      'Maximum time that a request waits for the answer to an earlier request with the same `Idempotency-Key`',
  }),
  upstreams: setting(upstreamsSchema.default({}), {
    description: 'Servers that models are served from, by name; only in config.yaml, see the tables below',
    range: 'a mapping of up to 256 names, in lower case, to upstreams',
  }),
  models: setting(modelsSchema.default([]), {
    description: 'Prices and deployments of models; only in config.yaml, see the tables below',
    range: 'a list of up to 1,000 models, each a mapping with a name',
  }),
  ...spendingSettings,
  databaseUrl: setting(z.string().refine(isDatabaseUrl).optional(), {
    environment: 'DATABASE_URL',
    description:
      'URL of a Postgres database for keys and stored answers, shared by several servers; by default the SQLite file `gravix.db` in the data folder',
    range:
      'a URL such as postgres://user:password@host:5432/database, with percent-encoded special characters',
    isSecret: true,
  }),
  databaseConnectionsMax: setting(integer(1, 1000).default(10), {
    flag: '--database-connections-max',
    environment: 'GRAVIX_DATABASE_CONNECTIONS_MAX',
    description: 'Maximum number of connections to the Postgres database; further queries wait',
  }),
  bodyBytesMax: setting(integer(1024, 1024 ** 3).default(10 * 1024 ** 2), {
    flag: '--body-bytes-max',
    environment: 'GRAVIX_BODY_BYTES_MAX',
    description: 'Maximum size of a request body',
  }),
  bodyMsMax: setting(duration(100, 10 * minuteMs).default(30_000), {
    flag: '--body-ms-max',
    environment: 'GRAVIX_BODY_MS_MAX',
    description: 'Maximum time for the headers and body of a request to arrive',
  }),
  corsOrigins: setting(
    z
      .preprocess(toList, z.array(z.string()).max(100))
      .refine((origins) => origins.every((origin) => origin === '*' || isOrigin(origin)))
      .refine((origins) => origins.length < 2 || !origins.includes('*'))
      .default([]),
    {
      flag: '--cors-origins',
      environment: 'GRAVIX_CORS_ORIGINS',
      description:
        'Origins of web pages that may call the API from a browser, separated by commas; `*` allows every page. Requests still need a key',
      range: 'up to 100 exact origins such as https://app.example, or * alone',
    },
  ),
  trustedProxies: setting(
    z
      .preprocess(toList, z.array(z.string()).max(100))
      .refine((ranges) => ranges.every(isAddressRange))
      .default([]),
    {
      flag: '--trusted-proxies',
      environment: 'GRAVIX_TRUSTED_PROXIES',
      description:
        'Addresses or ranges of the proxies whose `X-Forwarded-For`, `-Proto` and `-Host` headers are trusted, separated by commas; none by default',
      range: 'up to 100 addresses or ranges such as 10.0.0.0/8, except a range of all addresses',
    },
  ),
  publicUrl: setting(z.preprocess(withoutLastSlash, z.string().regex(publicUrlPattern)).optional(), {
    flag: '--public-url',
    environment: 'GRAVIX_PUBLIC_URL',
    description:
      'URL at which clients reach this server, used in the samples on its pages; by default the URL of the page request',
    range: 'a URL such as https://llm.example.com or https://example.com/llm',
  }),
  pages: setting(z.enum(['open', 'key']).optional(), {
    flag: '--pages',
    environment: 'GRAVIX_PAGES',
    description:
      'Who may see /models, /docs and /openapi.json: everyone (open), or who sends a valid key (key). By default open where the server listens on loopback only and neither publicUrl nor trustedProxies is set',
  }),
  metrics: setting(z.enum(['key', 'open']).default('key'), {
    flag: '--metrics',
    environment: 'GRAVIX_METRICS',
    description: 'Who may read /metrics: who sends a key with the scope `metrics` (key), or everyone (open)',
  }),
  metricsKeyNames: setting(boolean.default(false), {
    flag: '--metrics-key-names',
    environment: 'GRAVIX_METRICS_KEY_NAMES',
    description:
      'Also count requests and tokens by the names of keys in /metrics: the first 100 names, and all others together',
  }),
  console: setting(boolean.default(true), {
    flag: '--console',
    environment: 'GRAVIX_CONSOLE',
    description:
      'Serve the console at `/`. Its files contain no data and are always open; what it shows needs a key. Without it, `/` is a page of links',
  }),
  keyStaleMsMax: setting(duration(0, 5 * minuteMs).default(5 * minuteMs), {
    flag: '--key-stale-ms-max',
    environment: 'GRAVIX_KEY_STALE_MS_MAX',
    description:
      'Time for which known keys are accepted while the database does not answer; 0 refuses them with 503',
  }),
  connectionsMax: setting(integer(1, 1_000_000).default(4096), {
    flag: '--connections-max',
    environment: 'GRAVIX_CONNECTIONS_MAX',
    description: 'Maximum number of open connections; more are closed immediately',
  }),
  pingMs: setting(duration(100, 10 * minuteMs).default(15_000), {
    flag: '--ping-ms',
    environment: 'GRAVIX_PING_MS',
    description: 'Send a comment line on a stream that has been silent for this long',
  }),
  drainMsMax: setting(duration(0, 60 * minuteMs).default(30_000), {
    flag: '--drain-ms-max',
    environment: 'GRAVIX_DRAIN_MS_MAX',
    description: 'Time that running requests have to finish after SIGTERM',
  }),
  loadMsMax: setting(duration(1000, 60 * minuteMs).default(5 * minuteMs), {
    flag: '--load-ms-max',
    environment: 'GRAVIX_LOAD_MS_MAX',
    description: 'Maximum time to load a model',
  }),
  restartDelayMsMin: setting(duration(1, minuteMs).default(250), {
    flag: '--restart-delay-ms-min',
    environment: 'GRAVIX_RESTART_DELAY_MS_MIN',
    description: 'First pause before a crashed engine restarts; it doubles with each crash',
  }),
  restartDelayMsMax: setting(duration(1, 60 * minuteMs).default(30_000), {
    flag: '--restart-delay-ms-max',
    environment: 'GRAVIX_RESTART_DELAY_MS_MAX',
    description: 'Longest pause before a crashed engine restarts',
  }),
  logLevel: setting(z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'), {
    flag: '--log-level',
    environment: 'GRAVIX_LOG_LEVEL',
    description: 'Log level: debug, info (one access line per request), warn, error or silent',
  }),
  logFormat: setting(z.enum(['auto', 'human', 'json']).default('auto'), {
    flag: '--log-format',
    environment: 'GRAVIX_LOG_FORMAT',
    description:
      'Form of the log and of the messages at the start: readable lines (human), JSON lines (json), or human on a terminal and json elsewhere (auto)',
  }),
  otlpEndpoint: setting(z.url({ protocol: /^https?$/ }).optional(), {
    environment: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    description:
      'URL of an OpenTelemetry collector that gets traces by OTLP over HTTP; by default there are none',
  }),
  otlpServiceName: setting(z.string().min(1).max(255).default('gravix'), {
    environment: 'OTEL_SERVICE_NAME',
    description: 'Name of this service in traces',
  }),
  huggingFaceEndpoint: setting(z.url({ protocol: /^https?$/ }).optional(), {
    environment: 'HF_ENDPOINT',
    description: 'URL of a Hugging Face mirror',
  }),
  ollamaEndpoint: setting(z.url({ protocol: /^https?$/ }).optional(), {
    environment: 'OLLAMA_REGISTRY',
    description: "URL of a mirror of Ollama's registry",
  }),
  diskReserveBytes: setting(integer(0, 1024 ** 4).default(512 * 1024 ** 2), {
    environment: 'GRAVIX_DISK_RESERVE_BYTES',
    description: 'Disk space that a pull leaves free, unless the user confirms less',
  }),
});

export const configSchema = settingsSchema.refine(
  ({ webhookUrl, webhookSecret }) => webhookUrl === undefined || webhookSecret !== undefined,
  { path: ['webhookSecret'] },
);

export type Settings = z.output<typeof configSchema>;

export interface SettingOrigin {
  readonly source: 'file' | 'environment' | 'flag';
  /** Of the variable or the flag; for a file the name of the setting. */
  readonly name: string;
}

/** The settings and the environment of the process. */
export interface Config extends Settings {
  /** GRAVIX_HOME: the data folder. */
  readonly home: string;
  /** The file that was read, if it exists. */
  readonly configFile: string;
  /** Where settings come from; those that are not among them have their defaults. */
  readonly settingOrigins: ReadonlyMap<string, SettingOrigin>;
  /** The keys of upstreams by the upstream's name. Never logged or shown. */
  readonly upstreamKeys: ReadonlyMap<string, string>;
  /** `model` is an installed model, which the server loads at its start. Otherwise other models serve. */
  readonly loadsModel: boolean;
  /** Whether `model` was set explicitly, even to its default. */
  readonly isModelChosen: boolean;
  /** GRAVIXLAYER_API_KEY: accepted as a key when it is set. */
  readonly environmentKey: string | undefined;
  /** HF_TOKEN: sent to Hugging Face's endpoint only. */
  readonly huggingFaceToken: string | undefined;
  /** The proxy variables, used for downloads from registries. */
  readonly proxyEnvironment: Readonly<Record<string, string | undefined>>;
  /** The environment of child processes, without secrets. */
  readonly childEnvironment: Readonly<Record<string, string>>;
}

export function settingMeta(name: keyof Settings): SettingMeta {
  const meta = configSchema.shape[name].meta();
  return {
    description: String(meta?.['description'] ?? ''),
    ...(typeof meta?.['flag'] === 'string' ? { flag: meta['flag'] } : {}),
    ...(typeof meta?.['environment'] === 'string' ? { environment: meta['environment'] } : {}),
    ...(typeof meta?.['range'] === 'string' ? { range: meta['range'] } : {}),
    ...(meta?.['isSecret'] === true ? { isSecret: true } : {}),
  };
}

export const settingNames = Object.keys(configSchema.shape) as (keyof Settings)[];
