import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { keysQuery } from '../api/key-queries.ts';
import { useWholeList } from '../api/list-query.ts';
import { formatCode } from '../ui/format.ts';
import { Select, type SelectOption } from '../ui/select.tsx';
import type { RequestFilter } from './request-log-query.ts';
import { usageQuery } from './usage-query.ts';

export interface RequestFiltersProps {
  readonly filter: RequestFilter;
  readonly onChange: (filter: RequestFilter) => void;
  readonly action: ReactNode;
}

export const noFilter: RequestFilter = {
  keyId: 'all',
  model: 'all',
  deployment: 'all',
  outcome: 'all',
  hours: 0,
};

const outcomes = ['completed', 'refused', 'failed', 'cancelled', 'timed_out', 'interrupted'];

const times: readonly SelectOption[] = [
  { value: '0', label: 'Any time' },
  { value: '1', label: 'Last hour' },
  { value: '24', label: 'Last 24 hours' },
  { value: '168', label: 'Last 7 days' },
  { value: '720', label: 'Last 30 days' },
];

export function RequestFilters({ filter, onChange, action }: RequestFiltersProps) {
  const { data: keys = [] } = useWholeList(keysQuery);
  const models = useUsed('model');
  const deployments = useUsed('deployment');
  const select = (
    label: string,
    name: 'keyId' | 'model' | 'deployment' | 'outcome',
    options: SelectOption[],
  ) => (
    <Select
      label={label}
      value={filter[name]}
      options={[{ value: 'all', label: `Any ${label.toLowerCase()}` }, ...options]}
      onChange={(value) => onChange({ ...filter, [name]: value })}
    />
  );
  return (
    <search className="filters" aria-label="Requests">
      {select(
        'Key',
        'keyId',
        keys.map(({ id, name }) => ({ value: id, label: name })),
      )}
      {select('Model', 'model', models)}
      {select('Deployment', 'deployment', deployments)}
      {select(
        'Outcome',
        'outcome',
        outcomes.map((value) => ({ value, label: formatCode(value) })),
      )}
      <Select
        label="Time"
        value={String(filter.hours)}
        options={times}
        onChange={(value) => onChange({ ...filter, hours: Number(value) })}
      />
      <span className="filters-action">{action}</span>
    </search>
  );
}

/** What was used in the last days, for a filter. */
function useUsed(group: 'model' | 'deployment'): SelectOption[] {
  const { data: buckets = [] } = useQuery(usageQuery({ path: '/v1/admin/usage', range: '30d', group }));
  const values = new Set(buckets.flatMap(({ results }) => results.map((result) => result[group] ?? '')));
  return [...values]
    .filter((value) => value !== '')
    .sort()
    .map((value) => ({ value, label: value }));
}
