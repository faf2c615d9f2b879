import { z } from 'zod';
import { spelledDuration } from './duration.ts';
import { isAddressRange } from './is-address-range.ts';
import { isDatabaseUrl } from './is-database-url.ts';
import { isOrigin } from './is-origin.ts';

/** Where a setting may be given, and what it means. docs/settings.md is made from these. */
export interface SettingMeta {
  readonly flag?: string;
  readonly environment?: string;
  readonly description: string;
  /** What a value may be, to follow "must be"; only where the schema does not tell it. */
  readonly range?: string;
  /** Never quoted, and not inherited by child processes. */
  readonly isSecret?: boolean;
}

/** A string from a flag or the environment to the number that it spells; anything else is left to the check. */
function spelled(value: unknown): unknown {
  return typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
}

function integer(min: number, max: number) {
  return z.preprocess(spelled, z.number().int().min(min).max(max));
}

/** In milliseconds, or as `5m`, `30s`, `500ms`. */
function duration(min: number, max: number) {
  return z.preprocess(spelledDuration, z.number().int().min(min).max(max));
}

const truths = new Map<unknown, boolean>([
  ['true', true],
  ['1', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['off', false],
]);

const boolean = z.preprocess((value) => truths.get(value) ?? value, z.boolean());

/** `a=b,c=d` from the environment, a list of `a=b` from flags, or a mapping from the file. */
function toMapping(value: unknown): unknown {
  const texts = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(texts)) {
    return value;
  }
  const pairs = texts.flatMap((text: unknown) => String(text).split(','));
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

/** `a,b` from the environment, a list from repeated flags or the file. */
function toList(value: unknown): unknown {
  const texts = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(texts)) {
    return value;
  }
  return texts.flatMap((text: unknown) => String(text).split(',')).map((text) => text.trim());
}

/** A host, a port and a path of letters that no shell and no program's text takes for something else. */
const publicUrlPattern = /^https?:\/\/(?:[a-z\d.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\/[\w.~-]+)*$/i;

function withoutLastSlash(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\/$/, '') : value;
}

function setting<T extends z.ZodType>(schema: T, meta: SettingMeta): T {
  return schema.meta({ ...meta });
}

const minuteMs = 60_000;

