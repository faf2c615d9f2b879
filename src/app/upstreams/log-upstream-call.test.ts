import { expect, test, vi } from 'vitest';
import { BackendError } from '../../backend/backend-error.ts';
import type { UpstreamCall } from '../../upstream/upstream-call.ts';
import { logUpstreamCall } from './log-upstream-call.ts';

function log(error: BackendError | undefined) {
  const logger = { debug: vi.fn(), warn: vi.fn() };
  const call = { requestId: 'req_1', errorType: error?.code, error, startedAtMs: 0, endedAtMs: 1 };
  logUpstreamCall(logger, 'gpu1', call as Partial<UpstreamCall> as UpstreamCall);
  return logger;
}

test('a failure is a warning, with its cause', () => {
  const { warn } = log(new BackendError('upstream_error', 'The upstream failed.'));
  expect(warn).toHaveBeenCalledWith(
    expect.objectContaining({ upstream: 'gpu1', err: expect.any(BackendError) }),
    'an upstream failed a request',
  );
});

test.each(['invalid_request', 'context_length_exceeded', 'unsupported_messages'] as const)(
  'a fault of the request (%s) is none, and its texts stay out of the log',
  (code) => {
    const { warn, debug } = log(new BackendError(code, "input: 'my diagnosis is private'"));
    expect(warn).not.toHaveBeenCalled();
    expect(JSON.stringify(debug.mock.calls)).toContain(code);
    expect(JSON.stringify(debug.mock.calls)).not.toContain('diagnosis');
  },
);
