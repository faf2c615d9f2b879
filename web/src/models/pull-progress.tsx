import { X } from 'lucide-react';
import { toErrorText } from '../api/api-error.ts';
import type { ModelPull } from '../api/model-wire.ts';
import { IconButton } from '../ui/button.tsx';
import { formatBytes } from '../ui/format.ts';
import { showToast } from '../ui/toast.tsx';
import { useCancelPull } from './pull-queries.ts';

const phases: Readonly<Record<string, string>> = {
  wait: 'Waiting for another pull',
  download: 'Downloading',
  copy: 'Copying',
  unpack: 'Unpacking',
  verify: 'Checking',
};

/** How far a running pull is. */
export function PullProgress({ pull }: { readonly pull: ModelPull }) {
  const { model, phase, completed_bytes: doneBytes, total_bytes: totalBytes } = pull;
  const cancel = useCancelPull();
  const share = toShare(pull);
  const amount =
    doneBytes === null
      ? undefined
      : `${formatBytes(doneBytes)}${totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`}`;
  const parts = [phases[phase ?? ''] ?? 'Starting', amount, share];
  return (
    <section className="pull-progress" aria-label={`Pull of ${model}`}>
      <div>
        <strong>{model}</strong>
        <span className="pull-amount">{parts.filter((part) => part !== undefined).join(' · ')}</span>
      </div>
      <progress
        className="meter"
        max={totalBytes ?? 1}
        value={totalBytes === null ? undefined : (doneBytes ?? 0)}
        aria-label={`Progress of ${model}`}
      />
      <IconButton
        label={`Cancel the pull of ${model}`}
        size="s"
        icon={<X aria-hidden="true" />}
        isBusy={cancel.isPending}
        onClick={() => cancel.mutate(model, { onError: (error) => showToast(toErrorText(error), 'error') })}
      />
    </section>
  );
}

/** Such as `43 %`. Undefined: nothing says how much there is. */
export function toShare({ completed_bytes: done, total_bytes: total }: ModelPull): string | undefined {
  return done === null || total === null || total === 0 ? undefined : `${Math.floor((done / total) * 100)} %`;
}
