import { Link } from 'wouter';
import type { AdminModel } from '../api/model-wire.ts';
import type { Place } from '../api/upstreams-query.ts';
import type { Model } from '../api/wire.ts';
import { Badge, type BadgeProps } from '../ui/badge.tsx';
import { formatBytes, formatCount, formatShortCount } from '../ui/format.ts';
import type { TableColumn } from '../ui/table.tsx';
import { PlaceHealth } from '../upstreams/place-columns.tsx';
import { listCapabilities } from './list-capabilities.ts';
import { ModelActions } from './model-actions.tsx';

type Tone = NonNullable<BadgeProps['tone']>;

const states: Readonly<Record<Model['state'], readonly [title: string, tone: Tone]>> = {
  unloaded: ['Not loaded', 'plain'],
  loading: ['Loading', 'warn'],
  ready: ['Ready', 'ok'],
  failed: ['Failed', 'danger'],
  unloading: ['Unloading', 'warn'],
};

const fits: Readonly<Record<NonNullable<AdminModel['fit']>, string>> = {
  loaded: 'in memory',
  free: 'fits',
  after_unloading: 'another model makes room',
  never: 'more than models may have',
};

const nameColumn: TableColumn<Model & Partial<Pick<AdminModel, 'default' | 'pinned'>>> = {
  id: 'name',
  title: 'Model',
  render: (model) => (
    <span className="table-lines model-name">
      <span className="model-title">
        {model.id}
        {model.default === true && <Badge tone="accent">Default</Badge>}
        {model.pinned === true && <Badge>Pinned</Badge>}
      </span>
      <span className="muted">{listFacts(model).join(' · ')}</span>
      {model.aliases.length > 0 && <span className="muted">Also called {model.aliases.join(', ')}</span>}
    </span>
  ),
};

const stateColumn: TableColumn<Model> = {
  id: 'state',
  title: 'State',
  render: ({ state }) => (
    <Badge tone={states[state][1]} hasDot>
      {states[state][0]}
    </Badge>
  ),
};

const contextColumn: TableColumn<Model> = {
  id: 'context',
  title: 'Context',
  isNumber: true,
  render: ({ context_length: tokens }) =>
    tokens === null ? <span className="muted">Not known</span> : `${formatShortCount(tokens)} tokens`,
};

/** @param places of models that other servers have */
export function toPlaceColumn<Row extends Model>(places: readonly Place[]): TableColumn<Row> {
  return {
    id: 'place',
    title: 'Runs on',
    render: ({ id, backend }) => {
      const own = places.filter(({ model }) => model === id);
      if (own.length === 0) return backend === 'engine' ? 'This machine' : 'Another server';
      return (
        <ul className="model-places">
          {own.map((place) => (
            <li key={`${place.deployment} ${place.name}`}>
              <span>{place.name}</span> <PlaceHealth place={place} />
              {place.breaker !== 'closed' && <Badge tone="danger">Breaker {place.breaker}</Badge>}
            </li>
          ))}
        </ul>
      );
    },
  };
}

export const plainColumns: readonly TableColumn<Model>[] = [
  nameColumn,
  stateColumn,
  toPlaceColumn([]),
  contextColumn,
];

export const adminColumns: readonly TableColumn<AdminModel>[] = [
  nameColumn,
  stateColumn,
  contextColumn,
  {
    id: 'memory',
    title: 'Memory',
    isNumber: true,
    render: ({ memory_bytes: bytes, fit }) =>
      bytes === null || fit === null ? (
        <span className="muted">On its server</span>
      ) : (
        <span className="table-lines model-amount">
          ≈ {formatBytes(bytes)}
          <span className="muted">{fits[fit]}</span>
        </span>
      ),
  },
  {
    id: 'load',
    title: 'Requests',
    isNumber: true,
    render: ({ running, waiting, slots }) => (
      <span className="table-lines model-amount">
        {slots === null ? formatCount(running) : `${formatCount(running)} of ${formatCount(slots)}`}
        <span className="muted">{formatCount(waiting)} waiting</span>
      </span>
    ),
  },
];

/** @param onProblem gets what was refused, in words, and undefined when something else begins */
export function createActionsColumn(onProblem: (text: string | undefined) => void): TableColumn<AdminModel> {
  return {
    id: 'actions',
    title: 'Actions',
    render: (model) =>
      model.backend === 'engine' ? (
        <ModelActions model={model} onProblem={onProblem} />
      ) : (
        <Link href="/console/upstreams">Upstreams</Link>
      ),
  };
}

/** What it does, and what it is. */
function listFacts(model: Model): readonly string[] {
  const { capabilities, quantization, size_bytes: bytes, license } = model;
  const tasks = [
    ...(capabilities.chat ? ['chat'] : []),
    ...listCapabilities(model),
    ...(capabilities.embeddings && !capabilities.chat ? ['embeddings'] : []),
  ];
  const facts = [quantization, bytes === null ? null : formatBytes(bytes), license];
  return [tasks.join(', '), ...facts.filter((fact) => fact !== null)];
}
