import { type ReactNode, useState } from 'react';
import type { ApiKey } from '../api/key-wire.ts';
import { Button } from '../ui/button.tsx';
import { formatCount } from '../ui/format.ts';
import { Table, type TableColumn } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { KeyStatusBadge } from './key-status.tsx';
import { LimitsAtAGlance } from './limits-at-a-glance.tsx';
import { ScopeBadges } from './scope-badges.tsx';

export interface KeyTableProps {
  readonly keys: readonly ApiKey[];
  readonly projectNames: ReadonlyMap<string, string>;
  readonly onOpen: (key: ApiKey) => void;
  readonly empty: ReactNode;
}

/** Rows that are drawn at once: a server may have ten thousand keys. */
const rowsStep = 100;

export function KeyTable({ keys, projectNames, onOpen, empty }: KeyTableProps) {
  const [rowsMax, setRowsMax] = useState(rowsStep);
  return (
    <>
      <Table
        label="Keys"
        columns={toColumns(projectNames, onOpen)}
        rows={keys.slice(0, rowsMax)}
        toKey={({ id }) => id}
        empty={empty}
      />
      {keys.length > rowsMax && (
        <p className="more">
          {formatCount(rowsMax)} of {formatCount(keys.length)} keys{' '}
          <Button size="s" onClick={() => setRowsMax(rowsMax + rowsStep)}>
            Show more
          </Button>
        </p>
      )}
    </>
  );
}

function toColumns(
  projectNames: ReadonlyMap<string, string>,
  onOpen: (key: ApiKey) => void,
): readonly TableColumn<ApiKey>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      render: (key) => (
        <span className="key-name">
          <button type="button" className="link-button" onClick={() => onOpen(key)}>
            {key.name}
          </button>
          <code>{key.redacted_value}</code>
        </span>
      ),
    },
    { id: 'status', title: 'Status', render: (key) => <KeyStatusBadge status={key.status} /> },
    { id: 'project', title: 'Project', render: ({ project }) => projectNames.get(project) ?? project },
    {
      id: 'scopes',
      title: 'Scopes',
      render: ({ scopes }) => <ScopeBadges scopes={scopes} />,
    },
    { id: 'limits', title: 'Limits and budget', render: (key) => <LimitsAtAGlance {...key} /> },
    {
      id: 'used',
      title: 'Last use',
      render: (key) => <Time unixSeconds={key.last_used_at} none="Never used" />,
    },
    { id: 'expires', title: 'Expires', render: (key) => <Time unixSeconds={key.expires_at} none="Never" /> },
  ];
}
