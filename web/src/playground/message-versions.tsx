import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '../ui/button.tsx';

/** The versions of a message, of which one is shown. */
export interface Versions {
  readonly position: number;
  readonly count: number;
  readonly show: (position: number) => void;
  readonly isBusy: boolean;
}

export function MessageVersions({
  versions: { position, count, show, isBusy },
}: {
  readonly versions: Versions;
}) {
  if (count < 2) return null;
  return (
    <span className="message-versions">
      <IconButton
        label="Earlier version"
        size="s"
        icon={<ChevronLeft aria-hidden="true" />}
        disabled={isBusy || position === 0}
        onClick={() => show(position - 1)}
      />
      {position + 1} / {count}
      <IconButton
        label="Later version"
        size="s"
        icon={<ChevronRight aria-hidden="true" />}
        disabled={isBusy || position === count - 1}
        onClick={() => show(position + 1)}
      />
    </span>
  );
}
