import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import type { Series } from './to-series.ts';
import { watchTheme } from './watch-theme.ts';

export interface ChartProps {
  /** Unix times in seconds. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly label: string;
  readonly format: (value: number) => string;
  /** Its axis has whole values only. */
  readonly isCount: boolean;
  /** The bucket under the pointer. */
  readonly onPoint: (index: number | undefined) => void;
}

const heightPx = 170;
const axisWidthPx = 68;
/** Top, right, bottom and left. The last time of the axis needs room at the right. */
const paddingPx = [8, 28, 0, 0] as const;

/** The steps of an axis of counts, from 1 on: there is no half of a request. */
const countSteps = Array.from({ length: 15 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
).flat();

/** Lines over time. The only file that loads uPlot. */
export function Chart({ times, series, label, format, isCount, onPoint }: ChartProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = ref.current;
    if (place === null) return;
    let plot = draw(place);
    function draw(element: HTMLElement): UPlot {
      const aligned = [[...times], ...series.map(({ values }) => [...values])] as UPlot.AlignedData;
      return new UPlot(toOptions(element, { series, format, isCount, onPoint }), aligned, element);
    }
    const redraw = () => {
      plot.destroy();
      plot = draw(place);
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: heightPx }));
    sizes.observe(place);
    const stopTheme = watchTheme(redraw);
    return () => {
      stopTheme();
      sizes.disconnect();
      plot.destroy();
    };
  }, [times, series, format, isCount, onPoint]);
  return <div ref={ref} className="chart" role="img" aria-label={label} />;
}

type OptionParts = Pick<ChartProps, 'series' | 'format' | 'isCount' | 'onPoint'>;

function toOptions(element: HTMLElement, { series, format, isCount, onPoint }: OptionParts): UPlot.Options {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(name);
  const resolve = createColourReader(element);
  const axis = {
    stroke: resolve('--ink-3'),
    font: `11px ${colour('--font')}`,
    grid: { stroke: resolve('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    padding: [...paddingPx],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        size: 24,
        grid: { show: false },
        space: 70,
        values: (_plot, ticks) => ticks.map(toTick(ticks)),
      },
      {
        ...axis,
        size: axisWidthPx,
        space: 34,
        values: (_plot, ticks) => ticks.map(format),
        ...(isCount ? { incrs: countSteps } : {}),
      },
    ],
    series: [
      {},
      ...series.map((_, index) => ({
        stroke: resolve(`--series-${index + 1}`),
        width: 1.75,
        ...(series.length === 1 ? { fill: resolve('--accent-soft') } : {}),
        points: { size: 5 },
      })),
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? undefined)] },
  };
}

/** Days where the ticks are far apart, else hours. */
function toTick(ticks: readonly number[]): (seconds: number) => string {
  const distance = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const options: Intl.DateTimeFormatOptions =
    distance >= 86_400 ? { month: 'short', day: 'numeric' } : { hour: 'numeric', minute: '2-digit' };
  const format = new Intl.DateTimeFormat(undefined, options);
  return (seconds) => format.format(seconds * 1000);
}

/** A canvas knows no custom properties and no `light-dark()`: the browser resolves them for an element. */
function createColourReader(element: HTMLElement): (name: string) => string {
  return (name) => {
    element.style.setProperty('color', `var(${name})`);
    const colour = getComputedStyle(element).color;
    element.style.removeProperty('color');
    return colour;
  };
}
