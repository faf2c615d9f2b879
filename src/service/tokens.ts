import type { Backend } from '../backend/backend.ts';
import type { GenerationRequest } from '../backend/generation-request.ts';
import type { PlainTextInput, TokenizedText } from '../backend/tokenization.ts';
import type { Router } from '../gateway/router.ts';
import type { OutputCompiler } from './output-compiler.ts';
import { prepareAnswer } from './prepare-answer.ts';
import { createModelNotFoundError } from './service-error.ts';
import { createTimeLimit, untilAborted } from './time-limit.ts';
import { toPrepared } from './to-prepared.ts';

/** Tokens of texts, of requests, and back. Each throws as `ChatService.start` does. */
export interface TokenService {
  /** As many as the usage of this request would say: with its tools, and the schema that the model is shown. */
  count(modelName: string, request: GenerationRequest, signal: AbortSignal): Promise<number>;
  tokenize(
    modelName: string,
    input: PlainTextInput | GenerationRequest,
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
    ask: (backend: Backend, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    const backend = (await router.find(modelName))?.backend;
    if (backend === undefined) throw createModelNotFoundError(modelName);
    const limit = createTimeLimit(requestMsMax, clientSignal);
    try {
      return await ask(backend, limit.signal);
    } finally {
      limit.clear();
    }
  };
  const prepare = async (request: GenerationRequest, backend: Backend, signal: AbortSignal) => {
    const preparing = prepareAnswer(compiler, request);
    const output = preparing && (await untilAborted(preparing, signal));
    return output ? toPrepared(request, output, backend, options) : request;
  };
  return {
    count: (modelName, request, clientSignal) =>
      run(modelName, clientSignal, async (backend, signal) =>
        backend.countTokens(await prepare(request, backend, signal), signal),
      ),
    tokenize: (modelName, input, clientSignal) =>
      run(modelName, clientSignal, async (backend, signal) => {
        const found = await backend.tokenize(
          'kind' in input ? input : { kind: 'request', request: await prepare(input, backend, signal) },
          signal,
        );
        // It has been ready once, or there would be no tokens.
        return { ...found, contextLength: backend.describe()?.contextLength ?? 0 };
      }),
    detokenize: (modelName, tokens, clientSignal) =>
      run(modelName, clientSignal, (backend, signal) => backend.detokenize(tokens, signal)),
  };
}
