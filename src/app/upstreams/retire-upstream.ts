import type { Backend } from '../../backend/backend.ts';
import type { Upstream } from '../../upstream/create-upstream.ts';

/** How often a server that is no longer wanted is looked at, in milliseconds. */
const lookMs = 1000;

/**
 * Closes the connections to a server that is no longer wanted when its backends are closed, which they are after their
 * last request, and at the latest after `requestMsMax`, when every request has ended. The answer closes them now.
 */
export function retireUpstream(
  upstream: Upstream,
  backends: ReadonlySet<Backend>,
  requestMsMax: number,
): () => Promise<void> {
  const endsAtMs = performance.now() + requestMsMax;
  let closed: Promise<void> | undefined;
  const close = () => {
    clearInterval(timer);
    closed ??= upstream.close();
    return closed;
  };
  const look = () => {
    const isIdle = [...backends].every((backend) => backend.state() === 'closed');
    if (isIdle || performance.now() > endsAtMs) void close();
  };
  const timer = setInterval(look, lookMs);
  timer.unref();
  return close;
}
