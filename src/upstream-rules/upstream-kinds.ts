/** The servers that have a preset. `openai-compatible` is a server of which nothing else is known. */
export const upstreamKinds = [
  'openai-compatible',
  'vllm',
  'sglang',
  'llama-server',
  'ollama',
  'openai',
  'litellm',
  'gravix',
] as const;

export type UpstreamKind = (typeof upstreamKinds)[number];
