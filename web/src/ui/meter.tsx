import './meter.css';
import { classNames } from './class-names.ts';

export interface MeterProps {
  /** For screen readers. */
  readonly label: string;
  readonly used: number;
  readonly limit: number;
}

/** From this share on, the colour warns. */
const warnShare = 0.8;

/** How much of a limit is used. */
export function Meter({ label, used, limit }: MeterProps) {
  const share = limit === 0 ? 1 : used / limit;
  return (
    <progress
      className={classNames('meter', share >= 1 ? 'meter-full' : share >= warnShare && 'meter-warn')}
      aria-label={label}
      value={Math.min(used, limit)}
      max={limit}
    />
  );
}
