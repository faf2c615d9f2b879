import type { RequestPlace } from '../../../backend/request-place.ts';
import { joinSchemaPath } from '../shared/join-schema-path.ts';
import { samplingParams } from '../shared/sampling-params.ts';
import type { ParsedChatCompletionRequest } from './parse-chat-completion-request.ts';

/** A form and tools have several names, and the request was written with some of them. */
type AskedChat = Pick<ParsedChatCompletionRequest, 'requestedFormat' | 'requestedTools'>;

const askedNothing: AskedChat = { requestedFormat: undefined, requestedTools: undefined };

/** The names of places in chat completions and stored chat completions. */
export function toChatParam(
  place: RequestPlace,
  { requestedFormat, requestedTools }: AskedChat = askedNothing,
): string | null {
  const formatParam = requestedFormat?.param ?? 'response_format';
  const toolsParam = requestedTools?.isDeprecatedForm ? 'functions' : 'tools';
  switch (place.kind) {
    case 'model':
      return 'model';
    case 'prompt':
    case 'continued-message':
      return 'messages';
    case 'message': {
      const part = place.partIndex === undefined ? '' : `.content[${place.partIndex}]`;
      return `messages[${place.index}]${part}`;
    }
    case 'output-format':
      return joinSchemaPath(formatParam, place.path);
    case 'tools':
      return toolsParam;
    case 'tool-parameters':
      return joinSchemaPath(requestedTools?.params[place.toolIndex] ?? toolsParam, place.path);
    case 'answer-grammar':
      return requestedFormat === undefined && requestedTools !== undefined ? toolsParam : formatParam;
    case 'sampling':
      return samplingParams[place.name];
    case 'stop-sequences':
      return 'stop';
    case 'answer-length':
      return 'max_completion_tokens';
    case 'reasoning-budget':
      return 'reasoning_budget';
    case 'stop-token':
      return 'stop_token_ids';
    case 'token-bias':
      return 'logit_bias';
    case 'reasoning-effort':
      return 'reasoning_effort';
    case 'template-variables':
      return 'chat_template_kwargs';
    case 'stored-answer':
      return 'completion_id';
    case 'list-start':
      return 'after';
    case 'log-probabilities':
      return 'logprobs';
    case 'echo':
    case 'suffix':
    case 'dimensions':
    case 'previous-answer':
    case 'referenced-item':
      return null;
  }
}
