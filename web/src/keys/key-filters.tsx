import type { ReactNode } from 'react';
import type { Project } from '../api/key-wire.ts';
import { SearchInput } from '../ui/search-input.tsx';
import { Select } from '../ui/select.tsx';
import type { KeyFilter } from './filter-keys.ts';
import { keyStatusTitles } from './key-status.tsx';

export interface KeyFiltersProps {
  readonly filter: KeyFilter;
  readonly projects: readonly Project[];
  readonly onText: (text: string) => void;
  readonly onStatus: (status: KeyFilter['status']) => void;
  readonly onProject: (id: string) => void;
  readonly action: ReactNode;
}

const statusOptions = [
  { value: 'all', label: 'Any status' },
  ...Object.entries(keyStatusTitles).map(([value, label]) => ({ value, label })),
];

export function KeyFilters({ filter, projects, onText, onStatus, onProject, action }: KeyFiltersProps) {
  return (
    <search className="filters" aria-label="Keys">
      <SearchInput
        label="Search keys"
        placeholder="Search by name, id, key, model…"
        value={filter.text}
        onChange={onText}
      />
      <Select
        label="Status"
        value={filter.status}
        options={statusOptions}
        onChange={(next) => onStatus(next as KeyFilter['status'])}
      />
      <Select
        label="Project"
        value={filter.project}
        options={[
          { value: 'all', label: 'Any project' },
          ...projects.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={onProject}
      />
      <span className="filters-action">{action}</span>
    </search>
  );
}
