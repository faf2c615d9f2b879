import type { ChoiceEvent } from '../../backend/choice-event.ts';
import type { GenerationPrompt, SamplingParameters } from '../../backend/generation-request.ts';
import type { RequestedGeneration } from '../../backend/requested-generation.ts';
import type { Router } from '../../gateway/router.ts';
import { toContextLength } from '../models/models.ts';
import { createModelNotFoundError } from '../service-error.ts';
import { createTimeLimit, type TimeLimit, untilAborted } from '../time-limit.ts';
import { applyModelDefaults } from './apply-model-defaults.ts';
import { boundOpenAnswer, type OpenAnswerBounds } from './bound-open-answer.ts';
import type { ChatRecord } from './chat-record.ts';
import { dropIdleEffort } from './drop-idle-effort.ts';
import { mergeChoices } from './merge-choices.ts';
import type { OutputCompiler } from './output-compiler.ts';
import { prepareAnswer, type UnenforcedKeyword } from './prepare-answer.ts';
import { startPrompts } from './start-prompts.ts';
import { toPrepared } from './to-prepared.ts';

export interface ChatServiceOptions extends OpenAnswerBounds {
  readonly router: Router;
  readonly compiler: OutputCompiler;
  /** Time that a completion may take in all, its wait and all its attempts included, in milliseconds. */
  readonly requestMsMax: number;
  /** The model reads the schema that its answer must match. */
  readonly showSchema: boolean;
  /** Answers made at most for a plain request whose answer must pass a check; 1 or more. */
  readonly structuredAttemptsMax: number;
}

export interface ChatStart {
  /** Whose request it is: slots are given to callers in turn. */
  readonly callerId: string;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** Events are wanted as they are made, so that an answer that fails its check can't be made anew. */
  readonly isStreamed: boolean;
  /** Answers to make to the one prompt, 1 or more. */
  readonly choiceCount: number;
  /** What would change nothing is refused. Default: false. */
  readonly isStrict?: boolean;
  /** More prompts to answer in the same way; the choices of each follow those of the prompt before it. */
  readonly furtherPrompts?: readonly GenerationPrompt[];
}

export interface ChatService {
  /**
   * Begins a completion and waits until its prompt was accepted, so that a refusal is thrown here and not in
   * mid-stream: `ServiceError` for an unknown model and for a form that can't be enforced, `BackendError` for
   * what the backend refuses.
   */
  start(modelName: string, request: RequestedGeneration, start: ChatStart): Promise<ChatRun>;
}

/** A completion under way. */
export interface ChatRun {
  readonly systemFingerprint: string;
  /** How its tokens are drawn: the request's own wishes, then its model's defaults, then ours. */
  readonly sampling: SamplingParameters;
  /**
   * Of all choices. To be read once, to its end or to an early return; of each choice `started` comes first. A `finish`
   * with `stop` or `tool-calls` is that of an answer in the form that was asked for, else `ServiceError`
   * `invalid_structured_output` is thrown in its place.
   */
  readonly events: AsyncIterable<ChoiceEvent>;
  /** Aborts when its time is over or its client left: for whoever waits for anything but the next event. */
  readonly signal: AbortSignal;
  /** What is known so far, for metering and the access log. */
  readonly record: Readonly<ChatRecord>;
  /** Keywords of schemas that nothing holds; only where they are not strict. */
  readonly unenforced: readonly UnenforcedKeyword[];
  /** An effort was asked for, of a model that does not think. */
  readonly isEffortIdle: boolean;
}

export function createChatService(options: ChatServiceOptions): ChatService {
  const { router, compiler, requestMsMax } = options;
  return {
    start: async (
      modelName,
      requested,
      { callerId, signal: clientSignal, isStreamed, choiceCount, isStrict = false, furtherPrompts },
    ) => {
      const deployment = await router.find(modelName);
      if (deployment === undefined) {
        throw createModelNotFoundError(modelName);
      }
      const { backend, facts } = deployment;
      const hinted = dropIdleEffort(requested, facts, isStrict);
      const request = {
        ...applyModelDefaults(boundOpenAnswer(hinted.request, facts, options), facts.defaults),
        callerId,
      };
      const startedAtMs = performance.now();
      const limit = createTimeLimit(requestMsMax, clientSignal);
      const { signal } = limit;
      try {
        const room = { maxTokensAsked: requested.maxTokens, contextLength: toContextLength(deployment) };
        const preparing = prepareAnswer(compiler, request, room);
        const output = preparing && (await untilAborted(preparing, signal));
        const generation = output ? toPrepared(request, output, backend, options) : request;
        const surroundings = { backend, output, signal, startedAtMs };
        const attemptsMax = isStreamed ? 1 : options.structuredAttemptsMax;
        const { choices, record } = await startPrompts(
          generation,
          furtherPrompts ?? [],
          choiceCount,
          surroundings,
          attemptsMax,
        );
        return {
          systemFingerprint: backend.describe()?.fingerprint ?? '',
          sampling: request.sampling,
          signal,
          events: clearAtEnd(mergeChoices(choices, limit.abort), limit),
          record,
          unenforced: output?.unenforced ?? [],
          isEffortIdle: hinted.isEffortIdle,
        };
      } catch (error) {
        limit.clear();
        throw error;
      }
    },
  };
}

async function* clearAtEnd(
  events: AsyncIterable<ChoiceEvent>,
  limit: TimeLimit,
): AsyncGenerator<ChoiceEvent> {
  try {
    yield* events;
  } finally {
    limit.clear();
  }
}
