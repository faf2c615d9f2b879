import '../ui/list.css';
import './settings.css';
import { useQuery } from '@tanstack/react-query';
import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import { type Setting, settingsQuery } from '../api/settings-query.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { SearchInput } from '../ui/search-input.tsx';
import { Select } from '../ui/select.tsx';
import { Table } from '../ui/table.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { filterSettings, groupSettings, type SettingFilter } from './filter-settings.ts';
import { settingColumns, sourceTitles } from './setting-columns.tsx';

/** The settings in effect, and where each comes from. */
export function SettingsPage() {
  const { data: settings, error } = useQuery(settingsQuery);
  const [filter, setFilter] = useState<SettingFilter>({ text: '', source: 'all' });
  return (
    <Page
      title="Settings"
      description={
        <>
          The settings in effect, and where each comes from. Change them in <code>config.yaml</code>, by
          variables or by flags. Secrets are never shown.
        </>
      }
    >
      <div className="list">
        <Filters filter={filter} onChange={setFilter} />
        {settings === undefined && error !== null && <Notice kind="error">{toErrorText(error)}</Notice>}
        {settings === undefined && error === null && <TableSkeleton label="Loading the settings" rows={8} />}
        {settings !== undefined && <Groups settings={filterSettings(settings, filter)} />}
      </div>
    </Page>
  );
}

interface FiltersProps {
  readonly filter: SettingFilter;
  readonly onChange: (filter: SettingFilter) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  return (
    <search className="filters" aria-label="Settings">
      <SearchInput
        label="Search settings"
        placeholder="Search by name, value, variable…"
        value={filter.text}
        onChange={(text) => onChange({ ...filter, text })}
      />
      <Select
        label="Source"
        value={filter.source}
        options={[
          { value: 'all', label: 'Any source' },
          ...Object.entries(sourceTitles).map(([value, label]) => ({ value, label })),
        ]}
        onChange={(source) => onChange({ ...filter, source: source as SettingFilter['source'] })}
      />
    </search>
  );
}

function Groups({ settings }: { readonly settings: readonly Setting[] }) {
  if (settings.length === 0) {
    return (
      <EmptyState icon={<SlidersHorizontal aria-hidden="true" />} title="No setting fits">
        Search for fewer words, or choose another source.
      </EmptyState>
    );
  }
  return groupSettings(settings).map(([group, members]) => (
    <div key={group} className="setting-group">
      <h2>{group}</h2>
      <Table label={group} columns={settingColumns} rows={members} toKey={({ name }) => name} />
    </div>
  ));
}
