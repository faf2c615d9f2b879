import type { Page, PageQuery } from '../../store/key-store.ts';
import { KeyServiceError } from './key-service-error.ts';

export type { AuditQuery, KeyQuery, PageQuery } from '../../store/key-store.ts';

export interface FullPage<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/** Characters of a cursor that the message quotes at most. */
const quotedCursorMax = 100;

/** @throws KeyServiceError `unknown_cursor` */
export function toFullPage<Item>(page: Page<Item>, { after = '' }: PageQuery): FullPage<Item> {
  if (page !== 'unknown-after') return page;
  const quoted = after.slice(0, quotedCursorMax).replace(/\p{C}/gu, '\uFFFD');
  throw new KeyServiceError('unknown_cursor', `Invalid 'after': nothing here has the id '${quoted}'.`);
}
