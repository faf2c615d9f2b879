import type { Backend, Tokenizer } from '../../backend/backend.ts';
import { BackendError } from '../../backend/backend-error.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';
import type { RequestOrigin } from '../../backend/request-origin.ts';
import type { TokenizedText } from '../../backend/tokenization.ts';
import { dialects } from '../../protocol/openai/upstream/dialects.ts';
import type { UpstreamBody } from '../../protocol/openai/upstream/to-upstream-request.ts';
import {
  readText,
  readTokens,
  toChatTokenizeRequest,
  tokenizationForms,
  toTextTokenizeRequest,
} from '../../protocol/openai/upstream/upstream-tokenization.ts';
import type { UpstreamDeploymentOptions } from '../upstream-options.ts';
import { askJson } from './ask-json.ts';
import type { UpstreamServer } from './upstream-server.ts';

/** A text that is a prompt: the names of control tokens in it are control tokens. */
const promptRules = { kind: 'text', addsControlTokens: true, readsControlTokens: true } as const;

/** Shows and counts tokens where the kind of the server can. */
export function createUpstreamTokenizer(
  server: UpstreamServer,
  options: UpstreamDeploymentOptions,
): Pick<Backend, 'tokenizer' | 'countTokens'> {
  const { kind } = server.endpoint;
  const form = tokenizationForms[kind];
  if (form === undefined) return {};
  const { model } = options;
  const post = <Answer>(
    path: string,
    body: UpstreamBody,
    read: (value: unknown) => Answer,
    signal: AbortSignal,
    origin: RequestOrigin,
  ) => {
    const { timeouts } = options;
    const about = { model, purpose: 'tokens', origin, timeouts } as const;
    return askJson(server, { below: 'root', path, body, read, ...about }, signal);
  };
  const tokenizeText: TokenizeText = (input, signal, origin) =>
    post(form.tokenizePath, toTextTokenizeRequest(input, model, form), readTokens, signal, origin);
  const tokenizeChat = async (
    request: GenerationRequest,
    signal: AbortSignal,
    origin: RequestOrigin,
  ): Promise<TokenizedText> => {
    const body = toChatTokenizeRequest(request, model, dialects[kind]);
    switch (form.conversations) {
      case 'messages':
        return post(form.tokenizePath, body, readTokens, signal, origin);
      case 'template': {
        const text = await post(form.templatePath, body, readText, signal, origin);
        return tokenizeText({ ...promptRules, text }, signal, origin);
      }
      case 'none':
        throw new BackendError('invalid_request', "The upstream can't show the tokens of a conversation.");
    }
  };
  const tokenizePrompt = (request: GenerationRequest, signal: AbortSignal, origin: RequestOrigin) => {
    const { prompt } = request;
    switch (prompt.kind) {
      case 'chat':
        return tokenizeChat(request, signal, origin);
      case 'text':
        return tokenizeText({ ...promptRules, text: prompt.text }, signal, origin);
      case 'tokens':
        return Promise.resolve({ tokens: prompt.tokens, texts: prompt.tokens.map(() => '') });
    }
  };
  const tokenizer: Tokenizer = {
    tokenize: (input, signal, origin) =>
      input.kind === 'text'
        ? tokenizeText(input, signal, origin)
        : tokenizePrompt(input.request, signal, origin),
    detokenize: (tokens, signal, origin) =>
      post(
        form.detokenizePath,
        { ...(form.takesContent ? {} : { model }), tokens },
        readText,
        signal,
        origin,
      ),
  };
  if (form.conversations === 'none') return { tokenizer };
  return {
    tokenizer,
    countTokens: async (request, signal) => {
      const { requestId = request.id, traceparent } = request;
      const { tokens } = await tokenizePrompt(request, signal, { requestId, traceparent });
      return tokens.length;
    },
  };
}

type TokenizeText = (
  input: Parameters<typeof toTextTokenizeRequest>[0],
  signal: AbortSignal,
  origin: RequestOrigin,
) => Promise<TokenizedText>;
