import { z } from 'zod';
import { messageEventSchema } from '../../protocol/anthropic/messages/message-event.ts';
import { messageSchema, messageTokensSchema } from '../../protocol/anthropic/messages/message-object.ts';
import {
  countMessageTokensRequestSchema,
  messageRequestSchema,
} from '../../protocol/anthropic/messages/message-request.ts';
import { anthropicModelListSchema } from '../../protocol/anthropic/models/anthropic-model.ts';
import {
  adminModelListSchema,
  adminModelSchema,
  modelCatalogueSchema,
  modelPullListSchema,
  modelPullSchema,
} from '../../protocol/openai/admin/admin-models.ts';
import { auditEntryListSchema } from '../../protocol/openai/admin/audit.ts';
import { configReloadSchema } from '../../protocol/openai/admin/config-reload.ts';
import {
  createKeyRequestSchema,
  rotateKeyRequestSchema,
  updateKeyRequestSchema,
} from '../../protocol/openai/admin/key-requests.ts';
import { ownKeySchema } from '../../protocol/openai/admin/own-key.ts';
import {
  createProjectRequestSchema,
  updateProjectRequestSchema,
} from '../../protocol/openai/admin/project-requests.ts';
import { requestLogSchema } from '../../protocol/openai/admin/request-log.ts';
import { settingListSchema } from '../../protocol/openai/admin/settings.ts';
import {
  drillRequestSchema,
  drillSchema,
  upstreamListSchema,
} from '../../protocol/openai/admin/upstreams.ts';
import { usagePageSchema } from '../../protocol/openai/admin/usage.ts';
import {
  createdKeySchema,
  keyDeletedSchema,
  projectDeletedSchema,
  wireKeyListSchema,
  wireKeySchema,
  wireProjectListSchema,
  wireProjectSchema,
} from '../../protocol/openai/admin/wire-key.ts';
import { chatCompletionSchema } from '../../protocol/openai/chat/chat-completion.ts';
import { chatCompletionChunkSchema } from '../../protocol/openai/chat/chat-completion-chunk.ts';
import { chatCompletionRequestSchema } from '../../protocol/openai/chat/chat-completion-request.ts';
import {
  chatCompletionDeletedSchema,
  storedChatCompletionListSchema,
  storedChatCompletionSchema,
  storedChatMessageListSchema,
} from '../../protocol/openai/chat/stored-chat-completion.ts';
import { listUnsupportedParameters } from '../../protocol/openai/chat/unsupported-parameters.ts';
import { updateMetadataRequestSchema } from '../../protocol/openai/chat/update-metadata-request.ts';
import { completionChunkSchema, completionSchema } from '../../protocol/openai/completions/completion.ts';
import {
  completionRequestSchema,
  unsupportedCompletionParameters,
} from '../../protocol/openai/completions/completion-request.ts';
import {
  embeddingListSchema,
  embeddingRequestSchema,
  unsupportedEmbeddingParameters,
} from '../../protocol/openai/embeddings/embedding.ts';
import { modelListSchema, modelSchema } from '../../protocol/openai/models/model.ts';
import {
  loadRequestSchema,
  modelDeletedSchema,
  modelEventSchema,
  modelRequestSchema,
  pullEventSchema,
  pullRequestSchema,
  unloadRequestSchema,
} from '../../protocol/openai/models/model-management.ts';
import {
  organizationProjectListSchema,
  projectApiKeyDeletedSchema,
  projectApiKeyListSchema,
} from '../../protocol/openai/organization/organization.ts';
import {
  completionsUsagePageSchema,
  costsPageSchema,
  embeddingsUsagePageSchema,
} from '../../protocol/openai/organization/usage-page.ts';
import { compactedResponseSchema } from '../../protocol/openai/responses/compacted-response.ts';
import { compactionRequestSchema } from '../../protocol/openai/responses/compaction.ts';
import { responseEventSchema } from '../../protocol/openai/responses/response-event.ts';
import { responseDeletedSchema, responseSchema } from '../../protocol/openai/responses/response-object.ts';
import { responseRequestSchema } from '../../protocol/openai/responses/response-request.ts';
import { responseItemListSchema } from '../../protocol/openai/responses/stored-response.ts';
import { listUnsupportedResponseParameters } from '../../protocol/openai/responses/unsupported-response-parameters.ts';
import { errorBodySchema } from '../../protocol/openai/shared/error.ts';
import {
  detokenizeAnswerSchema,
  detokenizeRequestSchema,
  inputTokensSchema,
  tokenizeAnswerSchema,
  tokenizeRequestSchema,
  unsupportedTokenizeParameters,
} from '../../protocol/openai/tokenization/tokenization.ts';
import { healthSchema, readinessSchema } from '../../protocol/server-status.ts';
import type { JsonSchema } from './operation.ts';
import { simplifySchema } from './simplify-schema.ts';

