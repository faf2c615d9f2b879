import type { RequestPlace } from '../../../backend/request-place.ts';
import { joinSchemaPath } from '../shared/join-schema-path.ts';
import type { ParsedTokenizeRequest } from './parse-tokenize-request.ts';

/** The input has several names; the request used one of them. */
type AskedTokens = Pick<ParsedTokenizeRequest, 'promptParam' | 'requestedTools'>;

/** The names of places in tokenize. */
export function toTokenizeParam(
  place: RequestPlace,
  { promptParam, requestedTools }: AskedTokens,
): string | null {
  switch (place.kind) {
    case 'model':
      return 'model';
    case 'prompt':
    case 'continued-message':
      return promptParam;
    case 'message': {
      const part = place.partIndex === undefined ? '' : `.content[${place.partIndex}]`;
      return `messages[${place.index}]${part}`;
    }
    case 'tools':
    case 'answer-grammar':
      return 'tools';
    case 'tool-parameters':
      return joinSchemaPath(requestedTools?.params[place.toolIndex] ?? 'tools', place.path);
    case 'output-format':
    case 'echo':
    case 'log-probabilities':
    case 'suffix':
    case 'stop-token':
    case 'token-bias':
    case 'reasoning-effort':
    case 'template-variables':
    case 'dimensions':
    case 'stored-answer':
    case 'previous-answer':
    case 'referenced-item':
    case 'list-start':
    case 'sampling':
    case 'stop-sequences':
    case 'answer-length':
    case 'reasoning-budget':
      return null;
  }
}

/** The names of places in detokenize. */
export function toDetokenizeParam({ kind }: RequestPlace): string | null {
  if (kind === 'model') return 'model';
  return kind === 'prompt' ? 'tokens' : null;
}
