import type { BoundModel, NativeGrammarState } from '../model/binding.ts';
import type { Vocabulary } from '../model/vocabulary.ts';
import type { ToolCallFormat, WantedCalls } from '../tool-calls/tool-call-format.ts';
import type { FoundTrigger } from './create-trigger-watch.ts';
import { checkJoined } from './join-grammars.ts';

interface GrammarParts {
  readonly bound: Pick<BoundModel, 'openGrammar' | 'acceptToken' | 'vocabularySize'>;
  readonly vocabulary: Pick<Vocabulary, 'tokenBytes'>;
  readonly toolCalls: Pick<ToolCallFormat, 'toGrammarAfterTrigger'>;
}

/**
 * The grammar of the call that has just started, advanced over the text after its trigger. Undefined if that
 * text does not start a call, or if the tools are too large for a grammar. Then the text stays unconstrained
 * but is still parsed.
 */
export function openGrammarAfterTrigger(
  { bound, vocabulary, toolCalls }: GrammarParts,
  { trigger, rest }: FoundTrigger,
  wanted: WantedCalls,
): NativeGrammarState | undefined {
  try {
    const state = bound.openGrammar(checkJoined(toolCalls.toGrammarAfterTrigger(trigger, wanted)));
    const tokens = [...rest].map((character) => findToken(character, vocabulary, bound.vocabularySize));
    return tokens.every((token) => token !== undefined && bound.acceptToken(state, token))
      ? state
      : undefined;
  } catch {
    return undefined;
  }
}

/** Tokenising would put a space first in some vocabularies. What follows a trigger in its token is short. */
function findToken(
  character: string,
  { tokenBytes }: Pick<Vocabulary, 'tokenBytes'>,
  vocabularySize: number,
): number | undefined {
  const wanted = Buffer.from(character);
  for (let token = 0; token < vocabularySize; token++) {
    if (wanted.equals(tokenBytes(token))) {
      return token;
    }
  }
  return undefined;
}
