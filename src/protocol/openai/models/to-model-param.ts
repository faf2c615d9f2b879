import type { RequestPlace } from '../../../backend/request-place.ts';

/** The names of places at the endpoints of models, which only take a model. */
export function toModelParam({ kind }: RequestPlace): string | null {
  return kind === 'model' ? 'model' : null;
}
