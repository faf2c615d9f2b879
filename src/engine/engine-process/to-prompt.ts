import type { ChatMessage } from '../../backend/generation-request.ts';
import type { EngineModel } from './engine-model.ts';

/** A conversation to the tokens that the model sees. */
export function toPrompt(model: EngineModel, messages: readonly ChatMessage[]): Uint32Array {
  const shield = model.tokenizer.createShield();
  const hidden = messages.map(({ role, text }) => ({ role, text: shield.hide(text) }));
  return model.tokenizer.toTokens(model.template.render(hidden), shield);
}
