import './table-skeleton.css';
import { Skeleton } from './skeleton.tsx';

export interface TableSkeletonProps {
  /** What is being loaded, for screen readers. */
  readonly label: string;
  readonly rows?: number;
}

/** Stands where a table will be. */
export function TableSkeleton({ label, rows = 4 }: TableSkeletonProps) {
  return (
    <div className="table-skeleton">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <Skeleton key={index} lines={1} label={label} />
      ))}
    </div>
  );
}
