import type { Place } from '../api/upstreams-query.ts';
import { Badge, type BadgeProps } from '../ui/badge.tsx';
import { formatCount, formatDurationMs } from '../ui/format.ts';
import type { TableColumn } from '../ui/table.tsx';

type Tone = NonNullable<BadgeProps['tone']>;

const states: Readonly<Record<Place['state'], readonly [title: string, tone: Tone]>> = {
  unloaded: ['Not loaded', 'plain'],
  starting: ['Starting', 'plain'],
  ready: ['Ready', 'ok'],
  failed: ['Failed', 'danger'],
  draining: ['Ending', 'warn'],
  closed: ['Closed', 'plain'],
};

const breakers: Readonly<Record<Place['breaker'], readonly [title: string, tone: Tone]>> = {
  closed: ['Closed', 'plain'],
  open: ['Open', 'danger'],
  resting: ['Resting', 'warn'],
};

export function PlaceHealth({ place: { state } }: { readonly place: Place }) {
  const [title, tone] = states[state];
  return (
    <Badge tone={tone} hasDot>
      {title}
    </Badge>
  );
}

export const placeColumns: readonly TableColumn<Place>[] = [
  {
    id: 'model',
    title: 'Model',
    render: ({ model, deployment }) => (
      <span className="table-lines upstreams-name">
        {model}
        <span className="muted">{deployment}</span>
      </span>
    ),
  },
  { id: 'server', title: 'Server', render: ({ name }) => <span className="upstreams-name">{name}</span> },
  {
    id: 'health',
    title: 'Health',
    render: (place) => <PlaceHealth place={place} />,
  },
  {
    id: 'breaker',
    title: 'Breaker',
    render: (place) => (
      <span className="table-lines">
        <Badge tone={breakers[place.breaker][1]} hasDot>
          {breakers[place.breaker][0]}
        </Badge>
        {place.breaker !== 'closed' && <span className="muted">{toRetryText(place)}</span>}
      </span>
    ),
  },
  {
    id: 'running',
    title: 'Running',
    isNumber: true,
    render: ({ running, slots }) =>
      slots === null ? formatCount(running) : `${formatCount(running)} of ${formatCount(slots)}`,
  },
  { id: 'waiting', title: 'Waiting', isNumber: true, render: ({ waiting }) => formatCount(waiting) },
  { id: 'priority', title: 'Priority', isNumber: true, render: ({ priority }) => formatCount(priority) },
  { id: 'weight', title: 'Weight', isNumber: true, render: ({ weight }) => formatCount(weight) },
  {
    id: 'spill',
    title: 'Spills over at',
    isNumber: true,
    render: ({ spill_over_ms: ms }) => (ms === null ? 'Never' : formatDurationMs(ms)),
  },
];

function toRetryText({ retry_in_ms: ms }: Place): string {
  if (ms === null) return 'a request tries it';
  return ms === 0 ? 'the next request tries it' : `tried again in ${formatDurationMs(ms)}`;
}
