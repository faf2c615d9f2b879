import type { UsageGroup } from '../api/usage-wire.ts';
import { Select } from '../ui/select.tsx';
import { type RangeId, ranges } from './ranges.ts';
import type { UsageQuestion } from './usage-query.ts';

export interface UsageChoicesProps extends Pick<UsageQuestion, 'range' | 'group'> {
  /** That can be chosen. */
  readonly groups: readonly UsageGroup[];
  readonly onRange: (range: RangeId) => void;
  readonly onGroup: (group: UsageGroup) => void;
}

const groupTitles: Readonly<Record<UsageGroup, string>> = {
  none: 'All together',
  api_key_id: 'By key',
  project_id: 'By project',
  model: 'By model',
  deployment: 'By deployment',
  endpoint: 'By endpoint',
};

const rangeOptions = Object.entries(ranges).map(([value, { title }]) => ({ value, label: title }));

/** How far back the figures go, and what their lines are. */
export function UsageChoices({ range, group, groups, onRange, onGroup }: UsageChoicesProps) {
  return (
    <>
      <Select
        label="Time"
        value={range}
        options={rangeOptions}
        onChange={(next) => onRange(next as RangeId)}
      />
      <Select
        label="Lines"
        value={group}
        options={groups.map((value) => ({ value, label: groupTitles[value] }))}
        onChange={(next) => onGroup(next as UsageGroup)}
      />
    </>
  );
}
