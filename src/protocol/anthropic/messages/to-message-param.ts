import type { RequestPlace } from '../../../backend/request-place.ts';
import { joinSchemaPath } from '../../openai/shared/join-schema-path.ts';
import { samplingParams } from '../../openai/shared/sampling-params.ts';
import type { ParsedMessageRequest } from './parse-message-request.ts';

type AskedMessage = Pick<
  ParsedMessageRequest,
  'requestedFormat' | 'requestedTools' | 'conversation' | 'request'
>;

/** The names of places in requests for a message. */
export function toMessageParam(place: RequestPlace, asked?: AskedMessage): string | null {
  const formatParam = asked?.requestedFormat?.param ?? 'output_config.format';
  switch (place.kind) {
    case 'model':
      return 'model';
    case 'prompt':
    case 'continued-message':
      return 'messages';
    case 'message': {
      const origin = asked?.conversation.origins[place.index];
      const part = place.partIndex === undefined ? undefined : origin?.partParams[place.partIndex];
      return part ?? origin?.param ?? 'messages';
    }
    case 'output-format':
      return joinSchemaPath(formatParam, place.path);
    case 'tools':
      return 'tools';
    case 'tool-parameters':
      return joinSchemaPath(asked?.requestedTools?.params[place.toolIndex] ?? 'tools', place.path);
    case 'answer-grammar':
      return asked?.requestedFormat === undefined && asked?.requestedTools !== undefined
        ? 'tools'
        : formatParam;
    case 'token-bias':
      return 'logit_bias';
    case 'reasoning-effort':
      return asked?.request.output_config?.effort ? 'output_config.effort' : 'thinking';
    case 'reasoning-budget':
      return 'thinking';
    case 'sampling':
      return samplingParams[place.name];
    case 'stop-sequences':
      return 'stop_sequences';
    case 'answer-length':
      return 'max_tokens';
    case 'list-start':
      return 'after_id';
    case 'stop-token':
    case 'template-variables':
    case 'stored-answer':
    case 'log-probabilities':
    case 'echo':
    case 'suffix':
    case 'dimensions':
    case 'previous-answer':
    case 'referenced-item':
      return null;
  }
}
