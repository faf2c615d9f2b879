import type { GenerationRequest } from '../../../backend/generation-request.ts';
import type { EngineModel } from '../model/engine-model.ts';
import { genericTurnEnd } from './chat-template.ts';

/**
 * A model without a chat template gets its conversation in a generic one. If the end-of-turn sign of that
 * template is not a control token of the model, the model writes it as text and continues with invented
 * turns. For such a model the sign is a stop sequence.
 */
export function addTurnEnd(
  { facts, vocabulary }: Pick<EngineModel, 'facts' | 'vocabulary'>,
  request: GenerationRequest,
): GenerationRequest {
  const { prompt, grammar, ending, stop } = request;
  // A grammar ends an answer. A client that bars the end wants to read on.
  const isFree = prompt.kind === 'chat' && grammar === undefined && !ending.isEndBarred;
  if (!isFree || facts.hasOwnTemplate) return request;
  if (vocabulary.controlTokens.some(({ text }) => text === genericTurnEnd)) return request;
  return { ...request, stop: [...stop, genericTurnEnd] };
}
