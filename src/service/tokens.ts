import { estimatePromptTokens } from '../backend/estimate-prompt-tokens.ts';
import type { RequestedGeneration } from '../backend/requested-generation.ts';
import type { PlainTextInput, TokenizedText } from '../backend/tokenization.ts';
import type { RoutedModel, Router } from '../gateway/router.ts';
import { applyModelDefaults } from './chat/apply-model-defaults.ts';
import { dropIdleEffort } from './chat/drop-idle-effort.ts';
import type { OutputCompiler } from './chat/output-compiler.ts';
import { prepareAnswer } from './chat/prepare-answer.ts';
import { replaceUnseenImages } from './chat/replace-unseen-images.ts';
import { toPrepared } from './chat/to-prepared.ts';
import { toContextLength } from './models/models.ts';
import { requireCapabilities, requireTokenCounts, requireTokenizer } from './require-capability.ts';
import { untilAborted } from './time-limit.ts';
import { findRoutedModel } from './usage/find-routed-model.ts';
import type { UseCase } from './usage/use-case.ts';

/** Tokens of texts, of requests, and back. Each ends its use case, and throws as `ChatService.start` does. */
export interface TokenService {
  /** As many as the usage of this request would say: with its tools, and the schema that the model is shown. */
  count(useCase: UseCase, request: RequestedGeneration): Promise<number>;
  /** The same. Where the backend can't count, an estimate from the length of the texts. */
  countOrEstimate(useCase: UseCase, request: RequestedGeneration): Promise<TokenCount>;
  tokenize(useCase: UseCase, input: PlainTextInput | RequestedGeneration): Promise<TokenizedAnswer>;
  detokenize(useCase: UseCase, tokens: readonly number[]): Promise<string>;
}

export interface TokenCount {
  readonly tokens: number;
  readonly isEstimated: boolean;
}

export interface TokenizedAnswer extends TokenizedText {
  /** Tokens that prompt and completion may have together. */
  readonly contextLength: number;
}

export interface TokenServiceOptions {
  readonly router: Router;
  readonly compiler: OutputCompiler;
  readonly showSchema: boolean;
}

export function createTokenService(options: TokenServiceOptions): TokenService {
  const { router, compiler } = options;
  const prepare = async (requested: RequestedGeneration, model: RoutedModel, useCase: UseCase) => {
    const { requestId, traceparent, signal } = useCase;
    const { facts, backend } = model;
    const hinted = dropIdleEffort(requested, facts, false);
    const seen = replaceUnseenImages(hinted.request, backend.capabilities, false);
    const request = applyModelDefaults(seen.request, facts.defaults);
    requireCapabilities(model, request);
    const room = {
      maxTokensAsked: requested.maxTokens,
      contextLength: toContextLength(model),
      capabilities: model.backend.capabilities,
    };
    const preparing = prepareAnswer(compiler, request, room);
    const output = preparing && (await untilAborted(preparing, signal));
    const prepared = output ? toPrepared(request, output, model.backend, options) : request;
    return { ...prepared, requestId, traceparent };
  };
  /** Reserves a request without tokens: a model is asked, and generates nothing. */
  const findAdmitted = async (useCase: UseCase) => {
    const model = await findRoutedModel(router, useCase);
    await useCase.admit({
      modelName: model.name,
      deploymentName: model.deploymentName,
      promptTokens: 0,
      maxTokens: undefined,
      answerTokensMax: 0,
      answers: 0,
    });
    return model;
  };
  return {
    count: (useCase, request) =>
      useCase.run(async () => {
        const model = await findAdmitted(useCase);
        const count = requireTokenCounts(model);
        return count(await prepare(request, model, useCase), useCase.signal);
      }),
    countOrEstimate: (useCase, request) =>
      useCase.run(async () => {
        const model = await findAdmitted(useCase);
        const prepared = await prepare(request, model, useCase);
        if (model.backend.countTokens === undefined) {
          return { tokens: estimatePromptTokens(prepared), isEstimated: true };
        }
        return { tokens: await model.backend.countTokens(prepared, useCase.signal), isEstimated: false };
      }),
    tokenize: (useCase, input) =>
      useCase.run(async () => {
        const model = await findAdmitted(useCase);
        const found = await requireTokenizer(model).tokenize(
          'kind' in input ? input : { kind: 'request', request: await prepare(input, model, useCase) },
          useCase.signal,
          useCase,
        );
        // It has been ready once, or there would be no tokens.
        return { ...found, contextLength: model.backend.describe()?.contextLength ?? 0 };
      }),
    detokenize: (useCase, tokens) =>
      useCase.run(async () => {
        const model = await findAdmitted(useCase);
        return requireTokenizer(model).detokenize(tokens, useCase.signal, useCase);
      }),
  };
}
