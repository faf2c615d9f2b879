// The name, the kind and the labels of each metric. Those that begin with `gen_ai_` are the metrics of OpenTelemetry's
// semantic conventions for generative AI, v0.1.0, as an OpenTelemetry collector names them for Prometheus: dots become
// underscores, and the unit and `_total` come last.

export type MetricKind = 'histogram' | 'counter' | 'gauge';

export interface MetricShape {
  readonly kind: MetricKind;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

/** The buckets that the conventions ask for, in seconds. */
const durationBuckets = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const firstTokenBuckets = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
const outputTokenBuckets = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
/** Ours, in seconds. */
const overheadBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const waitBuckets = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

const serverLabels = ['gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model'] as const;
const clientLabels = [...serverLabels, 'upstream'] as const;

export const metricShapes = {
  gen_ai_server_request_duration_seconds: {
    kind: 'histogram',
    help: 'Duration of a request to a model, from its validated body to the end of its answer.',
    labels: [...serverLabels, 'error_type'],
    buckets: durationBuckets,
  },
  gen_ai_server_time_to_first_token_seconds: {
    kind: 'histogram',
    help: 'Time from a validated request to the first token of its first answer.',
    labels: serverLabels,
    buckets: firstTokenBuckets,
  },
  gen_ai_server_time_per_output_token_seconds: {
    kind: 'histogram',
    help: 'Mean time between two tokens of an answer, once for each request with two tokens or more.',
    labels: serverLabels,
    buckets: outputTokenBuckets,
  },
  gen_ai_client_inference_duration_seconds: {
    kind: 'histogram',
    help: 'Duration of a request to an upstream, from sending it to the end of its answer or its failure.',
    labels: [...clientLabels, 'error_type'],
    buckets: durationBuckets,
  },
  gen_ai_client_inference_time_to_first_chunk_seconds: {
    kind: 'histogram',
    help: 'Time from sending a streamed request to an upstream to the first text, reasoning or call of its answer.',
    labels: clientLabels,
    buckets: durationBuckets,
  },
  gen_ai_client_inference_time_per_output_chunk_seconds: {
    kind: 'histogram',
    help: 'Time between two chunks of a streamed answer of an upstream. All chunks of one answer count with its mean.',
    labels: clientLabels,
    buckets: durationBuckets,
  },
  gen_ai_client_inference_usage_input_tokens_total: {
    kind: 'counter',
    help: 'Prompt tokens that upstreams reported.',
    labels: clientLabels,
  },
  gen_ai_client_inference_usage_output_tokens_total: {
    kind: 'counter',
    help: 'Completion tokens that upstreams reported, reasoning included.',
    labels: clientLabels,
  },
  gen_ai_client_inference_usage_cache_read_input_tokens_total: {
    kind: 'counter',
    help: 'Prompt tokens that upstreams found in their caches.',
    labels: clientLabels,
  },
  gen_ai_client_inference_usage_reasoning_output_tokens_total: {
    kind: 'counter',
    help: 'Completion tokens that upstreams reported as reasoning.',
    labels: clientLabels,
  },
  gravix_http_responses_total: {
    kind: 'counter',
    help: 'Answers to HTTP requests, by route and status. 499: the client left before the answer began.',
    labels: ['route', 'status'],
  },
  gravix_requests_running: {
    kind: 'gauge',
    help: 'Requests that a model is answering. A model in memory that a configured model uses counts for both names.',
    labels: ['model'],
  },
  gravix_requests_waiting: {
    kind: 'gauge',
    help: 'Requests that wait for a slot, a deployment, or for the model to be loaded.',
    labels: ['model'],
  },
  gravix_slots: {
    kind: 'gauge',
    help: 'Requests that a model can answer at the same time, where that is known.',
    labels: ['model'],
  },
  gravix_kv_cache_usage_ratio: {
    kind: 'gauge',
    help: 'Share of the KV cache that running requests fill, 0 to 1, where that is known.',
    labels: ['model'],
  },
  gravix_queue_time_seconds: {
    kind: 'histogram',
    help: 'Time that a request waited in the queue of its model.',
    labels: ['model'],
    buckets: waitBuckets,
  },
  gravix_request_overhead_seconds: {
    kind: 'histogram',
    help: 'Time from the arrival of a request to its first word to a backend: key, body, limits, compiled schemas.',
    labels: [],
    buckets: overheadBuckets,
  },
  gravix_prompt_tokens_total: {
    kind: 'counter',
    help: 'Prompt tokens of all attempts at answers.',
    labels: ['model'],
  },
  gravix_prompt_cache_hit_tokens_total: {
    kind: 'counter',
    help: 'Prompt tokens that were in a prompt cache; part of gravix_prompt_tokens_total.',
    labels: ['model'],
  },
  gravix_generation_tokens_total: {
    kind: 'counter',
    help: 'Completion tokens of all attempts at answers.',
    labels: ['model'],
  },
  gravix_limit_refusals_total: {
    kind: 'counter',
    help: 'Requests that a limit (rate_limit) or a budget (budget) of a key or project refused.',
    labels: ['reason'],
  },
  gravix_key_requests_total: {
    kind: 'counter',
    help: 'Requests to models by the name of their key; only with the setting metricsKeyNames.',
    labels: ['key_name'],
  },
  gravix_key_tokens_total: {
    kind: 'counter',
    help: 'Prompt and completion tokens by the name of the key; only with the setting metricsKeyNames.',
    labels: ['key_name'],
  },
  gravix_models_loaded: { kind: 'gauge', help: 'Models in memory.', labels: [] },
  gravix_model_loads_total: {
    kind: 'counter',
    help: 'Loads of models into memory, by result.',
    labels: ['result'],
  },
  gravix_pulls_total: {
    kind: 'counter',
    help: 'Pulls of models through this server, by result.',
    labels: ['result'],
  },
  gravix_pulls_running: { kind: 'gauge', help: 'Pulls of models that are under way.', labels: [] },
  gravix_engine_restarts_total: {
    kind: 'counter',
    help: 'Crashes of engine processes; each is followed by a restart.',
    labels: ['model'],
  },
  gravix_breaker_open: {
    kind: 'gauge',
    help: 'Whether requests are kept from a place of a deployment: 1, or 0.',
    labels: ['model', 'deployment', 'place'],
  },
  gravix_database_up: { kind: 'gauge', help: 'Whether the database answers: 1, or 0.', labels: [] },
  gravix_ledger_waiting_rows: {
    kind: 'gauge',
    help: 'Requests that ended and whose row is not in the ledger yet.',
    labels: [],
  },
  gravix_ledger_lag_seconds: {
    kind: 'gauge',
    help: 'How long ago the oldest of these requests ended; 0 without one.',
    labels: [],
  },
  gravix_build_info: {
    kind: 'gauge',
    help: 'Always 1. Its labels are the versions of Gravix and of Node.',
    labels: ['version', 'node_version'],
  },
} as const satisfies Record<string, MetricShape>;

export type MetricName = keyof typeof metricShapes;
