import { infiniteQueryOptions, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { callApi } from './client.ts';
import type { ListPage } from './key-wire.ts';

/** Items of a page that is asked for: as many as the server gives. */
const pageItems = 100;

/** A list of the API, page by page. `path` has its filters, if any. */
export function listQuery<Item>(queryKey: QueryKey, path: string) {
  return infiniteQueryOptions({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const url = new URL(path, window.location.origin);
      url.searchParams.set('limit', String(pageItems));
      if (pageParam !== undefined) url.searchParams.set('after', pageParam);
      return callApi<ListPage<Item>>(url.pathname + url.search, { signal });
    },
    getNextPageParam: (page) => (page.has_more ? (page.last_id ?? undefined) : undefined),
    select: ({ pages }): readonly Item[] => pages.flatMap((page) => page.data),
  });
}

/** All items of a list that is short enough to be searched here: one page after another. */
export function useWholeList<Item>(query: ReturnType<typeof listQuery<Item>>) {
  const result = useInfiniteQuery(query);
  const { hasNextPage, isFetching, isError, fetchNextPage } = result;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return result;
}
