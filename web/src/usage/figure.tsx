import { lazy, Suspense, useMemo, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { formatTime } from '../ui/format.ts';
import { Table } from '../ui/table.tsx';
import type { UsageFigure } from './list-figures.ts';
import type { Series } from './to-series.ts';

const Chart = lazy(() => import('./chart.tsx').then((module) => ({ default: module.Chart })));

export interface FigureProps {
  readonly figure: UsageFigure;
  /** Unix times in seconds, of the beginnings of the buckets. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
}

/** A chart with its legend, or the same numbers as a table. */
export function Figure({ figure, times, series }: FigureProps) {
  const { title, help, format, isCount } = figure;
  const [isTable, setTable] = useState(false);
  const [point, setPoint] = useState<number>();
  return (
    <section className="figure" aria-label={title}>
      <header className="figure-header">
        <div>
          <h3>{title}</h3>
          <p className="figure-help">{help}</p>
        </div>
        <Button
          size="s"
          look="quiet"
          aria-pressed={isTable}
          aria-label={`${title} as a table`}
          onClick={() => setTable(!isTable)}
        >
          Table
        </Button>
      </header>
      {isTable ? (
        <SeriesTable title={title} times={times} series={series} format={format} />
      ) : (
        <>
          <Suspense fallback={<div className="chart" />}>
            <Chart
              times={times}
              series={series}
              format={format}
              isCount={isCount}
              label={`${title} over time`}
              onPoint={setPoint}
            />
          </Suspense>
          <Legend figure={figure} times={times} series={series} point={point} />
        </>
      )}
    </section>
  );
}

interface LegendProps extends FigureProps {
  readonly point: number | undefined;
}

/** Names the lines, with their values at the pointer, or their sums. */
function Legend({ figure, times, series, point }: LegendProps) {
  const at = point === undefined ? undefined : times[point];
  const toValue = ({ values }: Series) => {
    if (point !== undefined) return toText(values[point] ?? null, figure.format);
    return figure.isSum ? figure.format(values.reduce<number>((a, b) => a + (b ?? 0), 0)) : '';
  };
  return (
    <div className="legend">
      {series.map((one, index) => (
        <span key={one.name} className="legend-item">
          <span className={`legend-sign series-${index + 1}`} />
          {one.name}
          <span className="legend-value">{toValue(one)}</span>
        </span>
      ))}
      <span className="legend-time">{at === undefined ? '' : formatTime(at)}</span>
    </div>
  );
}

interface SeriesTableProps extends Omit<FigureProps, 'figure'>, Pick<UsageFigure, 'title' | 'format'> {}

function SeriesTable({ title, times, series, format }: SeriesTableProps) {
  const rows = useMemo(() => times.map((time, index) => ({ time, index })).reverse(), [times]);
  return (
    <div className="figure-table">
      <Table
        label={`${title} as a table`}
        columns={[
          { id: 'time', title: 'From', render: ({ time }) => formatTime(time) },
          ...series.map(({ name, values }, column) => ({
            id: String(column),
            title: name,
            isNumber: true,
            render: ({ index }: (typeof rows)[number]) => toText(values[index] ?? null, format),
          })),
        ]}
        rows={rows}
        toKey={({ time }) => String(time)}
      />
    </div>
  );
}

function toText(value: number | null, format: (value: number) => string): string {
  return value === null ? '–' : format(value);
}
