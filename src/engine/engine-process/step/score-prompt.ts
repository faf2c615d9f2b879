// Log-probabilities of a prompt's own tokens, for the echo of a prompt.
//
// The logits behind each token say how likely the next one was, so all of the prompt is evaluated: nothing of it is
// taken from the prompt cache. A row of logits is as long as the vocabulary, so that pieces are short.
import type { EchoedToken, RankedToken } from '../../../backend/generation-event.ts';
import type { EngineModel } from '../model/engine-model.ts';
import type { PromptScoring } from './prompt-scoring.ts';
import type { StepEntry } from './step-plan.ts';

/** What a step says of the tokens behind those that it evaluated. `logitIndexes`: one for each of these. */
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
