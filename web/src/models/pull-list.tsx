import './pulls.css';
import { useQuery } from '@tanstack/react-query';
import { RotateCw, X } from 'lucide-react';
import { createStore } from '../api/create-store.ts';
import type { ModelPull } from '../api/model-wire.ts';
import { useStore } from '../api/use-store.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { PullProgress } from './pull-progress.tsx';
import { pullsQuery, toPullId, useEndsOfPulls, useStartPull } from './pull-queries.ts';

/** How long a failed pull is shown, in seconds. */
const failedShownSeconds = 3600;

/** Failed pulls that were put away in this tab. */
const dismissed = createStore<readonly string[]>([]);

const none: readonly ModelPull[] = [];

/** The pulls that run, and those that failed lately. */
export function PullList() {
  const { data: pulls = none } = useQuery(pullsQuery);
  const hidden = useStore(dismissed);
  useEndsOfPulls(pulls);
  const shown = pulls.filter((pull, index) => {
    if (pull.state === 'running') return true;
    const isNewest = pulls.findIndex(({ model }) => model === pull.model) === index;
    const isRecent = (pull.ended_at ?? 0) > Date.now() / 1000 - failedShownSeconds;
    return pull.state === 'failed' && isNewest && isRecent && !hidden.includes(toPullId(pull));
  });
  if (shown.length === 0) return null;
  return (
    <div className="pulls">
      {shown.map((pull) =>
        pull.state === 'running' ? (
          <PullProgress key={toPullId(pull)} pull={pull} />
        ) : (
          <FailedPull key={toPullId(pull)} pull={pull} />
        ),
      )}
    </div>
  );
}

function FailedPull({ pull }: { readonly pull: ModelPull }) {
  const { model, reason } = pull;
  const start = useStartPull();
  return (
    <Notice kind="error">
      <div className="pull-failed">
        <p>
          The pull of <strong>{model}</strong> failed. {start.error?.message ?? reason}
        </p>
        <Button
          size="s"
          icon={<RotateCw aria-hidden="true" />}
          aria-label={`Pull ${model} again`}
          isBusy={start.isPending}
          onClick={() => start.mutate(model)}
        >
          Again
        </Button>
        <IconButton
          label={`Put the failed pull of ${model} away`}
          size="s"
          icon={<X aria-hidden="true" />}
          onClick={() => dismissed.set([...dismissed.get(), toPullId(pull)])}
        />
      </div>
    </Notice>
  );
}
