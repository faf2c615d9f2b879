import type { Backend } from '../../backend/backend.ts';
import type { ChoiceEvent } from '../../backend/choice-event.ts';
import { estimatePromptTokens } from '../../backend/estimate-prompt-tokens.ts';
import type {
  GenerationPrompt,
  GenerationRequest,
  SamplingParameters,
} from '../../backend/generation-request.ts';
import type { RequestPlace } from '../../backend/request-place.ts';
import type { RequestedGeneration } from '../../backend/requested-generation.ts';
import type { Router } from '../../gateway/router.ts';
import {
  type ModelPrice,
  nanoPerUnit,
  type PricedCounts,
  type ServedCounts,
  toCostOf,
  toServedCostNano,
  toServedPrice,
} from '../limits/model-price.ts';
import type { RequestMeter } from '../limits/request-meter.ts';
import { toContextLength } from '../models/models.ts';
import { requireCapabilities } from '../require-capability.ts';
import { untilAborted } from '../time-limit.ts';
import { findRoutedModel } from '../usage/find-routed-model.ts';
import type { UseCase } from '../usage/use-case.ts';
import { applyModelDefaults } from './apply-model-defaults.ts';
import { boundOpenAnswer, type OpenAnswerBounds } from './bound-open-answer.ts';
import type { ChatRecord } from './chat-record.ts';
import { dropIdleEffort } from './drop-idle-effort.ts';
import type { OutputCompiler } from './output-compiler.ts';
import { prepareAnswer, type UnenforcedKeyword } from './prepare-answer.ts';
import { readToEnd } from './read-to-end.ts';
import { replaceUnseenImages } from './replace-unseen-images.ts';
import { startPrompts } from './start-prompts.ts';
import { toPrepared } from './to-prepared.ts';

export interface ChatServiceOptions extends OpenAnswerBounds {
  readonly router: Router;
  readonly compiler: OutputCompiler;
  /** The model reads the schema that its answer must match. */
  readonly showSchema: boolean;
  /** Answers made at most for a plain request whose answer must pass a check; 1 or more. */
  readonly structuredAttemptsMax: number;
}

export interface ChatStart {
  /** Answers to make to the one prompt, 1 or more. */
  readonly choiceCount: number;
  /** Refuse fields without an effect. Default: false. */
  readonly isStrict?: boolean;
  /**
   * More prompts to answer in the same way. The choices of each prompt follow the choices of the previous
   * one.
   */
  readonly furtherPrompts?: readonly GenerationPrompt[];
}

export interface ChatService {
  /**
   * Begins a completion and waits until its prompt was accepted, so that a refusal is thrown here and not in
   * mid-stream: `ServiceError` for an unknown model and for a form that can't be enforced, `BackendError` for
   * what the backend refuses. The use case ends with that, or with the last of the run's events.
   */
  start(useCase: UseCase, request: RequestedGeneration, start: ChatStart): Promise<ChatRun>;
}

/** A completion under way. */
export interface ChatRun {
  readonly systemFingerprint: string;
  /** How its tokens are drawn: the request's own wishes, then its model's defaults, then ours. */
  readonly sampling: SamplingParameters;
  /**
   * The events of all choices. Read once, to the end or to an early return. Each choice starts with
   * `started`, and they end with the last `finish`: a generation that ends without one throws. A `finish`
   * with `stop` or `tool-calls` means that the answer is in the requested format; otherwise `ServiceError`
   * `invalid_structured_output` is thrown instead.
   */
  readonly events: AsyncIterable<ChoiceEvent>;
  /** The facts about the answers so far. */
  readonly record: Readonly<ChatRecord>;
  /** Keywords of schemas that nothing holds; only where they are not strict. */
  readonly unenforced: readonly UnenforcedKeyword[];
  /** The cost of tokens, in the currency of the model's price. undefined: it has none. */
  readonly toCost: ((counts: PricedCounts) => number) | undefined;
  /** An effort was asked for, of a model that does not think. */
  readonly isEffortIdle: boolean;
  /** The first image in a result of a tool that the model can't see; undefined: there is none. */
  readonly unseenImage: RequestPlace | undefined;
  /** Fields that we don't know and that went to the backend's server. */
  readonly passedParameters: ReadonlySet<string>;
}

export function createChatService(options: ChatServiceOptions): ChatService {
  return {
    start: async (useCase, requested, start) => {
      try {
        return await startAnswers(useCase, requested, start, options);
      } catch (error) {
        useCase.end(error);
        throw error;
      }
    },
  };
}

