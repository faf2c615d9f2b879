import { listLimitDefault, listLimitMax } from '../../protocol/openai/shared/list-query.ts';
import type { OperationParameter } from './operation.ts';

export const compatParameter: OperationParameter = {
  name: 'x-compat',
  in: 'header',
  description:
    '`strict`: a field that would be ignored is refused with 400. Any other value changes nothing.',
  schema: { type: 'string' },
};

/** What every list takes. */
export function toPageParameters(orderDefault: 'asc' | 'desc'): readonly OperationParameter[] {
  return [
    {
      name: 'after',
      in: 'query',
      description: 'Begin behind the one with this id: `last_id` of the page before.',
      schema: { type: 'string', minLength: 1, maxLength: 256 },
    },
    {
      name: 'limit',
      in: 'query',
      description: `How many at most, 1 to ${listLimitMax}.`,
      schema: { type: 'integer', minimum: 1, maximum: listLimitMax, default: listLimitDefault },
    },
    {
      name: 'order',
      in: 'query',
      description: '`asc`: the oldest first. `desc`: the newest first.',
      schema: { enum: ['asc', 'desc'], default: orderDefault },
    },
  ];
}

export function toIdParameter(name: string, description: string): OperationParameter {
  return { name, in: 'path', description, schema: { type: 'string', minLength: 1 } };
}

export const modelParameter = toIdParameter(
  'model',
  'Name of the model. It may hold `:` and `/`, raw or percent-encoded.',
);
