import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import type { EchoedToken } from '../../../backend/generation-event.ts';
import type { ChunkFold } from '../shared/chunk-fold.ts';
import { toStopReason } from '../shared/stop-reason.ts';
import { createUsageMeter } from '../shared/usage-meter.ts';
import {
  type CompletionAnswer,
  type CompletionChunk,
  type CompletionEnvelope,
  toCompletionFinishReason,
} from './completion.ts';
import { type CompletionLogprobsWriter, createCompletionLogprobsWriter } from './completion-logprobs.ts';
import { sumPrompts } from './to-completion.ts';

export interface CompletionChunkOptions extends CompletionAnswer {
  readonly topCount: number;
  /** End with a chunk that has no choices and the usage. */
  readonly includeUsage: boolean;
  /** Every chunk has the usage so far. */
  readonly reportsUsage?: boolean;
}

/** The streamed answer: the chunks of all choices of all prompts. */
export function createCompletionChunkFold(
  envelope: CompletionEnvelope,
  {
    promptCount,
    choiceCount,
    logprobs,
    topCount,
    includeUsage,
    reportsUsage = false,
  }: CompletionChunkOptions,
): ChunkFold<CompletionChunk> {
  const meter = createUsageMeter();
  const toUsage = () => {
    const usages = meter.list(promptCount * choiceCount);
    const groups = Array.from({ length: promptCount }, (_, prompt) =>
      usages.slice(prompt * choiceCount, (prompt + 1) * choiceCount),
    );
    return sumPrompts(groups, envelope.toCost);
  };
  const toChunk = (choices: CompletionChunk['choices']): CompletionChunk => ({
    id: envelope.id,
    object: 'text_completion',
    created: envelope.createdAtSeconds,
    model: envelope.model,
    system_fingerprint: envelope.systemFingerprint,
    choices,
    ...(reportsUsage ? { usage: toUsage() } : includeUsage ? { usage: null } : {}),
  });
  const writers = new Map<number, CompletionLogprobsWriter>();
  const write = (choice: number, tokens: readonly EchoedToken[]) => {
    const writer = writers.get(choice) ?? createCompletionLogprobsWriter(topCount);
    writers.set(choice, writer);
    return writer.write(tokens);
  };
  let open = promptCount * choiceCount;
  const toChunks = ({ choice: index, event }: ChoiceEvent): CompletionChunk[] => {
    switch (event.type) {
      case 'echo':
      case 'text-delta': {
        const reported = logprobs ? write(index, event.logprobs ?? []) : null;
        return [toChunk([{ index, text: event.text, logprobs: reported, finish_reason: null }])];
      }
      case 'started':
      // A raw prompt has no reasoning and no calls.
      case 'reasoning-delta':
      case 'tool-call-start':
      case 'tool-call-delta':
        return [];
      case 'finish': {
        open -= 1;
        const reason = toCompletionFinishReason(event.reason);
        const last = toChunk([
          { index, text: '', logprobs: null, finish_reason: reason, ...toStopReason(event) },
        ]);
        return includeUsage && open === 0 ? [last, { ...toChunk([]), usage: toUsage() }] : [last];
      }
    }
  };
  return {
    push: (event) => {
      meter.note(event.choice, event.event);
      return toChunks(event);
    },
  };
}
