import type { Backend, Tokenizer } from '../../backend/backend.ts';
import { BackendError } from '../../backend/backend-error.ts';
import type { GenerationRequest } from '../../backend/generation-request.ts';
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
  const post = (path: string, body: UpstreamBody, signal: AbortSignal) =>
    askJson(server, { below: 'root', path, body }, options.timeouts, signal);
  const tokenizeText: TokenizeText = async (input, signal) =>
    readTokens(await post(form.tokenizePath, toTextTokenizeRequest(input, model, form), signal));
  const tokenizeChat = async (request: GenerationRequest, signal: AbortSignal): Promise<TokenizedText> => {
    const body = toChatTokenizeRequest(request, model, dialects[kind]);
    switch (form.conversations) {
      case 'messages':
        return readTokens(await post(form.tokenizePath, body, signal));
      case 'template': {
        const text = readText(await post(form.templatePath, body, signal));
        return tokenizeText({ ...promptRules, text }, signal);
      }
      case 'none':
        throw new BackendError('invalid_request', "The upstream can't show the tokens of a conversation.");
    }
  };
  const tokenizePrompt = (request: GenerationRequest, signal: AbortSignal) => {
    const { prompt } = request;
    switch (prompt.kind) {
      case 'chat':
        return tokenizeChat(request, signal);
      case 'text':
        return tokenizeText({ ...promptRules, text: prompt.text }, signal);
      case 'tokens':
        return Promise.resolve({ tokens: prompt.tokens, texts: prompt.tokens.map(() => '') });
    }
  };
  const tokenizer: Tokenizer = {
    tokenize: (input, signal) =>
      input.kind === 'text' ? tokenizeText(input, signal) : tokenizePrompt(input.request, signal),
    detokenize: async (tokens, signal) =>
      readText(await post(form.detokenizePath, { ...(form.takesContent ? {} : { model }), tokens }, signal)),
  };
  if (form.conversations === 'none') return { tokenizer };
  return {
    tokenizer,
    countTokens: async (request, signal) => (await tokenizePrompt(request, signal)).tokens.length,
  };
}

type TokenizeText = (
  input: Parameters<typeof toTextTokenizeRequest>[0],
  signal: AbortSignal,
) => Promise<TokenizedText>;
