import { type GenerationPrompt, plainRules } from '../../../backend/generation-request.ts';
import type { OutputFormat } from '../../../backend/output-format.ts';
import type { RequestedGeneration } from '../../../backend/requested-generation.ts';
import { withoutOutputFields } from '../chat/response-format.ts';
import { toEndingRules } from '../shared/ending-fields.ts';
import type { PromptInput } from '../shared/prompt-input.ts';
import { reportsUsage } from '../shared/stream-fields.ts';
import { toSampling } from '../shared/to-sampling.ts';
import { type CompletionRequest, completionTokensDefault } from './completion-request.ts';

/** The request for the first prompt; `furtherPrompts` are generated from as it is. */
export interface CompletionGenerations {
  readonly generation: RequestedGeneration;
  readonly furtherPrompts: readonly GenerationPrompt[];
  /** Answers to make to each prompt. */
  readonly choiceCount: number;
}

/** @param prompts at least one. `id` is the completion's, so that logs of the service and of the backend meet. */
export function toCompletionGenerations(
  request: CompletionRequest,
  prompts: readonly PromptInput[],
  id: string,
  outputFormat: OutputFormat | undefined,
): CompletionGenerations {
  const {
    // Which model answers is settled before a backend sees the request.
    model: _model,
    stream: _stream,
    stream_options: _streamOptions,
    // Read by the parser.
    prompt: _prompt,
    // Hints.
    priority: _priority,
    id_slot: _idSlot,
    n,
    best_of: bestOf,
    suffix,
    echo,
    logprobs,
    stop,
    max_tokens: maxTokens,
    max_completion_tokens: maxCompletionTokens,
    min_tokens,
    ignore_eos,
    repetition_stop,
    stop_token_ids,
    user,
    prompt_cache_key: cacheKey,
    ...sampling
  } = withoutOutputFields(request);
  const isEchoed = echo === true;
  const [prompt = toPrompt('', suffix, isEchoed), ...furtherPrompts] = prompts.map((input) =>
    toPrompt(input, suffix, isEchoed),
  );
  const choiceCount = bestOf ?? n ?? 1;
  // The best answers are the ones with the most likely tokens.
  const topLogprobs = choiceCount > (n ?? 1) ? (logprobs ?? 0) : (logprobs ?? undefined);
  return {
    generation: {
      id,
      cacheKey: cacheKey ?? user ?? undefined,
      isFurtherChoice: false,
      prompt,
      sampling: toSampling(sampling),
      maxTokens: maxTokens ?? maxCompletionTokens ?? undefined,
      maxTokensDefault: completionTokensDefault,
      topLogprobs,
      stop: typeof stop === 'string' ? [stop] : (stop ?? undefined),
      outputFormat,
      grammar: undefined,
      toolUse: undefined,
      ...plainRules,
      ending: toEndingRules({ min_tokens, ignore_eos, stop_token_ids }),
      ...(reportsUsage(request) ? { reportsUsage: true } : {}),
      ...(typeof repetition_stop === 'boolean' ? { endsLoops: repetition_stop } : {}),
    },
    furtherPrompts,
    choiceCount,
  };
}

function toPrompt(
  input: PromptInput,
  suffix: string | null | undefined,
  isEchoed: boolean,
): GenerationPrompt {
  return typeof input === 'string'
    ? { kind: 'text', text: input, suffix: suffix || undefined, isEchoed }
    : { kind: 'tokens', tokens: input, isEchoed };
}
