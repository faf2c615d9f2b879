import { z } from 'zod';
import type { FinishEvent } from '../../../backend/generation-event.ts';

/**
 * A field of a choice that OpenAI's API has not. vLLM has it, with null or the id of a token in other choices. Ours is in
 * the choices that a stop sequence ended only, so all others look as OpenAI's do.
 */
export const stopReasonSchema = z
  .string()
  .optional()
  .describe("The stop sequence that ended the choice, under vLLM's name. Absent if none did.");

export function toStopReason({ reason, stopSequence }: FinishEvent): { stop_reason?: string } {
  return reason === 'stop' && stopSequence !== undefined ? { stop_reason: stopSequence } : {};
}