/** Every setting: its flag, its environment variable, its name in config.yaml, its range and its default. */
export const configSchema = z.strictObject({
  host: setting(z.string().min(1).default('127.0.0.1'), {
    flag: '--host',
    environment: 'GRAVIX_HOST',
    description: 'Address to listen on; loopback unless asked otherwise',
  }),
  port: setting(integer(0, 65_535).default(4728), {
    flag: '--port',
    environment: 'PORT',
    description: 'Port to listen on; 0 takes a free one',
  }),
  model: setting(z.string().min(1).default('smollm2:135m-instruct-q4_1'), {
    flag: '--model',
    environment: 'GRAVIX_MODEL',
    description: 'Model to serve; pulled at the first start',
  }),
  aliases: setting(z.preprocess(toMapping, z.record(z.string().min(1), z.string().min(1))).default({}), {
    flag: '--alias',
    environment: 'GRAVIX_ALIASES',
    description: 'Other names for models, NAME=MODEL, separated by commas',
  }),
  preload: setting(z.preprocess(toList, z.array(z.string().min(1))).default([]), {
    flag: '--preload',
    environment: 'GRAVIX_PRELOAD',
    description:
      'More models to load at the start, separated by commas; like the first one they stay until memory is needed',
  }),
  pinned: setting(z.preprocess(toList, z.array(z.string().min(1))).default([]), {
    flag: '--pinned',
    environment: 'GRAVIX_PINNED',
    description: 'Models that never make room for another once they are loaded, separated by commas',
  }),
  keepAliveMs: setting(duration(-1, 365 * 24 * 60 * minuteMs).default(5 * minuteMs), {
    flag: '--keep-alive-ms',
    environment: 'GRAVIX_KEEP_ALIVE_MS',
    description:
      'Time that a model loaded on demand stays without a request; -1 keeps it until memory is needed',
  }),
  loadedModelsMax: setting(integer(1, 64).default(4), {
    flag: '--loaded-models-max',
    environment: 'GRAVIX_LOADED_MODELS_MAX',
    description: 'Models loaded at the same time',
  }),
  modelMemoryBytesMax: setting(integer(1024 ** 2, Number.MAX_SAFE_INTEGER).optional(), {
    flag: '--model-memory-bytes-max',
    environment: 'GRAVIX_MODEL_MEMORY_BYTES_MAX',
    description: 'Memory that all loaded models may take together; by default four fifths of the machine',
  }),
  slots: setting(integer(1, 64).default(4), {
    flag: '--slots',
    environment: 'GRAVIX_SLOTS',
    description: 'Requests generated at the same time',
  }),
  contextLength: setting(integer(512, 1_048_576).optional(), {
    flag: '--context-length',
    environment: 'GRAVIX_CONTEXT_LENGTH',
    description:
      'Tokens of prompt and completion in one slot; by default the least of the trained length, 8192 and what memory allows',
  }),
  threads: setting(integer(1, 256).optional(), {
    flag: '--threads',
    environment: 'GRAVIX_THREADS',
    description: 'Threads of the engine; by default one for each physical core',
  }),
  gpu: setting(z.enum(['off', 'cuda', 'vulkan', 'metal']).default('off'), {
    flag: '--gpu',
    environment: 'GRAVIX_GPU',
    description:
      'What the engine computes on beside the CPU; `gravix gpu` adds the binary for it. Not tested on a GPU yet',
  }),
  flashAttention: setting(boolean.default(true), {
    flag: '--flash-attention',
    environment: 'GRAVIX_FLASH_ATTENTION',
    description: 'Flash attention: faster, with slightly different log-probabilities',
  }),
  batchTokensMax: setting(integer(128, 4096).default(512), {
    flag: '--batch-tokens-max',
    environment: 'GRAVIX_BATCH_TOKENS_MAX',
    description: 'Tokens in one batch of the engine',
  }),
  stepMsTarget: setting(duration(20, 2000).default(200), {
    flag: '--step-ms-target',
    environment: 'GRAVIX_STEP_MS_TARGET',
    description: 'Time that one engine step may take while streams run; sets the size of prefill pieces',
  }),
  draftTokensMax: setting(integer(0, 31).default(15), {
    flag: '--draft-tokens-max',
    environment: 'GRAVIX_DRAFT_TOKENS_MAX',
    description:
      'Tokens that one step may draft for a request from its prompt and answer, to be faster where these repeat; 0 is off',
  }),
  queueLengthMax: setting(integer(0, 100_000).default(256), {
    flag: '--queue-length-max',
    environment: 'GRAVIX_QUEUE_LENGTH_MAX',
    description: 'Requests that may wait for a slot; more are answered with 503',
  }),
  queueWaitMsMax: setting(duration(1, 60 * minuteMs).default(2 * minuteMs), {
    flag: '--queue-wait-ms-max',
    environment: 'GRAVIX_QUEUE_WAIT_MS_MAX',
    description: 'Time that a request may wait for a slot',
  }),
  requestMsMax: setting(duration(100, 24 * 60 * minuteMs).default(10 * minuteMs), {
    flag: '--request-ms-max',
    environment: 'GRAVIX_REQUEST_MS_MAX',
    description: 'Time that a request may take in all',
  }),
  maxTokensDefault: setting(integer(0, 10_000_000).default(4096), {
    flag: '--max-tokens-default',
    environment: 'GRAVIX_MAX_TOKENS_DEFAULT',
    description:
      'Tokens of a text whose request does not say how many, of a model that does not think; 0: until the context is full',
  }),
  repetitionStop: setting(boolean.default(true), {
    flag: '--repetition-stop',
    environment: 'GRAVIX_REPETITION_STOP',
    description:
      'End an answer that repeats itself, where its request does not say how long it may be; the request field repetition_stop goes first',
  }),
  showSchema: setting(boolean.default(true), {
    flag: '--show-schema',
    environment: 'GRAVIX_SHOW_SCHEMA',
    description:
      'Show the model the JSON Schema that its answer must match; a grammar alone yields valid nonsense',
  }),
  structuredAttemptsMax: setting(integer(1, 10).default(3), {
    flag: '--structured-attempts-max',
    environment: 'GRAVIX_STRUCTURED_ATTEMPTS_MAX',
    description: 'Answers made at most for one plain request whose answer must pass a check',
  }),
  storedCompletionsMax: setting(integer(0, 10_000_000).default(10_000), {
    flag: '--stored-completions-max',
    environment: 'GRAVIX_STORED_COMPLETIONS_MAX',
    description:
      'Chat completions, and responses, kept for each key that asks for it, the newest ones; 0 keeps none',
  }),
  storedCompletionsMbMax: setting(integer(1, 1_048_576).default(1024), {
    flag: '--stored-completions-mb-max',
    environment: 'GRAVIX_STORED_COMPLETIONS_MB_MAX',
    description: 'Megabytes of them, of each kind for each key',
  }),
  storedCompletionsDaysMax: setting(integer(1, 36_500).default(30), {
    flag: '--stored-completions-days-max',
    environment: 'GRAVIX_STORED_COMPLETIONS_DAYS_MAX',
    description: 'Days that they are kept',
  }),
  databaseUrl: setting(z.string().refine(isDatabaseUrl).optional(), {
    environment: 'DATABASE_URL',
    description:
      'Postgres database that keeps keys and stored answers, for several servers together; by default the SQLite file `gravix.db` of the data folder',
    range:
      "an address such as postgres://user:password@host:5432/database, in which a password's special characters are percent-encoded",
    isSecret: true,
  }),
  databaseConnectionsMax: setting(integer(1, 1000).default(10), {
    flag: '--database-connections-max',
    environment: 'GRAVIX_DATABASE_CONNECTIONS_MAX',
    description: 'Connections to the Postgres database; further queries wait for one',
  }),
  bodyBytesMax: setting(integer(1024, 1024 ** 3).default(10 * 1024 ** 2), {
    flag: '--body-bytes-max',
    environment: 'GRAVIX_BODY_BYTES_MAX',
    description: 'Size of a request body',
  }),
  bodyMsMax: setting(duration(100, 10 * minuteMs).default(30_000), {
    flag: '--body-ms-max',
    environment: 'GRAVIX_BODY_MS_MAX',
    description: 'Time for a request to arrive, headers and body',
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
        'Web pages that may call the API from a browser, by their origins, separated by commas; `*` lets every page, which still needs a key',
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
        'Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed, by their addresses or ranges, separated by commas; none by default',
      range: 'up to 100 addresses or ranges such as 10.0.0.0/8, not of all addresses',
    },
  ),
  publicUrl: setting(z.preprocess(withoutLastSlash, z.string().regex(publicUrlPattern)).optional(), {
    flag: '--public-url',
    environment: 'GRAVIX_PUBLIC_URL',
    description:
      'Address at which clients reach this server, for the samples of its pages; by default the one that a page was asked for',
    range: 'an address such as https://llm.example.com or https://example.com/llm',
  }),
  connectionsMax: setting(integer(1, 1_000_000).default(4096), {
    flag: '--connections-max',
    environment: 'GRAVIX_CONNECTIONS_MAX',
    description: 'Open connections; more are closed at once',
  }),
  pingMs: setting(duration(100, 10 * minuteMs).default(15_000), {
    flag: '--ping-ms',
    environment: 'GRAVIX_PING_MS',
    description: 'A stream that is silent for this long gets a comment line',
  }),
  drainMsMax: setting(duration(0, 60 * minuteMs).default(30_000), {
    flag: '--drain-ms-max',
    environment: 'GRAVIX_DRAIN_MS_MAX',
    description: 'Time that running requests get to finish at SIGTERM',
  }),
  loadMsMax: setting(duration(1000, 60 * minuteMs).default(5 * minuteMs), {
    flag: '--load-ms-max',
    environment: 'GRAVIX_LOAD_MS_MAX',
    description: 'Time that loading a model may take',
  }),
  restartDelayMsMin: setting(duration(1, minuteMs).default(250), {
    flag: '--restart-delay-ms-min',
    environment: 'GRAVIX_RESTART_DELAY_MS_MIN',
    description: 'First pause before a crashed engine starts again; doubles with each crash',
  }),
  restartDelayMsMax: setting(duration(1, 60 * minuteMs).default(30_000), {
    flag: '--restart-delay-ms-max',
    environment: 'GRAVIX_RESTART_DELAY_MS_MAX',
    description: 'Longest pause before a crashed engine starts again',
  }),
  logLevel: setting(z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'), {
    flag: '--log-level',
    environment: 'GRAVIX_LOG_LEVEL',
    description: 'debug, info (an access line for each request), warn, error or silent',
  }),
  huggingFaceEndpoint: setting(z.url({ protocol: /^https?$/ }).optional(), {
    environment: 'HF_ENDPOINT',
    description: 'Another address for Hugging Face, for mirrors',
  }),
  ollamaEndpoint: setting(z.url({ protocol: /^https?$/ }).optional(), {
    environment: 'OLLAMA_REGISTRY',
    description: "Another address for Ollama's registry, for mirrors",
  }),
  diskReserveBytes: setting(integer(0, 1024 ** 4).default(512 * 1024 ** 2), {
    environment: 'GRAVIX_DISK_RESERVE_BYTES',
    description: 'Space on the disk that a pull leaves free unless a person agrees to less',
  }),
});

export type Settings = z.output<typeof configSchema>;

/** Settings, and what is known of the surroundings. */
export interface Config extends Settings {
  /** GRAVIX_HOME: the data folder. */
  readonly home: string;
  /** Whether somebody chose `model`, be it the default one. */
  readonly isModelChosen: boolean;
  /** GRAVIXLAYER_API_KEY: accepted as a key when it is set. */
  readonly environmentKey: string | undefined;
  /** HF_TOKEN: sent to Hugging Face's endpoint and to nobody else. */
  readonly huggingFaceToken: string | undefined;
  /** The variables that name proxies, for what is fetched from registries. */
  readonly proxyEnvironment: Readonly<Record<string, string | undefined>>;
  /** What child processes inherit: no secrets. */
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
