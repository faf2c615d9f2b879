import { X } from 'lucide-react';
import { IconButton } from '../ui/button.tsx';
import type { Pull } from './pulls.ts';

const phases: Readonly<Record<string, string>> = {
  wait: 'Waiting',
  download: 'Downloading',
  copy: 'Copying',
  unpack: 'Unpacking',
  verify: 'Checking',
};

export function PullProgress({ pull }: { readonly pull: Pull }) {
  const { model, phase, completedBytes, totalBytes, cancel } = pull;
  const total = totalBytes === undefined ? '' : ` of ${toMegabytes(totalBytes)}`;
  return (
    <section className="pull-progress" aria-label={`Pull of ${model}`}>
      <div>
        <strong>{model}</strong>
        <span className="pull-amount">
          {phases[phase] ?? phase} · {toMegabytes(completedBytes)}
          {total}
        </span>
      </div>
      <progress
        max={totalBytes ?? 1}
        value={totalBytes === undefined ? undefined : completedBytes}
        aria-label={`Progress of ${model}`}
      />
      <IconButton
        label={`Cancel the pull of ${model}`}
        size="s"
        icon={<X aria-hidden="true" />}
        onClick={cancel}
      />
    </section>
  );
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: bytes < 10e6 ? 1 : 0 })} MB`;
}
