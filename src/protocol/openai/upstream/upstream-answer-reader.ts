// Reads what an OpenAI-compatible server answers, streamed or whole: a whole answer is one chunk whose `message` stands
// for the `delta`. It runs for each token, so it checks by hand what it uses and passes over the rest.
import type { ChoiceEvent } from '../../../backend/choice-event.ts';
import { estimatePromptTokens } from '../../../backend/estimate-prompt-tokens.ts';
import { noUsage, type TokenUsage } from '../../../backend/generation-event.ts';
import { isJsonObject, type JsonObject } from '../shared/json-object.ts';
import { countedTokensMax } from './answer-limits.ts';
import type { AskedAnswer } from './asked-answer.ts';
import { createChoiceReader } from './choice-reader.ts';
import { createContinuousMeter } from './continuous-meter.ts';
import { UpstreamFailure, UpstreamFormatError } from './upstream-error.ts';
import { findUsage, toCount, toTokenUsage } from './upstream-usage.ts';

/** Reads one answer. */
export interface UpstreamAnswerReader {
  /**
   * The events of one chunk, or of a whole answer, as `JSON.parse` gave it.
   *
   * @throws {UpstreamFormatError} for what is no answer
   * @throws {UpstreamFailure} for an error in its place
   */
  read(value: unknown): readonly ChoiceEvent[];
  /**
   * The last events, with the `finish` of the first choice, which has the usage of all. Call it at `[DONE]`, or where the
   * answer ends without one.
   *
   * @throws {UpstreamFormatError} if a choice has not ended: an answer that was cut must not look whole
   */
  end(): readonly ChoiceEvent[];
  /** Every choice had its end, and the usage came: nothing is missing but `[DONE]`. */
  isWhole(): boolean;
  /**
   * The cost so far, also of an answer that is cut off or has not begun; exact only where the upstream told it.
   *
   * @param promptTokens counted, for where the upstream did not tell them; estimated by default
   */
  usage(promptTokens?: number): TokenUsage;
}

export function createUpstreamAnswerReader(asked: AskedAnswer): UpstreamAnswerReader {
  const { request, form, contextLength = countedTokensMax } = asked;
  const { choiceCount, isStreamed } = form;
  const continuous = isStreamed ? form.dialect.continuousUsage : undefined;
  let events: ChoiceEvent[] = [];
  const choices = Array.from({ length: choiceCount }, (_, choice) =>
    createChoiceReader(asked, (event) => events.push({ choice, event })),
  );
  const meter = createContinuousMeter(continuous, choiceCount, contextLength);
  let latest: JsonObject | undefined;

  const usage = (promptTokens?: number): TokenUsage => {
    const made = choices.map((choice) => choice.generated());
    const completionTokens = made.reduce((sum, one) => sum + one.completionTokens, 0);
    const reasoningTokens = made.reduce((sum, one) => sum + one.reasoningTokens, 0);
    return toTokenUsage(latest ?? meter.total(completionTokens), {
      promptTokens: () => promptTokens ?? estimatePromptTokens(request),
      completionTokens,
      reasoningTokens,
      tokensMax: contextLength,
      choiceCount,
    });
  };

  const readChoice = (value: unknown, found: JsonObject | undefined): void => {
    if (!isJsonObject(value)) throw new UpstreamFormatError('The upstream sent a choice that is no object.');
    const index = choiceCount === 1 ? 0 : toIndex(value['index'], choiceCount);
    choices[index]?.read(value, found && meter.read(index, found));
  };

  const take = (): readonly ChoiceEvent[] => {
    const taken = events;
    events = [];
    return taken;
  };

  return {
    read: (value) => {
      if (!isJsonObject(value)) throw new UpstreamFormatError('The upstream sent JSON that is no object.');
      if (isFailure(value)) throw new UpstreamFailure(value);
      const { choices: list } = value;
      const found = findUsage(value);
      const isOfOne =
        continuous === 'each-choice' && choiceCount > 1 && Array.isArray(list) && list.length > 0;
      if (found !== undefined && !isOfOne) latest = found;
      if (!Array.isArray(list)) return take();
      if (choiceCount === 1 && list.length > 1) assertOneChoice(list);
      for (const one of list) readChoice(one, found);
      return take();
    },
    end: () => {
      for (const choice of choices) choice.end();
      const [first, ...others] = choices;
      for (const choice of others) choice.finish(noUsage);
      first?.finish(usage());
      return take();
    },
    isWhole: () => latest !== undefined && choices.every((choice) => choice.hasReason()),
    usage,
  };
}

/** An error where an answer should be: OpenAI's form, and those of other servers. */
function isFailure(value: JsonObject): boolean {
  const { error, object, detail, choices } = value;
  if (error !== undefined && error !== null) return true;
  return object === 'error' || (detail !== undefined && choices === undefined);
}

/** The index of the only choice may be any, or none; two choices would be read as one text. */
function assertOneChoice(list: readonly unknown[]): void {
  const indices = new Set(list.map((choice) => (isJsonObject(choice) ? (choice['index'] ?? 0) : 0)));
  if (indices.size > 1) throw new UpstreamFormatError('The upstream sent more choices than were asked for.');
}

function toIndex(value: unknown, choiceCount: number): number {
  const index = toCount(value, 0, choiceCount - 1);
  if (index === undefined) throw new UpstreamFormatError('The upstream sent a choice with a wrong index.');
  return index;
}
