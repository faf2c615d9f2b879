import type { Upstream } from '../api/upstreams-query.ts';
import type { TableColumn } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';

const modes: Readonly<Record<Upstream['mode'], string>> = {
  single: 'One server',
  router: 'A router',
  replicas: 'Replicas',
};

/** Names of models that are shown of a server; the others are a number. */
const modelsShownMax = 3;

export const upstreamColumns: readonly TableColumn<Upstream>[] = [
  { id: 'name', title: 'Name', render: ({ name }) => <span className="upstreams-name">{name}</span> },
  {
    id: 'kind',
    title: 'Kind',
    render: ({ kind, mode }) => (
      <span className="table-lines">
        {kind}
        <span className="muted">{modes[mode]}</span>
      </span>
    ),
  },
  { id: 'version', title: 'Version', render: ({ version }) => version ?? <None /> },
  {
    id: 'models',
    title: 'Models that it lists',
    render: ({ models }) => (models === null ? <None /> : toModelsText(models)),
  },
  {
    id: 'failure',
    title: 'Last failure',
    render: ({ last_failure: failure }) =>
      failure === null ? (
        <span className="muted">None</span>
      ) : (
        <span className="table-lines upstreams-reason">
          <Time unixSeconds={failure.at} />
          <span className="muted">{failure.reason}</span>
        </span>
      ),
  },
];

function None() {
  return <span className="muted">Not known</span>;
}

function toModelsText(models: readonly string[]): string {
  if (models.length === 0) return 'None';
  const shown = models.slice(0, modelsShownMax).join(', ');
  return models.length > modelsShownMax ? `${shown} and ${models.length - modelsShownMax} more` : shown;
}
