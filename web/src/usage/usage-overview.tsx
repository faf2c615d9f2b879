import './usage.css';
import { useQuery } from '@tanstack/react-query';
import { ChartNoAxesColumn } from 'lucide-react';
import { useMemo } from 'react';
import { toErrorText } from '../api/api-error.ts';
import type { UsageBucket } from '../api/usage-wire.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Notice } from '../ui/notice.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Figure } from './figure.tsx';
import { countRefusals, listFigures, type UsageFigure } from './list-figures.ts';
import { toGroupSeries, toPartSeries } from './to-series.ts';
import { type UsageQuestion, usageQuery } from './usage-query.ts';

export interface UsageOverviewProps {
  readonly question: UsageQuestion;
  /** The name of a key, a project, … by its id. */
  readonly toName: (value: string) => string;
}

/** What was used over time: one figure for each number. */
export function UsageOverview({ question, toName }: UsageOverviewProps) {
  const { data: buckets, error } = useQuery(usageQuery(question));
  if (buckets === undefined) {
    return error === null ? <FigureSkeletons /> : <Notice kind="error">{toErrorText(error)}</Notice>;
  }
  const results = buckets.flatMap((bucket) => bucket.results);
  if (!results.some((result) => result.requests > 0 || countRefusals(result) > 0)) return <NoUsage />;
  const currency = results[0]?.cost.currency ?? 'USD';
  return <Figures buckets={buckets} currency={currency} group={question.group} toName={toName} />;
}

interface FiguresProps extends Omit<FigureOfProps, 'figure' | 'times'> {
  readonly currency: string;
}

function Figures({ currency, buckets, ...rest }: FiguresProps) {
  const figures = useMemo(() => listFigures(currency), [currency]);
  const times = useMemo(() => buckets.map((bucket) => bucket.start_time), [buckets]);
  return (
    <div className="figures">
      {figures.map((figure) => (
        <FigureOf key={figure.title} figure={figure} times={times} buckets={buckets} {...rest} />
      ))}
    </div>
  );
}

interface FigureOfProps extends Pick<UsageOverviewProps, 'toName'>, Pick<UsageQuestion, 'group'> {
  readonly figure: UsageFigure;
  readonly times: readonly number[];
  readonly buckets: readonly UsageBucket[];
}

function FigureOf({ figure, times, buckets, group, toName }: FigureOfProps) {
  const series = useMemo(
    () =>
      group === 'none'
        ? toPartSeries(buckets, figure.parts)
        : toGroupSeries(buckets, { group, read: figure.read, isSum: figure.isSum, toName }),
    [buckets, figure, group, toName],
  );
  return <Figure figure={figure} times={times} series={series} />;
}

function FigureSkeletons() {
  return (
    <div className="figures">
      {['requests', 'tokens', 'cost', 'errors'].map((name) => (
        <div key={name} className="figure figure-waiting">
          <Skeleton lines={5} label={`Loading the ${name}`} />
        </div>
      ))}
    </div>
  );
}

function NoUsage() {
  return (
    <EmptyState icon={<ChartNoAxesColumn aria-hidden="true" />} title="Nothing was used in this time">
      Ask a model in the playground, or choose a longer time.
    </EmptyState>
  );
}
