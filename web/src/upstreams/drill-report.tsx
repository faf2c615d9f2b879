import { Badge } from '../ui/badge.tsx';
import { Notice } from '../ui/notice.tsx';
import { Table, type TableColumn } from '../ui/table.tsx';
import type { Drill, DrillFault, DrillTrial } from './drill-query.ts';

const columns: readonly TableColumn<DrillFault>[] = [
  { id: 'fault', title: 'The upstream', render: ({ fault }) => fault },
  { id: 'streamed', title: 'A streamed request', render: ({ streamed }) => <Trial trial={streamed} /> },
  {
    id: 'plain',
    title: 'A plain request',
    render: ({ plain }) =>
      plain === null ? <span className="muted">Not tried</span> : <Trial trial={plain} />,
  },
];

/** What clients get for each fault, and whether it is what they are promised. */
export function DrillReport({ drill: { held, broken, faults } }: { readonly drill: Drill }) {
  return (
    <>
      {broken === 0 ? (
        <Notice kind="done">All {held} requests got what is promised.</Notice>
      ) : (
        <Notice kind="warn">
          {broken} of {held + broken} requests did not get what is promised.
        </Notice>
      )}
      <Table label="Results of the drill" columns={columns} rows={faults} toKey={({ fault }) => fault} />
    </>
  );
}

function Trial({ trial: { held, outcome, problems } }: { readonly trial: DrillTrial }) {
  return (
    <span className="table-lines">
      <span className="drill-outcome">
        <Badge tone={held ? 'ok' : 'danger'} hasDot>
          {held ? 'Held' : 'Broken'}
        </Badge>
        {outcome}
      </span>
      {problems.map((problem) => (
        <span key={problem} className="muted">
          {problem}
        </span>
      ))}
    </span>
  );
}
