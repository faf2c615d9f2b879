import type { GenerationRequest } from '../../../backend/generation-request.ts';
import type { PlainTextInput, TokenizedText } from '../../../backend/tokenization.ts';
import type { UpstreamKind } from '../../../upstream-rules/upstream-kinds.ts';
import { isJsonObject } from '../shared/json-object.ts';
import type { Dialect } from './dialect.ts';
import { toUpstreamChatRequest, type UpstreamBody } from './to-upstream-request.ts';
import { UpstreamFormatError } from './upstream-error.ts';

/** How a kind of upstream is asked for tokens. Paths are below the root of the server. */
export interface TokenizationForm {
  /** Of a conversation: asked for at once, or its prompt first. */
  readonly conversations: 'messages' | 'template' | 'none';
  readonly tokenizePath: string;
  readonly detokenizePath: string;
  readonly templatePath: string;
  /** llama-server's names of the fields. */
  readonly takesContent: boolean;
}

const common = { tokenizePath: '/tokenize', detokenizePath: '/detokenize', templatePath: '/apply-template' };

/** Kinds that are absent show no tokens. */
export const tokenizationForms: Readonly<Partial<Record<UpstreamKind, TokenizationForm>>> = {
  vllm: { ...common, conversations: 'messages', takesContent: false },
  sglang: { ...common, conversations: 'none', takesContent: false },
  'llama-server': { ...common, conversations: 'template', takesContent: true },
  gravix: {
    ...common,
    tokenizePath: '/v1/tokenize',
    detokenizePath: '/v1/detokenize',
    conversations: 'messages',
    takesContent: false,
  },
};

export function toTextTokenizeRequest(
  { text, addsControlTokens, readsControlTokens }: PlainTextInput,
  model: string,
  form: TokenizationForm,
): UpstreamBody {
  return form.takesContent
    ? { content: text, add_special: addsControlTokens, parse_special: readsControlTokens, with_pieces: true }
    : { model, prompt: text, add_special_tokens: addsControlTokens, return_token_strs: true };
}

/** The tokens of a conversation, as `POST chat/completions` would see it. */
export function toChatTokenizeRequest(
  request: GenerationRequest,
  model: string,
  dialect: Dialect,
): UpstreamBody {
  const whole = toUpstreamChatRequest(request, {
    model,
    isStreamed: false,
    choiceCount: 1,
    dialect,
    passParameters: [],
  });
  const kept = [
    'model',
    'messages',
    'tools',
    'continue_final_message',
    'add_generation_prompt',
    'chat_template_kwargs',
  ];
  return {
    ...Object.fromEntries(kept.flatMap((name) => (Object.hasOwn(whole, name) ? [[name, whole[name]]] : []))),
    return_token_strs: true,
  };
}

/** @throws {UpstreamFormatError} */
export function readTokens(value: unknown): TokenizedText {
  if (!isJsonObject(value) || !Array.isArray(value['tokens'])) throw notTokens();
  const listed: readonly unknown[] = value['tokens'];
  const names = value['token_strs'];
  const tokens = listed.map((entry) => {
    const id = isJsonObject(entry) ? entry['id'] : entry;
    if (typeof id !== 'number' || !Number.isInteger(id)) throw notTokens();
    return id;
  });
  const texts = listed.map((entry, index) => {
    if (isJsonObject(entry)) return toPiece(entry['piece']);
    const name: unknown = Array.isArray(names) ? names[index] : undefined;
    return typeof name === 'string' ? name : '';
  });
  return { tokens, texts };
}

/** A piece that is no whole character comes as its bytes. */
function toPiece(piece: unknown): string {
  if (typeof piece === 'string') return piece;
  return Array.isArray(piece) ? Buffer.from(piece.map(Number)).toString('utf8') : '';
}

/** Of a text's tokens. @throws {UpstreamFormatError} */
export function readText(value: unknown): string {
  const found = isJsonObject(value) ? (value['prompt'] ?? value['content'] ?? value['text']) : undefined;
  if (typeof found !== 'string') throw notTokens();
  return found;
}

function notTokens(): UpstreamFormatError {
  return new UpstreamFormatError('The upstream sent no tokens.');
}
