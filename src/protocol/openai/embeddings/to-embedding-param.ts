import type { RequestPlace } from '../../../backend/request-place.ts';

/** The names of places in embeddings. */
export function toEmbeddingParam(place: RequestPlace): string | null {
  switch (place.kind) {
    case 'model':
      return 'model';
    case 'prompt':
      return place.index === undefined ? 'input' : `input[${place.index}]`;
    case 'dimensions':
      return 'dimensions';
    case 'message':
    case 'continued-message':
    case 'output-format':
    case 'tools':
    case 'tool-parameters':
    case 'answer-grammar':
    case 'echo':
    case 'log-probabilities':
    case 'suffix':
    case 'stop-token':
    case 'token-bias':
    case 'reasoning-effort':
    case 'template-variables':
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