/** The schemas that operations refer to. Nested schemas with an id become components too. */
const roots = {
  request: chatCompletionRequestSchema,
  answer: chatCompletionSchema,
  chunk: chatCompletionChunkSchema,
  storedCompletion: storedChatCompletionSchema,
  storedCompletions: storedChatCompletionListSchema,
  storedMessages: storedChatMessageListSchema,
  completionDeleted: chatCompletionDeletedSchema,
  metadataUpdate: updateMetadataRequestSchema,
  completionRequest: completionRequestSchema,
  completion: completionSchema,
  completionChunk: completionChunkSchema,
  embeddingRequest: embeddingRequestSchema,
  embeddings: embeddingListSchema,
  tokenizeRequest: tokenizeRequestSchema,
  tokens: tokenizeAnswerSchema,
  detokenizeRequest: detokenizeRequestSchema,
  text: detokenizeAnswerSchema,
  inputTokens: inputTokensSchema,
  responseRequest: responseRequestSchema,
  response: responseSchema,
  responseEvent: responseEventSchema,
  responseDeleted: responseDeletedSchema,
  compactionRequest: compactionRequestSchema,
  compactedResponse: compactedResponseSchema,
  responseItems: responseItemListSchema,
  messageRequest: messageRequestSchema,
  messageTokensRequest: countMessageTokensRequestSchema,
  message: messageSchema,
  messageEvent: messageEventSchema,
  messageTokens: messageTokensSchema,
  anthropicModels: anthropicModelListSchema,
  error: errorBodySchema,
  model: modelSchema,
  models: modelListSchema,
  pullRequest: pullRequestSchema,
  pullEvent: pullEventSchema,
  loadRequest: loadRequestSchema,
  unloadRequest: unloadRequestSchema,
  modelDeleted: modelDeletedSchema,
  modelEvent: modelEventSchema,
  modelRequest: modelRequestSchema,
  adminModel: adminModelSchema,
  adminModels: adminModelListSchema,
  modelCatalogue: modelCatalogueSchema,
  modelPull: modelPullSchema,
  modelPulls: modelPullListSchema,
  createKeyRequest: createKeyRequestSchema,
  updateKeyRequest: updateKeyRequestSchema,
  rotateKeyRequest: rotateKeyRequestSchema,
  key: wireKeySchema,
  createdKey: createdKeySchema,
  keys: wireKeyListSchema,
  keyDeleted: keyDeletedSchema,
  createProjectRequest: createProjectRequestSchema,
  updateProjectRequest: updateProjectRequestSchema,
  project: wireProjectSchema,
  projects: wireProjectListSchema,
  projectDeleted: projectDeletedSchema,
  auditEntries: auditEntryListSchema,
  configReload: configReloadSchema,
  settings: settingListSchema,
  upstreams: upstreamListSchema,
  drillRequest: drillRequestSchema,
  drill: drillSchema,
  organizationProjects: organizationProjectListSchema,
  projectApiKeys: projectApiKeyListSchema,
  projectApiKeyDeleted: projectApiKeyDeletedSchema,
  ownKey: ownKeySchema,
  usagePage: usagePageSchema,
  requestLog: requestLogSchema,
  completionsUsagePage: completionsUsagePageSchema,
  embeddingsUsagePage: embeddingsUsagePageSchema,
  costsPage: costsPageSchema,
  health: healthSchema,
  readiness: readinessSchema,
};

/** The validation schemas as JSON Schema, by name, with OpenAPI references. */
export function createComponentSchemas(): Record<string, JsonSchema> {
  const { $defs = {} } = z.toJSONSchema(z.object(roots), { io: 'input' });
  const text = JSON.stringify($defs).replaceAll('"#/$defs/', '"#/components/schemas/');
  const schemas: Record<string, JsonSchema> = JSON.parse(text);
  const simplified = Object.entries(schemas).map(([name, schema]) => [name, simplifySchema(schema)] as const);
  const components = Object.fromEntries(simplified);
  addUnsupportedParameters(components);
  return components;
}

/**
 * A parameter that we know and can't honour is in the document too, with the values that are accepted: otherwise
 * every other value would look valid.
 */
function addUnsupportedParameters(components: Record<string, JsonSchema>): void {
  addTables(components, 'ChatCompletionRequest', listUnsupportedParameters());
  addTables(components, 'ResponseRequest', listUnsupportedResponseParameters());
  const { stream_options = {} } = listUnsupportedParameters();
  addTables(components, 'CompletionRequest', { '': unsupportedCompletionParameters, stream_options });
  addTables(components, 'EmbeddingRequest', { '': unsupportedEmbeddingParameters });
  addTables(components, 'TokenizeRequest', { '': unsupportedTokenizeParameters });
}

/** A table stands for a field of the request, '' for the request itself. */
function addTables(
  components: Record<string, JsonSchema>,
  name: string,
  tables: ReturnType<typeof listUnsupportedParameters>,
): void {
  const request = toMutable(components[name]);
  const fields = toMutable(request['properties']);
  for (const [field, table] of Object.entries(tables)) {
    addProperties(field === '' ? request : toObjectSchema(components, fields[field]), table);
  }
}

/**
 * The schema of an object field: the field itself, or the component that it or one of its variants refers to.
 */
function toObjectSchema(components: Record<string, JsonSchema>, field: unknown): Record<string, unknown> {
  const schema = toMutable(field);
  if ('properties' in schema) return schema;
  const options: readonly unknown[] = Array.isArray(schema['anyOf']) ? schema['anyOf'] : [schema];
  for (const option of options) {
    const { $ref } = toMutable(option);
    if (typeof $ref === 'string') return toMutable(components[$ref.replace('#/components/schemas/', '')]);
  }
  return toMutable(undefined);
}

function addProperties(
  schema: Record<string, unknown>,
  table: Readonly<Record<string, readonly unknown[]>> = {},
): void {
  const properties = toMutable(schema['properties']);
  for (const [name, neutral] of Object.entries(table)) {
    properties[name] = {
      enum: [...neutral, null],
      description:
        'Not honoured yet. Only values that change nothing are accepted; any other is 400 `unsupported_parameter`.',
      'x-effect': 'refused',
    };
  }
}

/** These objects were just parsed from text, so changing them is safe. */
function toMutable(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null)
    throw new Error('The schema of requests has another form.');
  return value as Record<string, unknown>;
}
