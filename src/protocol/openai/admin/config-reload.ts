import { z } from 'zod';

export const configReloadSchema = z
  .object({
    object: z.literal('config.reload'),
    changed: z
      .array(z.string())
      .describe('What is different now, such as `upstreams.gpu1`, `models.llama3` or `aliases`.'),
    needs_restart: z
      .array(z.string())
      .describe('Settings that are different in the file and keep their values until the next start.'),
  })
  .meta({ id: 'ConfigReload' });

export type WireConfigReload = z.infer<typeof configReloadSchema>;

export interface ShownConfigChange {
  readonly changed: readonly string[];
  readonly needsRestart: readonly string[];
}

export function toWireConfigReload({ changed, needsRestart }: ShownConfigChange): WireConfigReload {
  return { object: 'config.reload', changed: [...changed], needs_restart: [...needsRestart] };
}
