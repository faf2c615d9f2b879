import { BackendError } from '../../src/backend/backend-error.ts';
import { refuse, type Script } from '../scripted-backend.ts';
import { type ErrorCase, refused } from './expect-error-answer.ts';

/** Models whose upstream fails in each way that has a code. */
export const upstreamFailures: Readonly<Record<string, Script>> = {
  'upstream-down': refuse(new BackendError('upstream_error', 'The upstream failed.')),
  'upstream-busy': refuse(
    new BackendError('rate_limited', 'The upstream allows no more requests.', { retryAfterMs: 1500 }),
  ),
  'upstream-picky': refuse(new BackendError('invalid_request', 'The upstream takes no such image.')),
};

export function listUpstreamCases(
  post: (model: string) => Promise<Response>,
): Readonly<Record<string, ErrorCase>> {
  return {
    'an upstream that failed': {
      status: 502,
      type: 'server_error',
      param: null,
      code: 'upstream_error',
      shouldRetry: true,
      message: 'The upstream failed.',
      send: () => post('upstream-down'),
    },
    "an upstream's own limit": {
      status: 429,
      type: 'requests',
      param: null,
      code: 'rate_limit_exceeded',
      shouldRetry: true,
      retryAfter: '2',
      message: 'The upstream allows no more requests.',
      send: () => post('upstream-busy'),
    },
    'a request that an upstream finds wrong': {
      ...refused,
      code: null,
      message: 'The upstream takes no such image.',
      send: () => post('upstream-picky'),
    },
  };
}
