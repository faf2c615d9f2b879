import type { RequestedGeneration } from '../backend/requested-generation.ts';
import type { PlainTextInput, TokenizedText } from '../backend/tokenization.ts';
import type { Deployment, Router } from '../gateway/router.ts';
import { applyModelDefaults } from './chat/apply-model-defaults.ts';
import { dropIdleEffort } from './chat/drop-idle-effort.ts';
import type { OutputCompiler } from './chat/output-compiler.ts';
import { prepareAnswer } from './chat/prepare-answer.ts';
import { toPrepared } from './chat/to-prepared.ts';
import { toContextLength } from './models/models.ts';
import { requireTokenCounts, requireTokenizer } from './require-capability.ts';
import { createModelNotFoundError } from './service-error.ts';
import { createTimeLimit, untilAborted } from './time-limit.ts';

/** Tokens of texts, of requests, and back. Each throws as `ChatService.start` does. */
export interface TokenService {
  /** As many as the usage of this request would say: with its tools, and the schema that the model is shown. */
  count(modelName: string, request: RequestedGeneration, signal: AbortSignal): Promise<number>;
  tokenize(
    modelName: string,
    input: PlainTextInput | RequestedGeneration,
    signal: AbortSignal,
  ): Promise<TokenizedAnswer>;
  detokenize(modelName: string, tokens: readonly number[], signal: AbortSignal): Promise<string>;
}

export interface TokenizedAnswer extends TokenizedText {
  /** Tokens that prompt and completion may have together. */
  readonly contextLength: number;
}

export interface TokenServiceOptions {
  readonly router: Router;
  readonly compiler: OutputCompiler;
  readonly requestMsMax: number;
  readonly showSchema: boolean;
}

export function createTokenService(options: TokenServiceOptions): TokenService {
  const { router, compiler, requestMsMax } = options;
  const run = async <Answer>(
    modelName: string,
    clientSignal: AbortSignal,
    ask: (deployment: Deployment, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    const deployment = await router.find(modelName);
    if (deployment === undefined) throw createModelNotFoundError(modelName);
    const limit = createTimeLimit(requestMsMax, clientSignal);
    try {
      return await ask(deployment, limit.signal);
    } finally {
      limit.clear();
    }
  };
  const prepare = async (requested: RequestedGeneration, deployment: Deployment, signal: AbortSignal) => {
    const { facts } = deployment;
    const request = applyModelDefaults(dropIdleEffort(requested, facts, false).request, facts.defaults);
    const room = { maxTokensAsked: requested.maxTokens, contextLength: toContextLength(deployment) };
    const preparing = prepareAnswer(compiler, request, room);
    const output = preparing && (await untilAborted(preparing, signal));
    return output ? toPrepared(request, output, deployment.backend, options) : request;
  };
  return {
    count: (modelName, request, clientSignal) =>
      run(modelName, clientSignal, async (deployment, signal) =>
        requireTokenCounts(deployment)(await prepare(request, deployment, signal), signal),
      ),
    tokenize: (modelName, input, clientSignal) =>
      run(modelName, clientSignal, async (deployment, signal) => {
        const found = await requireTokenizer(deployment).tokenize(
          'kind' in input ? input : { kind: 'request', request: await prepare(input, deployment, signal) },
          signal,
        );
        // It has been ready once, or there would be no tokens.
        return { ...found, contextLength: deployment.backend.describe()?.contextLength ?? 0 };
      }),
    detokenize: (modelName, tokens, clientSignal) =>
      run(modelName, clientSignal, async (deployment, signal) =>
        requireTokenizer(deployment).detokenize(tokens, signal),
      ),
  };
}
