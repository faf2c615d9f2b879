import type { RequestPlace } from '../../../backend/request-place.ts';
import { joinSchemaPath } from '../shared/join-schema-path.ts';
import { samplingParams } from '../shared/sampling-params.ts';
import type { ParsedResponseRequest } from './parse-response-request.ts';
import type { ItemConversation } from './to-item-conversation.ts';

/** A form has several names, and the request was written with one of them. */
type AskedResponse = Pick<ParsedResponseRequest, 'requestedFormat' | 'requestedTools'> &
  Partial<Pick<ItemConversation, 'contentParams'>>;

const askedNothing: AskedResponse = { requestedFormat: undefined, requestedTools: undefined };

/**
 * The names of places in responses and stored responses. Messages consist of items, so they are counted
 * differently.
 */
export function toResponseParam(
  place: RequestPlace,
  { requestedFormat, requestedTools, contentParams = [] }: AskedResponse = askedNothing,
): string | null {
  const formatParam = requestedFormat?.param ?? 'text.format';
  switch (place.kind) {
    case 'model':
      return 'model';
    case 'prompt':
    case 'continued-message':
      return 'input';
    case 'message': {
      const param = contentParams[place.index];
      return param === undefined || place.partIndex === undefined ? 'input' : `${param}[${place.partIndex}]`;
    }
    case 'referenced-item':
      return `input[${place.index}].id`;
    case 'output-format':
      return joinSchemaPath(formatParam, place.path);
    case 'tools':
      return 'tools';
    case 'tool-parameters':
      return toToolParam(requestedTools?.params[place.toolIndex] ?? 'tools', place.path);
    case 'answer-grammar':
      return requestedFormat === undefined && requestedTools !== undefined ? 'tools' : formatParam;
    case 'sampling':
      return samplingParams[place.name];
    case 'stop-sequences':
      return 'stop';
    case 'answer-length':
      return 'max_output_tokens';
    case 'reasoning-budget':
      return 'reasoning_budget';
    case 'stop-token':
      return 'stop_token_ids';
    case 'token-bias':
      return 'logit_bias';
    case 'reasoning-effort':
      return 'reasoning.effort';
    case 'template-variables':
      return 'chat_template_kwargs';
    case 'stored-answer':
      return 'response_id';
    case 'previous-answer':
      return 'previous_response_id';
    case 'list-start':
      return 'after';
    case 'log-probabilities':
      return 'include';
    case 'echo':
    case 'suffix':
    case 'dimensions':
      return null;
  }
}

/** A custom tool has no schema in the request: only its format can be at fault. */
function toToolParam(param: string, path: string): string {
  return param.endsWith('.format') ? param : joinSchemaPath(param, path);
}
