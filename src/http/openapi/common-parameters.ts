import { listLimitDefault, listLimitMax } from '../../protocol/openai/shared/list-query.ts';
import type { OperationParameter } from './operation.ts';

/** The end of a description. */
export const adminNote = 'Only with a key of the scope `admin`.';

export const compatParameter: OperationParameter = {
  name: 'x-compat',
  in: 'header',
  description: '`strict`: refuse fields without effect with 400. Other values have no effect.',
  schema: { type: 'string' },
};

/** The parameters of every list. */
export function toPageParameters(orderDefault: 'asc' | 'desc'): readonly OperationParameter[] {
  return [
    {
      name: 'after',
      in: 'query',
      description: 'Start after the item with this id: `last_id` of the previous page.',
      schema: { type: 'string', minLength: 1, maxLength: 256 },
    },
    {
      name: 'limit',
      in: 'query',
      description: `Maximum number of items, 1 to ${listLimitMax}.`,
      schema: { type: 'integer', minimum: 1, maximum: listLimitMax, default: listLimitDefault },
    },
    {
      name: 'order',
      in: 'query',
      description: '`asc`: oldest first. `desc`: newest first.',
      schema: { enum: ['asc', 'desc'], default: orderDefault },
    },
  ];
}

export function toIdParameter(name: string, description: string): OperationParameter {
  return { name, in: 'path', description, schema: { type: 'string', minLength: 1 } };
}

export const modelParameter = toIdParameter(
  'model',
  'Name of the model. It may contain `:` and `/`, raw or percent-encoded.',
);
