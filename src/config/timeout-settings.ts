import { z } from 'zod';
import { timeoutDefaults } from '../upstream-rules/upstream-defaults.ts';
import { duration, minuteMs, setting } from './setting.ts';

const hourMs = 60 * minuteMs;

/** How long parts of a request to an upstream may take. */
export const timeoutsSchema = z.strictObject({
  connectMs: setting(duration(10, minuteMs).optional(), {
    description: 'Maximum time to open a connection, with TLS; by default 5s',
  }),
  firstTokenMs: setting(duration(10, hourMs).optional(), {
    description:
      'Maximum time from the request to the first text, reasoning or tool call; by default 2m for streamed answers, and `totalMs` for plain ones, of which servers send nothing before the end. If it is set, plain answers are read as streams, so that it applies to them too',
  }),
  betweenChunksMs: setting(duration(10, hourMs).optional(), {
    description:
      'Maximum time between two pieces of an answer, of a plain one behind its first bytes; by default 1m',
  }),
  totalMs: setting(duration(100, 24 * hourMs).optional(), {
    description: 'Maximum time for the whole answer; by default 10m. `requestMsMax` also applies',
  }),
});

export type TimeoutSettings = z.output<typeof timeoutsSchema>;
export type Timeouts = { readonly [Name in keyof typeof timeoutDefaults]: number };

/** Those of a deployment before those of its upstream, and these before the defaults. */
export function toTimeouts(upstream: TimeoutSettings, deployment: TimeoutSettings): Timeouts {
  const { connectMs, firstTokenMs, betweenChunksMs, totalMs } = timeoutDefaults;
  return {
    connectMs: deployment.connectMs ?? upstream.connectMs ?? connectMs,
    firstTokenMs: deployment.firstTokenMs ?? upstream.firstTokenMs ?? firstTokenMs,
    betweenChunksMs: deployment.betweenChunksMs ?? upstream.betweenChunksMs ?? betweenChunksMs,
    totalMs: deployment.totalMs ?? upstream.totalMs ?? totalMs,
  };
}
