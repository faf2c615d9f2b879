import { queryOptions } from '@tanstack/react-query';
import { callApi } from '../api/client.ts';
import { readSamplingParameters } from './sampling-parameters.ts';

/** The parameters with their ranges and help. They change only with the server. */
export const parametersQuery = queryOptions({
  queryKey: ['sampling-parameters'],
  queryFn: async ({ signal }) => readSamplingParameters(await callApi<unknown>('/openapi.json', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});
