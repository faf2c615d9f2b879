import type { EchoEvent, EchoedToken, TokenLogprob } from '../../../backend/generation-event.ts';
import type { TextPrompt, TokenPrompt } from '../../../backend/generation-request.ts';
import type { PlacedToken } from './read-upstream-logprobs.ts';

/** What is left of a chunk without the prompt in it. */
export interface GeneratedPart {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
}

/** Separates the prompt, with which an upstream begins an echoed answer, from what was generated. */
export interface EchoReader {
  /** `promptTokens`: as many as the upstream counts; undefined: not told. */
  read(text: string, tokens: readonly PlacedToken[], promptTokens: number | undefined): GeneratedPart;
}

export function createEchoReader(
  prompt: TextPrompt | TokenPrompt,
  isStreamed: boolean,
  emit: (event: EchoEvent) => void,
): EchoReader {
  const promptText = prompt.kind === 'text' ? prompt.text : undefined;
  /** UTF-16 code units of the prompt that are still to come; undefined: the first text is the prompt. */
  let left = promptText?.length;
  let isTextEmitted = false;
  let isOver = false;
  let echoedTokens = 0;

  const emitEcho = (text: string, tokens: readonly PlacedToken[]): void => {
    if (text === '' && tokens.length === 0) return;
    const shown = isTextEmitted ? '' : (promptText ?? text);
    isTextEmitted = true;
    echoedTokens += tokens.length;
    emit({
      type: 'echo',
      text: shown,
      ...(tokens.length === 0 ? {} : { logprobs: tokens.map(({ token }) => token) }),
    });
  };

  return {
    read: (text, tokens, promptTokens) => {
      if (isOver) return { text, logprobs: tokens.map(toGenerated) };
      const counted = promptTokens === undefined ? undefined : Math.max(promptTokens - echoedTokens, 0);
      const echoed =
        left === undefined ? toFirstText(text, tokens, counted, isStreamed) : text.slice(0, left);
      if (text !== '') left = (left ?? echoed.length) - echoed.length;
      const rest = text.slice(echoed.length);
      isOver = rest !== '';
      const split = isOver ? (echoed === '' ? 0 : countEchoed(tokens, counted, promptText)) : tokens.length;
      emitEcho(echoed, tokens.slice(0, split));
      return { text: rest, logprobs: tokens.slice(split).map(toGenerated) };
    },
  };
}

/** Of a prompt in token ids nobody knows the text, but the text of its tokens tells it. */
function toFirstText(
  text: string,
  tokens: readonly PlacedToken[],
  promptTokens: number | undefined,
  isStreamed: boolean,
): string {
  if (isStreamed) return text;
  if (promptTokens === undefined || tokens.length < promptTokens) return '';
  return text.slice(
    0,
    tokens.slice(0, promptTokens).reduce((length, { token }) => length + token.text.length, 0),
  );
}

/** The tokens of a chunk in which the prompt ends. */
function countEchoed(
  tokens: readonly PlacedToken[],
  promptTokens: number | undefined,
  promptText: string | undefined,
): number {
  if (promptTokens !== undefined && promptTokens <= tokens.length) return promptTokens;
  if (promptText === undefined) return tokens.length;
  const characters = [...promptText].length;
  const first = tokens.findIndex(({ offset }) => offset !== undefined && offset >= characters);
  return first < 0 ? tokens.length : first;
}

/** A token that was generated has a probability. */
export function toGenerated({ token }: PlacedToken): TokenLogprob {
  const { logprob = Number.NEGATIVE_INFINITY, ...others }: EchoedToken = token;
  return { ...others, logprob };
}
