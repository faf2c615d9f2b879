import { z } from 'zod';

/** Answer of `GET /health`. */
export const healthSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

/** Answer of `GET /ready`, whose status is 503 where it says `unavailable`. */
export const readinessSchema = z
  .object({
    status: z.enum(['ready', 'unavailable']),
    database: z.enum(['ok', 'degraded']).meta({
      description:
        '`degraded`: the database does not answer. Known keys are served for `keyStaleMsMax`; other keys get status 503.',
    }),
  })
  .meta({ id: 'Readiness' });

export type Health = z.infer<typeof healthSchema>;
export type Readiness = z.infer<typeof readinessSchema>;
