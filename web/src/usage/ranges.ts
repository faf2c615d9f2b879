export type RangeId = '24h' | '7d' | '30d' | '90d';

export interface Range {
  readonly title: string;
  readonly width: '1h' | '1d';
  /** Of the whole range. */
  readonly buckets: number;
  /** Of one page: as many as the server gives. */
  readonly pageBuckets: number;
}

export const ranges: Readonly<Record<RangeId, Range>> = {
  '24h': { title: 'Last 24 hours', width: '1h', buckets: 24, pageBuckets: 24 },
  '7d': { title: 'Last 7 days', width: '1h', buckets: 168, pageBuckets: 168 },
  '30d': { title: 'Last 30 days', width: '1d', buckets: 30, pageBuckets: 30 },
  '90d': { title: 'Last 90 days', width: '1d', buckets: 90, pageBuckets: 30 },
};

const widthSeconds = { '1h': 3600, '1d': 86_400 } as const;

export function toRange(text: string | null): RangeId {
  return text !== null && Object.hasOwn(ranges, text) ? (text as RangeId) : '24h';
}

/** Where the range begins: the last bucket is the one that is running. */
export function toStartSeconds({ width, buckets }: Range): number {
  const seconds = widthSeconds[width];
  return (Math.floor(Date.now() / 1000 / seconds) - buckets + 1) * seconds;
}
