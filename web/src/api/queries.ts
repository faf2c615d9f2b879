import { queryOptions } from '@tanstack/react-query';
import { callApi } from './client.ts';
import type { ModelList, OwnKey } from './wire.ts';

/** What the key of this tab may do, and what it has used. */
export const ownKeyQuery = queryOptions({
  queryKey: ['own-key'],
  queryFn: ({ signal }) => callApi<OwnKey>('/v1/key', { signal }),
});

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async ({ signal }) => (await callApi<ModelList>('/v1/models', { signal })).data,
});
