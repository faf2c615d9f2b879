/**
 * Parameters that vLLM and llama-server add to chat and text completions and that Gravix does not support,
 * each with its values without an effect. Other values are refused, because the answer would not be the
 * requested one. vLLM: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, llama-server:
 * https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export const serverNeutralValues = {
  allowed_token_ids: [],
  bad_words: [[]],
  cache_salt: [],
  dry_multiplier: [0],
  dynatemp_range: [0],
  grammar_lazy: [false],
  include_stop_str_in_output: [false],
  logits_processors: [[]],
  lora: [[]],
  min_keep: [0],
  mirostat: [0],
  n_indent: [0],
  n_predict: [-1],
  n_probs: [0],
  post_sampling_probs: [false],
  repeat_last_n: [-1],
  return_progress: [false],
  return_token_ids: [false],
  return_tokens: [false],
  return_tokens_as_token_ids: [false],
  samplers: [],
  skip_special_tokens: [true],
  // They say something only where control tokens are shown.
  spaces_between_special_tokens: [true, false],
  t_max_predict_ms: [0, -1],
  timings_per_token: [false],
  top_n_sigma: [0, -1],
  truncate_prompt_tokens: [],
  typical_p: [1],
  xtc_probability: [0],
} as const;
