// What applies where the settings of an upstream say nothing.

/** How long parts of a request may take, in milliseconds. */
export const timeoutDefaults = {
  connectMs: 5000,
  firstTokenMs: 120_000,
  betweenChunksMs: 60_000,
  totalMs: 600_000,
} as const;

/** Time between two probes, in milliseconds. */
export const probeMsDefault = 15_000;

/** The name of the fairness id in the Gateway API's inference extension, which llm-d follows. */
export const projectHeaderDefault = 'x-gateway-inference-fairness-id';
