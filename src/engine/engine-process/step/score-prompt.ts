// Log-probabilities of the tokens of an echoed prompt.
//
// The logits after each token give the probability of the next one, so the whole prompt is evaluated, without
// the prompt cache. A row of logits is as long as the vocabulary, so pieces are short.
import type { EchoedToken, RankedToken } from '../../../backend/generation-event.ts';
import type { EngineModel } from '../model/engine-model.ts';
import type { PromptScoring } from './prompt-scoring.ts';
import type { StepEntry } from './step-plan.ts';

/** The log-probabilities of the tokens after the evaluated ones. `logitIndexes`: one for each of these. */
export async function scorePrompt(
  { logprobs, vocabulary }: Pick<EngineModel, 'logprobs' | 'vocabulary'>,
  { run, tokens }: Pick<StepEntry, 'run' | 'tokens'>,
  { from, topCount }: PromptScoring,
  start: number,
  logitIndexes: readonly number[],
): Promise<EchoedToken[]> {
  const echoed: EchoedToken[] = [];
  const [first] = run.prompt;
  if (start === 0 && from === 0 && first !== undefined) {
    echoed.push({ ...toShownToken(vocabulary, first), logprob: undefined, top: [] });
  }
  for (const [offset, logitIndex] of logitIndexes.slice(0, tokens.length).entries()) {
    const at = start + offset + 1;
    const token = run.prompt[at];
    if (token !== undefined && at >= from) {
      const { logprob, top } = await logprobs.read(logitIndex, token, topCount);
      echoed.push({ ...toShownToken(vocabulary, token), logprob, top });
    }
  }
  return echoed;
}

/** In a prompt a control token stands by its name, which is part of the text. */
function toShownToken(
  vocabulary: EngineModel['vocabulary'],
  token: number,
): Pick<RankedToken, 'text' | 'bytes'> {
  const own = vocabulary.tokenBytes(token);
  const bytes = own.length === 0 ? new TextEncoder().encode(vocabulary.tokenText(token)) : own;
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), bytes: [...bytes] };
}
