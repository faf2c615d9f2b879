import type { GenerationRequest } from '../../../backend/generation-request.ts';
import type { EngineModel } from '../model/engine-model.ts';
import { genericTurnEnd } from './chat-template.ts';

/**
 * A model without a template of its own sees its conversation in our generic one. Where the sign that ends a turn there
 * is no control token of the model's, it writes it as text and goes on with turns of its own invention: for such a model
 * the sign is a stop sequence.
 */
export function addTurnEnd(
  { facts, vocabulary }: Pick<EngineModel, 'facts' | 'vocabulary'>,
  request: GenerationRequest,
): GenerationRequest {
  const { prompt, grammar, ending, stop } = request;
  // A grammar ends an answer by itself, and who bars the end wants to read on.
  const isFree = prompt.kind === 'chat' && grammar === undefined && !ending.isEndBarred;
  if (!isFree || facts.hasOwnTemplate) return request;
  if (vocabulary.controlTokens.some(({ text }) => text === genericTurnEnd)) return request;
  return { ...request, stop: [...stop, genericTurnEnd] };
}
