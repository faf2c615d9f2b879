import type { RequestPlace } from '../../../backend/request-place.ts';

/** What the endpoints of models call a place; they are asked for nothing else. */
export function toModelParam({ kind }: RequestPlace): string | null {
  return kind === 'model' ? 'model' : null;
}
