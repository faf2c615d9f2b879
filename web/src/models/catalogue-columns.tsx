import type { CatalogueModel } from '../api/model-wire.ts';
import { Badge } from '../ui/badge.tsx';
import { formatBytes, formatShortCount } from '../ui/format.ts';
import type { TableColumn } from '../ui/table.tsx';
import { PullButton } from './pull-button.tsx';

export const catalogueColumns: readonly TableColumn<CatalogueModel>[] = [
  {
    id: 'name',
    title: 'Model',
    render: ({ id, capabilities }) => (
      <span className="table-lines model-name">
        {id}
        <span className="muted">{capabilities.join(', ')}</span>
      </span>
    ),
  },
  { id: 'parameters', title: 'Parameters', isNumber: true, render: (model) => model.parameter_size },
  { id: 'quantization', title: 'Quantization', render: ({ quantization }) => quantization },
  {
    id: 'size',
    title: 'Size',
    isNumber: true,
    render: ({ size_bytes: bytes, size_estimated: isEstimated }) => (
      <span className="catalogue-size">
        {bytes === null ? 'Not known' : `${isEstimated ? '≈ ' : ''}${formatBytes(bytes)}`}
      </span>
    ),
  },
  { id: 'fits', title: 'On this machine', render: ({ fits }) => <Fit fits={fits} /> },
  {
    id: 'context',
    title: 'Context',
    isNumber: true,
    render: ({ context_length: tokens }) => (tokens === null ? 'Not known' : formatShortCount(tokens)),
  },
  { id: 'license', title: 'Licence', render: ({ license }) => license },
  { id: 'pull', title: 'Pull', render: (model) => <PullButton model={model.id} /> },
];

function Fit({ fits }: Pick<CatalogueModel, 'fits'>) {
  if (fits === null) return <span className="muted">Not known</span>;
  return fits ? <Badge tone="ok">Fits</Badge> : <Badge tone="danger">Too large</Badge>;
}
