import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.ts';

/** How often a question that got no answer is asked again. */
const retriesMax = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5000,
        // A refusal stays one: asking again changes nothing.
        retry: (failures, error) =>
          !(error instanceof ApiError && error.status < 500) && failures < retriesMax,
        // The console watches the connection itself: a server on this machine is there without a network.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}
