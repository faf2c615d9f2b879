/** How busy a server is, as its metrics say. undefined: they don't. */
export interface UpstreamMetrics {
  readonly running: number | undefined;
  readonly waiting: number | undefined;
  /** The share of the KV cache in use, 0 to 1. */
  readonly cacheUse: number | undefined;
}

const runningNames = ['vllm:num_requests_running', 'sglang:num_running_reqs', 'llamacpp:requests_processing'];
const waitingNames = ['vllm:num_requests_waiting', 'sglang:num_queue_reqs', 'llamacpp:requests_deferred'];
const cacheNames = [
  'vllm:kv_cache_usage_perc',
  'vllm:gpu_cache_usage_perc',
  'sglang:token_usage',
  'llamacpp:kv_cache_usage_ratio',
];

/**
 * Reads the text of `GET metrics`, in the form of Prometheus. Of a gauge with several lines, one for each engine or model,
 * requests are summed, and the fullest cache counts.
 */
export function readUpstreamMetrics(text: string): UpstreamMetrics {
  const wanted = new Set([...runningNames, ...waitingNames, ...cacheNames]);
  const found = new Map<string, number[]>();
  for (const line of text.split('\n')) {
    const match = /^([a-z]+:[a-z_]+)(?:\{.*\})?\s+(\S+)/.exec(line);
    const [, name = '', digits = ''] = match ?? [];
    const value = Number(digits);
    if (!wanted.has(name) || !Number.isFinite(value) || value < 0) continue;
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  const first = (names: readonly string[]) =>
    names.map((name) => found.get(name)).find((values) => values !== undefined);
  const sum = (values: readonly number[] | undefined) => values?.reduce((total, one) => total + one, 0);
  const cache = first(cacheNames);
  return {
    running: sum(first(runningNames)),
    waiting: sum(first(waitingNames)),
    cacheUse: cache && Math.min(1, Math.max(...cache)),
  };
}
