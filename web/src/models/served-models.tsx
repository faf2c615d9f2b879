import './models.css';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import type { AdminModel } from '../api/model-wire.ts';
import { modelsQuery } from '../api/queries.ts';
import { upstreamsQuery } from '../api/upstreams-query.ts';
import { Notice } from '../ui/notice.tsx';
import { Table } from '../ui/table.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { NoModel } from './first-model.tsx';
import { MemoryCard } from './memory-card.tsx';
import { adminModelsQuery } from './model-queries.ts';
import { adminColumns, createActionsColumn, plainColumns, toPlaceColumn } from './served-columns.tsx';

/** What a key without the scope `admin` sees: the models, with nothing to change. */
export function ServedModels() {
  const { data: models, error } = useQuery(modelsQuery);
  if (models === undefined) return <Waiting error={error} />;
  // An alias stands with its model, unless that one is not shown itself.
  const shown = models.filter(({ alias_of: target }) => !models.some(({ id }) => id === target));
  if (shown.length === 0) return <NoModel title="This server has no model for you yet" />;
  return <Table label="Served models" columns={plainColumns} rows={shown} toKey={({ id }) => id} />;
}

/** What operators see, and do. */
export function ManagedModels() {
  const { data: listed, error } = useQuery(adminModelsQuery);
  const { data: upstreams } = useQuery(upstreamsQuery);
  const [problem, setProblem] = useState<string>();
  if (listed === undefined || upstreams === undefined) return <Waiting error={error} />;
  const columns = [
    ...adminColumns.slice(0, 2),
    toPlaceColumn<AdminModel>(upstreams.places),
    ...adminColumns.slice(2),
    createActionsColumn(setProblem),
  ];
  return (
    <div className="list">
      {problem !== undefined && <Notice kind="error">{problem}</Notice>}
      <MemoryCard memory={listed.memory} />
      {listed.data.length === 0 ? (
        <NoModel title="This server serves no model yet" />
      ) : (
        <Table label="Served models" columns={columns} rows={listed.data} toKey={({ id }) => id} />
      )}
    </div>
  );
}

function Waiting({ error }: { readonly error: Error | null }) {
  return error === null ? (
    <TableSkeleton label="Loading the models" rows={5} />
  ) : (
    <Notice kind="error">{toErrorText(error)}</Notice>
  );
}
