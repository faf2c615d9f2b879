import type { FinishReason } from '../../../backend/generation-event.ts';
import { UpstreamFormatError } from './upstream-error.ts';

/** OpenAI's reasons, and other servers' words for the same. */
const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ...['stop', 'eos', 'eos_token', 'end_turn', 'end_of_turn', 'stop_sequence', 'stop_token', 'complete'].map(
    (name) => [name, 'stop'] as const,
  ),
  // vLLM ends an answer that repeats itself with `repetition`, as we do with `length`.
  ...['length', 'max_tokens', 'model_length', 'repetition'].map((name) => [name, 'length'] as const),
  ...['tool_calls', 'tool_call', 'tool_use', 'function_call'].map((name) => [name, 'tool-calls'] as const),
  ...['content_filter', 'safety', 'refusal', 'sensitive'].map((name) => [name, 'content-filter'] as const),
]);

/** Words of servers that gave up: the answer is none. */
const failures: ReadonlySet<string> = new Set([
  'error',
  'abort',
  'aborted',
  'cancelled',
  'insufficient_system_resource',
]);

/**
 * The reason of a chunk or of a whole answer; undefined: it goes on.
 *
 * @throws {UpstreamFormatError} for a failure, and for a word that may mean one
 */
export function readFinishReason(value: unknown): FinishReason | undefined {
  if (value === undefined || value === null || value === '' || value === 'null') return undefined;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  const reason = reasons.get(word);
  if (reason !== undefined) return reason;
  throw new UpstreamFormatError(
    failures.has(word)
      ? 'The upstream gave up an answer.'
      : 'The upstream ended an answer for an unknown reason.',
  );
}
