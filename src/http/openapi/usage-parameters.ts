import {
  filterCharactersMax,
  filterValuesMax,
  outcomeWords,
  unixSecondsMax,
} from '../../protocol/openai/organization/query-fields.ts';
import type { UsageQueryForm } from '../../protocol/openai/organization/usage-query.ts';
import type { OperationParameter } from './operation.ts';

/** The query of a report of usage. */
export function toUsageParameters(form: UsageQueryForm): readonly OperationParameter[] {
  const { widths, groupWords, filters, isStartRequired, hasBatch = false } = form;
  const limits = Object.entries(widths);
  const limitsInWords = limits.map(
    ([width, { bucketsDefault, bucketsMax }]) =>
      `1 to ${bucketsMax} of \`${width}\`, ${bucketsDefault} by default`,
  );
  return [
    {
      name: 'start_time',
      in: 'query',
      required: isStartRequired,
      description: `Unix time in seconds.${isStartRequired ? '' : ' By default the last bucket of the page is the current one.'}`,
      schema: timeSchema,
    },
    {
      name: 'end_time',
      in: 'query',
      description: 'Unix time in seconds: the report ends before it. By default now.',
      schema: timeSchema,
    },
    {
      name: 'bucket_width',
      in: 'query',
      description: 'A minute, an hour or a day, in UTC. Minutes are known for as long as rows are kept.',
      schema: { enum: Object.keys(widths), default: '1d' },
    },
    {
      name: 'limit',
      in: 'query',
      description: `Buckets on a page: ${limitsInWords.join('; ')}.`,
      schema: {
        type: 'integer',
        minimum: 1,
        maximum: Math.max(...limits.map(([, { bucketsMax }]) => bucketsMax)),
      },
    },
    {
      name: 'page',
      in: 'query',
      description: '`next_page` of the page before.',
      schema: { type: 'string', pattern: '^page_[0-9]{1,11}$' },
    },
    toListParameter('group_by', 'Divide each bucket by these.', { items: { enum: groupWords } }),
    ...filters.map(toFilterParameter),
    ...(hasBatch ? [batchParameter] : []),
  ];
}

export const timeSchema = { type: 'integer', minimum: 0, maximum: unixSecondsMax };

export function toFilterParameter(name: string): OperationParameter {
  const values =
    name === 'outcomes' ? { items: { enum: outcomeWords }, maxItems: filterValuesMax } : filterValues;
  return toListParameter(name, toFilterText(name), values);
}

const filterValues = {
  items: { type: 'string', minLength: 1, maxLength: filterCharactersMax },
  maxItems: filterValuesMax,
};

function toListParameter(name: string, description: string, values: object): OperationParameter {
  return {
    name,
    in: 'query',
    description: `${description} \`${name}[]\` means the same.`,
    schema: { type: 'array', ...values },
  };
}

const batchParameter: OperationParameter = {
  name: 'batch',
  in: 'query',
  description: 'There are no batches here: `true` finds nothing.',
  schema: { enum: ['true', 'false'] },
};

function toFilterText(name: string): string {
  switch (name) {
    case 'project_ids':
      return 'Only these projects.';
    case 'api_key_ids':
      return 'Only these keys.';
    case 'models':
      return 'Only these models, by the names under which they served.';
    case 'endpoints':
      return 'Only these endpoints, such as `chat/completions`.';
    case 'deployments':
      return 'Only what these deployments answered.';
    case 'outcomes':
      return 'Only requests that ended in these ways.';
    default:
      return 'There are no users here: a list finds nothing.';
  }
}
