import { useQuery } from '@tanstack/react-query';
import { toErrorText } from '../api/api-error.ts';
import { Button } from '../ui/button.tsx';
import { showToast } from '../ui/toast.tsx';
import { toShare } from './pull-progress.tsx';
import { pullsQuery, useCancelPull, useStartPull } from './pull-queries.ts';

const onError = (error: Error) => showToast(toErrorText(error), 'error');

/** Pulls a model of the catalogue, and then cancels its pull. */
export function PullButton({ model }: { readonly model: string }) {
  const { data: pulls = [] } = useQuery(pullsQuery);
  const start = useStartPull();
  const cancel = useCancelPull();
  const running = pulls.find((pull) => pull.model === model && pull.state === 'running');
  const isRunning = running !== undefined;
  return (
    <span className="catalogue-pull">
      {isRunning && <span className="muted">{toShare(running)}</span>}
      <Button
        size="s"
        aria-label={isRunning ? `Cancel the pull of ${model}` : `Pull ${model}`}
        isBusy={start.isPending || cancel.isPending}
        onClick={() => (isRunning ? cancel.mutate(model, { onError }) : start.mutate(model, { onError }))}
      >
        {isRunning ? 'Cancel' : 'Pull'}
      </Button>
    </span>
  );
}
