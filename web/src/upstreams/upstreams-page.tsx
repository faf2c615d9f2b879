import './upstreams.css';
import { useQuery } from '@tanstack/react-query';
import { Siren } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { toErrorText } from '../api/api-error.ts';
import { type UpstreamList, upstreamsQuery } from '../api/upstreams-query.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { DrillDialog } from './drill-dialog.tsx';
import { listDrillable } from './list-drillable.ts';
import { NoUpstreams } from './no-upstreams.tsx';
import { placeColumns } from './place-columns.tsx';
import { upstreamColumns } from './upstream-columns.tsx';

/** The servers behind this one, and how each of them does now. */
export function UpstreamsPage() {
  const { data: listed, error } = useQuery(upstreamsQuery);
  const [isDrillOpen, setDrillOpen] = useState(false);
  const drillable = listed === undefined ? [] : listDrillable(listed);
  return (
    <Page
      title="Upstreams"
      description={
        <>
          Other servers that serve models. See also the{' '}
          <Link href="/console/usage?by=deployment">usage by deployment</Link>.
        </>
      }
      actions={
        drillable.length > 0 && (
          <Button icon={<Siren aria-hidden="true" />} onClick={() => setDrillOpen(true)}>
            Drill
          </Button>
        )
      }
    >
      {listed === undefined && error !== null && <Notice kind="error">{toErrorText(error)}</Notice>}
      {listed === undefined && error === null && <TableSkeleton label="Loading the upstreams" />}
      {listed !== undefined && <Lists listed={listed} />}
      <DrillDialog isOpen={isDrillOpen} drillable={drillable} onClose={() => setDrillOpen(false)} />
    </Page>
  );
}

function Lists({ listed: { data: upstreams, places } }: { readonly listed: UpstreamList }) {
  return (
    <>
      {places.length > 0 && (
        <div className="upstreams-part">
          <h2>Deployments</h2>
          <Table
            label="Deployments"
            columns={placeColumns}
            rows={places}
            toKey={({ model, deployment, name }) => JSON.stringify([model, deployment, name])}
          />
        </div>
      )}
      {upstreams.length === 0 ? (
        <NoUpstreams />
      ) : (
        <div className="upstreams-part">
          <h2>Servers</h2>
          <Table label="Servers" columns={upstreamColumns} rows={upstreams} toKey={({ name }) => name} />
        </div>
      )}
    </>
  );
}
