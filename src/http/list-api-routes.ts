import { toMessageParam } from '../protocol/anthropic/messages/to-message-param.ts';
import { toChatParam } from '../protocol/openai/chat/to-chat-param.ts';
import { toModelParam } from '../protocol/openai/models/to-model-param.ts';
import { toResponseParam } from '../protocol/openai/responses/to-response-param.ts';
import { createGenerationHandler } from './generation-endpoint.ts';
import { withIdempotencyKey } from './openapi/idempotency-key.ts';
import { countMessageTokensOperation, createMessageOperation } from './openapi/message-operations.ts';
import {
  deleteModelOperation,
  loadModelOperation,
  pullModelOperation,
  unloadModelOperation,
  watchModelsOperation,
} from './openapi/model-management-operations.ts';
import {
  cancelResponseOperation,
  compactResponseOperation,
  countResponseInputTokensOperation,
  deleteResponseOperation,
  getResponseOperation,
  listResponseInputItemsOperation,
} from './openapi/response-operations.ts';
import {
  deleteChatCompletionOperation,
  getChatCompletionOperation,
  listChatCompletionMessagesOperation,
  listChatCompletionsOperation,
  updateChatCompletionOperation,
} from './openapi/stored-chat-operations.ts';
import {
  countInputTokensOperation,
  createCompletionOperation,
  createEmbeddingOperation,
  detokenizeOperation,
  tokenizeOperation,
} from './openapi/text-operations.ts';
import type { HttpServices, Route } from './route.ts';
import { createCompactResponseEndpoint } from './routes/compact-response.ts';
import { completionsEndpoint } from './routes/completions.ts';
import { createEmbeddingsHandler } from './routes/embeddings.ts';
import { createManageModelsHandlers } from './routes/manage-models.ts';
import { createMessageTokensHandler } from './routes/message-tokens.ts';
import { messagesEndpoint } from './routes/messages.ts';
import { createResponseInputTokensHandler } from './routes/response-input-tokens.ts';
import { createStoredChatCompletionHandlers } from './routes/stored-chat-completions.ts';
import { createStoredResponseHandlers } from './routes/stored-responses.ts';
import { createDetokenizeHandler, createInputTokensHandler, createTokenizeHandler } from './routes/tokens.ts';

export function listStoredChatRoutes(base: string, { frame, stored }: HttpServices): Route[] {
  const { list, get, update, remove, listMessages } = createStoredChatCompletionHandlers(frame, stored);
  const url = `${base}/chat/completions/:completion_id`;
  const routes: Route[] = [
    {
      method: 'GET',
      url: `${base}/chat/completions`,
      handler: list,
      operation: listChatCompletionsOperation,
    },
    { method: 'GET', url, handler: get, operation: getChatCompletionOperation },
    { method: 'POST', url, handler: update, operation: updateChatCompletionOperation },
    {
      method: 'DELETE',
      url,
      handler: remove,
      operation: deleteChatCompletionOperation,
    },
    {
      method: 'GET',
      url: `${url}/messages`,
      handler: listMessages,
      operation: listChatCompletionMessagesOperation,
    },
  ];
  return routes.map((route) => ({ ...route, toParam: toChatParam }));
}

export function listTextRoutes(base: string, services: HttpServices, pingMs: number): Route[] {
  const { frame, embeddings, tokens } = services;
  const tokenize = createTokenizeHandler(frame, tokens);
  const detokenize = createDetokenizeHandler(frame, tokens);
  const method = 'POST';
  return [
    {
      method,
      url: `${base}/completions`,
      handler: createGenerationHandler(completionsEndpoint, { ...services, pingMs }),
      operation: withIdempotencyKey(createCompletionOperation),
      replaysAs: 'completions',
    },
    {
      method,
      url: `${base}/embeddings`,
      handler: createEmbeddingsHandler(frame, embeddings),
      operation: withIdempotencyKey(createEmbeddingOperation),
      replaysAs: 'embeddings',
    },
    {
      method,
      url: `${base}/chat/completions/input_tokens`,
      handler: createInputTokensHandler(frame, tokens),
      operation: countInputTokensOperation,
    },
    { method, url: `${base}/tokenize`, handler: tokenize, operation: tokenizeOperation },
    { method, url: `${base}/detokenize`, handler: detokenize, operation: detokenizeOperation },
  ];
}

export function listStoredResponseRoutes(base: string, services: HttpServices, pingMs: number): Route[] {
  const { frame, stored, tokens } = services;
  const { get, remove, cancel, listInputItems } = createStoredResponseHandlers(frame, stored);
  const url = `${base}/responses/:response_id`;
  const routes: Route[] = [
    {
      method: 'POST',
      url: `${base}/responses/input_tokens`,
      handler: createResponseInputTokensHandler(frame, tokens, stored),
      operation: countResponseInputTokensOperation,
    },
    {
      method: 'POST',
      url: `${base}/responses/compact`,
      handler: createGenerationHandler(createCompactResponseEndpoint(stored), { ...services, pingMs }),
      operation: withIdempotencyKey(compactResponseOperation),
      replaysAs: 'responses/compact',
    },
    { method: 'GET', url, handler: get, operation: getResponseOperation },
    { method: 'DELETE', url, handler: remove, operation: deleteResponseOperation },
    {
      method: 'POST',
      url: `${url}/cancel`,
      handler: cancel,
      operation: cancelResponseOperation,
    },
    {
      method: 'GET',
      url: `${url}/input_items`,
      handler: listInputItems,
      operation: listResponseInputItemsOperation,
    },
  ];
  return routes.map((route) => ({ ...route, toParam: toResponseParam }));
}

export function listMessageRoutes(base: string, services: HttpServices, pingMs: number): Route[] {
  const { frame, tokens } = services;
  return [
    {
      method: 'POST',
      url: `${base}/messages`,
      handler: createGenerationHandler(messagesEndpoint, { ...services, pingMs }),
      operation: withIdempotencyKey(createMessageOperation),
      replaysAs: 'messages',
      toParam: toMessageParam,
    },
    {
      method: 'POST',
      url: `${base}/messages/count_tokens`,
      handler: createMessageTokensHandler(frame, tokens),
      operation: countMessageTokensOperation,
      toParam: toMessageParam,
    },
  ];
}

export function listManagementRoutes(
  base: string,
  { management, logger }: HttpServices,
  pingMs: number,
): Route[] {
  const { pull, load, unload, remove, watch } = createManageModelsHandlers({ management, pingMs, logger });
  const access = ['admin'] as const;
  const routes: Route[] = [
    { method: 'POST', url: `${base}/models/pull`, handler: pull, access, operation: pullModelOperation },
    { method: 'POST', url: `${base}/models/load`, handler: load, access, operation: loadModelOperation },
    {
      method: 'POST',
      url: `${base}/models/unload`,
      handler: unload,
      access,
      operation: unloadModelOperation,
    },
    { method: 'GET', url: `${base}/models/events`, handler: watch, access, operation: watchModelsOperation },
    {
      method: 'DELETE',
      url: `${base}/models/*`,
      handler: remove,
      access,
      operation: deleteModelOperation,
    },
  ];
  return routes.map((route) => ({ ...route, toParam: toModelParam }));
}
