import type { RequestedGeneration } from '../backend/requested-generation.ts';
import type { PlainTextInput, TokenizedText } from '../backend/tokenization.ts';
import type { Deployment, Router } from '../gateway/router.ts';
import { applyModelDefaults } from './chat/apply-model-defaults.ts';
import { dropIdleEffort } from './chat/drop-idle-effort.ts';
import type { OutputCompiler } from './chat/output-compiler.ts';
import { prepareAnswer } from './chat/prepare-answer.ts';
import { toPrepared } from './chat/to-prepared.ts';
import { toContextLength } from './models/models.ts';
import { requireCapabilities, requireTokenCounts, requireTokenizer } from './require-capability.ts';
import { untilAborted } from './time-limit.ts';
import { findDeployment } from './usage/find-deployment.ts';
import type { UseCase } from './usage/use-case.ts';

/** Tokens of texts, of requests, and back. Each ends its use case, and throws as `ChatService.start` does. */
export interface TokenService {
  /** As many as the usage of this request would say: with its tools, and the schema that the model is shown. */
  count(useCase: UseCase, request: RequestedGeneration): Promise<number>;
  tokenize(useCase: UseCase, input: PlainTextInput | RequestedGeneration): Promise<TokenizedAnswer>;
  detokenize(useCase: UseCase, tokens: readonly number[]): Promise<string>;
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
  const prepare = async (requested: RequestedGeneration, deployment: Deployment, signal: AbortSignal) => {
    const { facts } = deployment;
    const request = applyModelDefaults(dropIdleEffort(requested, facts, false).request, facts.defaults);
    requireCapabilities(deployment, request);
    const room = {
      maxTokensAsked: requested.maxTokens,
      contextLength: toContextLength(deployment),
      capabilities: deployment.backend.capabilities,
    };
    const preparing = prepareAnswer(compiler, request, room);
    const output = preparing && (await untilAborted(preparing, signal));
    return output ? toPrepared(request, output, deployment.backend, options) : request;
  };
  /** Reserves a request without tokens: a model is asked, and generates nothing. */
  const findAdmitted = async (useCase: UseCase) => {
    const deployment = await findDeployment(router, useCase);
    await useCase.admit({
      modelName: deployment.name,
      deploymentName: deployment.deploymentName,
      promptTokens: 0,
      maxTokens: undefined,
      answerTokensMax: 0,
      answers: 0,
    });
    return deployment;
  };
  return {
    count: (useCase, request) =>
      useCase.run(async () => {
        const deployment = await findAdmitted(useCase);
        const count = requireTokenCounts(deployment);
        return count(await prepare(request, deployment, useCase.signal), useCase.signal);
      }),
    tokenize: (useCase, input) =>
      useCase.run(async () => {
        const { signal } = useCase;
        const deployment = await findAdmitted(useCase);
        const found = await requireTokenizer(deployment).tokenize(
          'kind' in input ? input : { kind: 'request', request: await prepare(input, deployment, signal) },
          signal,
        );
        // It has been ready once, or there would be no tokens.
        return { ...found, contextLength: deployment.backend.describe()?.contextLength ?? 0 };
      }),
    detokenize: (useCase, tokens) =>
      useCase.run(async () => {
        const deployment = await findAdmitted(useCase);
        return requireTokenizer(deployment).detokenize(tokens, useCase.signal);
      }),
  };
}
