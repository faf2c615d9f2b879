import { z } from 'zod';

/** A served model, as `GET /models` and `GET /models/{id}` show it. */
export const modelSchema = z
  .object({
    id: z.string().describe('The name to ask for.'),
    object: z.literal('model'),
    created: z.int().describe('Unix time in seconds when the model was added to this server.'),
    owned_by: z.string(),
    alias_of: z
      .string()
      .optional()
      .describe('Only for an alias that the operator has defined: the model that really answers.'),
  })
  .meta({ id: 'Model' });

export const modelListSchema = z
  .object({ object: z.literal('list'), data: z.array(modelSchema) })
  .meta({ id: 'ModelList' });

export type WireModel = z.infer<typeof modelSchema>;
export type WireModelList = z.infer<typeof modelListSchema>;

/** What the wire needs to know of a model. */
export interface ModelEntry {
  readonly id: string;
  readonly createdAtSeconds: number;
  readonly ownedBy: string;
  /** The model that an alias stands for; undefined for a model of its own. */
  readonly aliasOf: string | undefined;
}

export function toModel({ id, createdAtSeconds, ownedBy, aliasOf }: ModelEntry): WireModel {
  const model: WireModel = { id, object: 'model', created: createdAtSeconds, owned_by: ownedBy };
  return aliasOf === undefined ? model : { ...model, alias_of: aliasOf };
}

export function toModelList(entries: readonly ModelEntry[]): WireModelList {
  return { object: 'list', data: entries.map(toModel) };
}
