import { z } from 'zod';
import type { ListQuery } from './list-query.ts';

/** One page of a list in OpenAI's form. */
export interface ListPage<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  /** Null where the page is empty. */
  readonly first_id: string | null;
  readonly last_id: string | null;
  /** There are more behind `last_id`. */
  readonly has_more: boolean;
}

/** The schema of a page of these. */
export function toListPageSchema<T extends z.ZodType>(item: T, id: string) {
  return z
    .object({
      object: z.literal('list'),
      data: z.array(item),
      first_id: z.string().nullable().describe('Null if the page is empty.'),
      last_id: z.string().nullable().describe('Send it as `after` to get the next page.'),
      has_more: z.boolean(),
    })
    .meta({ id });
}

export function toListPage<T extends { readonly id: string }>(
  data: readonly T[],
  hasMore: boolean,
): ListPage<T> {
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}

/** A page of a complete list. Undefined if `after` is not in the list. */
export function cutListPage<T extends { readonly id: string }>(
  items: readonly T[],
  { after, limit, order }: Pick<ListQuery, 'after' | 'limit' | 'order'>,
): ListPage<T> | undefined {
  const ordered = order === 'asc' ? items : items.toReversed();
  const begin = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && begin === 0) return undefined;
  const end = begin + limit;
  return toListPage(ordered.slice(begin, end), end < ordered.length);
}