async function startAnswers(
  useCase: UseCase,
  requested: RequestedGeneration,
  { choiceCount, isStrict = false, furtherPrompts = [] }: ChatStart,
  options: ChatServiceOptions,
): Promise<ChatRun> {
  const { caller, signal, startedAtMs, notes } = useCase;
  const model = await findRoutedModel(options.router, useCase);
  const { backend, facts } = model;
  const hinted = dropIdleEffort(requested, facts, isStrict);
  const seen = replaceUnseenImages(hinted.request, backend.capabilities, isStrict);
  const bounded = applyModelDefaults(boundOpenAnswer(seen.request, facts, options), facts.defaults);
  for (const prompt of [bounded.prompt, ...furtherPrompts])
    requireCapabilities(model, { ...bounded, prompt });
  const contextLength = toContextLength({ backend, facts });
  const admission = await useCase.admit({
    modelName: model.name,
    deploymentName: model.deploymentName,
    promptTokens: estimatePromptTokens(bounded, furtherPrompts),
    maxTokens: requested.maxTokens,
    answerTokensMax: bounded.maxTokens ?? contextLength ?? Number.MAX_SAFE_INTEGER,
    answers: choiceCount * (1 + furtherPrompts.length),
    prompts: 1 + furtherPrompts.length,
  });
  const meter = admission?.meter;
  const limited = limitAnswer(bounded, meter);
  const passed = pickPassed(limited.passedParameters, backend);
  const request: GenerationRequest = {
    ...limited,
    passedParameters: passed,
    requestId: useCase.requestId,
    traceparent: useCase.traceparent,
    callerId: caller.id,
    projectId: caller.projectId,
    isStreamed: useCase.isStreamed,
    onSent: meter?.noteSent,
  };
  const room = {
    maxTokensAsked: requested.maxTokens,
    contextLength,
    capabilities: backend.capabilities,
    argumentsNotation: backend.describe()?.argumentsNotation,
  };
  const preparing = prepareAnswer(options.compiler, request, room);
  const output = preparing && (await untilAborted(preparing, signal));
  const generation = output ? toPrepared(request, output, backend, options) : request;
  const { choices, record } = await startPrompts(
    generation,
    furtherPrompts,
    choiceCount,
    {
      backend,
      output,
      signal,
      startedAtMs,
      meter,
      onRecord: (made) => {
        notes.answers = made;
      },
    },
    // The reader of a stream has already seen the answer that failed its check.
    useCase.isStreamed ? 1 : options.structuredAttemptsMax,
  );
  return {
    events: readToEnd(useCase, choices),
    record,
    systemFingerprint: backend.describe()?.fingerprint ?? '',
    sampling: request.sampling,
    unenforced: output?.unenforced ?? [],
    isEffortIdle: hinted.isEffortIdle,
    unseenImage: seen.unseenImage,
    passedParameters: new Set(Object.keys(passed ?? {})),
    toCost: toCostOfAnswers(admission?.price, record),
  };
}

/** The fields that the backend takes; undefined: none. */
function pickPassed(
  fields: GenerationRequest['passedParameters'] = {},
  { passedParameters: names }: Pick<Backend, 'passedParameters'>,
): GenerationRequest['passedParameters'] {
  if (names === undefined) return undefined;
  const passed = Object.entries(fields).filter(([name]) => names.has(name));
  return passed.length === 0 ? undefined : Object.fromEntries(passed);
}

/** The machine time is that of the answers so far. */
function toCostOfAnswers(price: ModelPrice | undefined, record: Readonly<ChatRecord>): ChatRun['toCost'] {
  if (price === undefined) return undefined;
  return (counts) => {
    const served = toServedCounts(record);
    const isOne = new Set(served.map(({ deployment }) => deployment)).size <= 1;
    const [first] = served;
    return isOne || first === undefined
      ? toCostOf(toServedPrice(price, first?.deployment))({ ...counts, machineMs: record.machineMs })
      : toServedCostNano(price, served) / nanoPerUnit;
  };
}

/** The answers, each at the deployment that served it. */
function toServedCounts({ answers }: Readonly<ChatRecord>): readonly ServedCounts[] {
  return answers.map(({ record, sharesPrompt }) => ({
    deployment: record.attempts.at(-1)?.deployment,
    promptTokens: sharesPrompt ? 0 : record.promptTokens,
    cachedTokens: sharesPrompt ? 0 : record.cachedTokens,
    completionTokens: record.completionTokens,
    machineMs: record.machineMs,
  }));
}

/** A budget may leave less than was asked for. */
function limitAnswer(request: GenerationRequest, meter: RequestMeter | undefined): GenerationRequest {
  if (meter === undefined) return request;
  const { maxTokens, reportsUsage = false } = request;
  return {
    ...request,
    maxTokens: meter.answerTokensMax ?? maxTokens,
    // Otherwise a delta would count as one token.
    reportsUsage: reportsUsage || meter.isExact,
  };
}
