import type { RequestPlace } from '../../../backend/request-place.ts';
import { joinSchemaPath } from '../shared/join-schema-path.ts';
import { samplingParams } from '../shared/sampling-params.ts';
import type { ParsedCompletionRequest } from './parse-completion-request.ts';

/** The names of places in text completions. A format has several names; the request used one of them. */
export function toCompletionParam(
  place: RequestPlace,
  { requestedFormat }: Pick<ParsedCompletionRequest, 'requestedFormat'>,
): string | null {
  const formatParam = requestedFormat?.param ?? 'response_format';
  switch (place.kind) {
    case 'model':
      return 'model';
    case 'prompt':
      return place.index === undefined ? 'prompt' : `prompt[${place.index}]`;
    case 'output-format':
      return joinSchemaPath(formatParam, place.path);
    case 'answer-grammar':
      return formatParam;
    case 'log-probabilities':
      return 'logprobs';
    case 'echo':
      return 'echo';
    case 'suffix':
      return 'suffix';
    case 'sampling':
      return samplingParams[place.name];
    case 'stop-sequences':
      return 'stop';
    case 'answer-length':
      return 'max_tokens';
    case 'stop-token':
      return 'stop_token_ids';
    case 'token-bias':
      return 'logit_bias';
    case 'message':
    case 'continued-message':
    case 'tools':
    case 'tool-parameters':
    case 'reasoning-effort':
    case 'reasoning-budget':
    case 'template-variables':
    case 'dimensions':
    case 'stored-answer':
    case 'previous-answer':
    case 'referenced-item':
    case 'list-start':
      return null;
  }
}
