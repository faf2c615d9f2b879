import './skeleton.css';

export interface SkeletonProps {
  /** How many lines of text it stands for. */
  readonly lines?: number;
  /** What is being loaded, for screen readers. */
  readonly label?: string;
}

/** Stands where text will be, so that nothing moves when it comes. */
export function Skeleton({ lines = 3, label = 'Loading' }: SkeletonProps) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <span key={index} className="skeleton-line" />
      ))}
    </div>
  );
}
