import { Badge, type BadgeProps } from '../ui/badge.tsx';
import { formatCode, formatCount, formatDurationMs, formatMoney } from '../ui/format.ts';
import type { TableColumn } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import type { LoggedRequest } from './request-log-query.ts';

const tones: Readonly<Record<string, NonNullable<BadgeProps['tone']>>> = {
  completed: 'ok',
  failed: 'danger',
  timed_out: 'danger',
  interrupted: 'danger',
  refused: 'warn',
};

export function requestColumns(toName: (id: string) => string): readonly TableColumn<LoggedRequest>[] {
  return [
    { id: 'ended', title: 'Ended', render: (row) => <Time unixSeconds={row.ended_at} /> },
    { id: 'key', title: 'Key', render: (row) => toName(row.api_key_id) },
    {
      id: 'model',
      title: 'Model',
      render: ({ model, deployment, endpoint }) => (
        <span className="table-lines">
          {model}
          <span className="muted">
            {endpoint}
            {deployment !== null && deployment !== model && `, ${deployment}`}
          </span>
        </span>
      ),
    },
    {
      id: 'outcome',
      title: 'Outcome',
      render: ({ outcome, error_code: code }) => (
        <span className="table-lines">
          <Badge tone={tones[outcome] ?? 'plain'} hasDot>
            {formatCode(outcome)}
          </Badge>
          {code !== null && <span className="muted">{code}</span>}
        </span>
      ),
    },
    {
      id: 'tokens',
      title: 'Tokens in, out',
      isNumber: true,
      render: ({ usage }) => `${formatCount(usage.input_tokens)}, ${formatCount(usage.output_tokens)}`,
    },
    {
      id: 'cost',
      title: 'Cost',
      isNumber: true,
      render: ({ cost }) => (cost === null ? '–' : formatMoney(cost.value, cost.currency)),
    },
    {
      id: 'first',
      title: 'First token',
      isNumber: true,
      render: ({ time_to_first_token_ms: ms }) => (ms === null ? '–' : formatDurationMs(ms)),
    },
    { id: 'time', title: 'Duration', isNumber: true, render: (row) => formatDurationMs(row.duration_ms) },
  ];
}
