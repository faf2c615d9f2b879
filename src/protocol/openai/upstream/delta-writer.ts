import type { GeneratedTokens, GenerationEvent, TokenLogprob } from '../../../backend/generation-event.ts';
import type { GenerationRequest } from '../../../backend/generation-request.ts';
import { createWholeCharacters } from './whole-characters.ts';

/** Bytes of UTF-8 for each token, where several tokens come in one piece. */
const bytesPerToken = 4;

type Delta = Exclude<GenerationEvent, { readonly type: 'started' | 'echo' | 'finish' }>;

/** Gives out the pieces of one choice, and counts them. */
export interface DeltaWriter {
  writeText(text: string, logprobs: readonly TokenLogprob[]): void;
  writeReasoning(text: string): void;
  write(delta: Delta): void;
  /** A piece of a call. */
  countCall(): void;
  /** What the upstream says of the tokens so far takes the place of the count of pieces. */
  tell(generated: GeneratedTokens): void;
  generated(): GeneratedTokens;
  /** No more comes: gives out what was held of a character that has no end. */
  end(): void;
  /** There is text, and none of the log-probabilities that were asked for. */
  lacksLogprobs(): boolean;
}

export function createDeltaWriter(
  { topLogprobs, reportsUsage = false }: Pick<GenerationRequest, 'topLogprobs' | 'reportsUsage'>,
  emit: (event: GenerationEvent) => void,
): DeltaWriter {
  let answerPieces = 0;
  let answerBytes = 0;
  let reasoningPieces = 0;
  let reasoningBytes = 0;
  let told: GeneratedTokens | undefined;
  let hasText = false;
  let hasLogprobs = false;
  /** Of tokens whose character is not finished. */
  let held: readonly TokenLogprob[] = [];
  const answer = createWholeCharacters();
  const reasoning = createWholeCharacters();

  const generated = (): GeneratedTokens => {
    if (told !== undefined) return told;
    const reasoningTokens = Math.max(reasoningPieces, Math.ceil(reasoningBytes / bytesPerToken));
    const answerTokens = Math.max(answerPieces, Math.ceil(answerBytes / bytesPerToken));
    return { completionTokens: reasoningTokens + answerTokens, reasoningTokens };
  };

  const write = (delta: Delta): void => emit(reportsUsage ? { ...delta, soFar: generated() } : delta);

  const writeReasoning = (text: string): void => {
    if (text === '') return;
    reasoningPieces += 1;
    reasoningBytes += Buffer.byteLength(text);
    write({ type: 'reasoning-delta', text });
  };
  const writeText = (text: string, logprobs: readonly TokenLogprob[]): void => {
    hasLogprobs ||= logprobs.length > 0;
    if (text === '') {
      if (logprobs.length > 0) held = [...held, ...logprobs];
      return;
    }
    hasText = true;
    answerPieces += 1;
    answerBytes += Buffer.byteLength(text);
    if (topLogprobs === undefined) write({ type: 'text-delta', text });
    else write({ type: 'text-delta', text, logprobs: held.length > 0 ? [...held, ...logprobs] : logprobs });
    held = [];
  };

  return {
    write,
    writeText: (text, logprobs) => {
      if (text !== '') writeReasoning(reasoning.end());
      writeText(answer.push(text), logprobs);
    },
    writeReasoning: (text) => writeReasoning(reasoning.push(text)),
    end: () => {
      writeReasoning(reasoning.end());
      writeText(answer.end(), []);
    },
    countCall: () => {
      answerPieces += 1;
    },
    tell: (tokens) => {
      told = tokens;
    },
    generated,
    lacksLogprobs: () => topLogprobs !== undefined && hasText && !hasLogprobs,
  };
}
