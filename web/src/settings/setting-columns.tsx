import type { Setting, SettingSource } from '../api/settings-query.ts';
import { Badge, type BadgeProps } from '../ui/badge.tsx';
import { MarkedText } from '../ui/marked-text.tsx';
import type { TableColumn } from '../ui/table.tsx';
import { SettingValue } from './setting-value.tsx';

export const sourceTitles: Readonly<Record<SettingSource, string>> = {
  default: 'Default',
  file: 'config.yaml',
  environment: 'Environment',
  flag: 'Flag',
};

const tones: Readonly<Record<SettingSource, NonNullable<BadgeProps['tone']>>> = {
  default: 'plain',
  file: 'accent',
  environment: 'accent',
  flag: 'accent',
};

export const settingColumns: readonly TableColumn<Setting>[] = [
  {
    id: 'name',
    title: 'Setting',
    render: ({ name, description }) => (
      <span className="table-lines">
        <code>{name}</code>
        <span className="muted">
          <MarkedText text={description} />
        </span>
      </span>
    ),
  },
  {
    id: 'value',
    title: 'Value',
    render: ({ name, value, hidden, set }) =>
      hidden && set ? (
        <span className="muted">Set; never shown</span>
      ) : (
        <SettingValue name={name} value={value} none="Not set" />
      ),
  },
  {
    id: 'default',
    title: 'Default',
    render: ({ name, default: standard, hidden }) =>
      hidden ? <span className="muted">–</span> : <SettingValue name={name} value={standard} none="–" />,
  },
  {
    id: 'source',
    title: 'Source',
    render: ({ source, source_name: sourceName }) => (
      <span className="table-lines">
        <Badge tone={tones[source]}>{sourceTitles[source]}</Badge>
        {sourceName !== null && <code className="setting-source">{sourceName}</code>}
      </span>
    ),
  },
  {
    id: 'applies',
    title: 'A change applies',
    render: ({ reloadable }) => (reloadable ? 'at a reload' : 'at a restart'),
  },
];
