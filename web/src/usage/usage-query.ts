import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { callApi } from '../api/client.ts';
import type { UsageBucket, UsageGroup, UsagePage } from '../api/usage-wire.ts';
import { type RangeId, ranges, toStartSeconds } from './ranges.ts';

export interface UsageQuestion {
  /** `/v1/admin/usage`, or `/v1/usage` for the key that asks. */
  readonly path: string;
  readonly range: RangeId;
  readonly group: UsageGroup;
}

/** How often an open page asks again, in milliseconds. */
const refreshMs = 30_000;

export function usageQuery({ path, range, group }: UsageQuestion) {
  return queryOptions({
    queryKey: ['usage', path, range, group],
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<readonly UsageBucket[]> => {
      const { width, pageBuckets } = ranges[range];
      const query = new URLSearchParams({
        bucket_width: width,
        limit: String(pageBuckets),
        start_time: String(toStartSeconds(ranges[range])),
      });
      if (group !== 'none') query.set('group_by', group);
      const buckets: UsageBucket[] = [];
      while (true) {
        const page = await callApi<UsagePage>(`${path}?${query}`, { signal });
        buckets.push(...page.data);
        if (page.next_page === null) return buckets;
        query.set('page', page.next_page);
      }
    },
  });
}
