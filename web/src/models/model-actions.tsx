import { Pin, PinOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import type { AdminModel } from '../api/model-wire.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { type ModelAction, useModelAction } from './model-queries.ts';
import { RemoveModelDialog } from './remove-model-dialog.tsx';

export interface ModelActionsProps {
  readonly model: AdminModel;
  readonly onProblem: (text: string | undefined) => void;
}

/** What operators do with a model of this machine. */
export function ModelActions({ model, onProblem }: ModelActionsProps) {
  const { id, state, pinned } = model;
  const action = useModelAction(id);
  const [isRemoving, setRemoving] = useState(false);
  const run = (what: ModelAction) => {
    onProblem(undefined);
    action.mutate(what, { onError: (error) => onProblem(toErrorText(error)) });
  };
  const isBusyWith = (...actions: readonly ModelAction[]) =>
    action.isPending && actions.includes(action.variables);
  const isLoading = state === 'loading' || isBusyWith('load');
  const isUnloading = state === 'unloading' || isBusyWith('unload');
  const isLoaded = state === 'ready' || isUnloading;
  const verb = isLoaded ? 'Unload' : 'Load';
  return (
    <span className="model-actions">
      <Button
        size="s"
        className="model-toggle"
        aria-label={`${verb} ${id}`}
        isBusy={isLoading || isUnloading}
        onClick={() => run(isLoaded ? 'unload' : 'load')}
      >
        {isLoading ? 'Loading…' : isUnloading ? 'Unloading…' : verb}
      </Button>
      <IconButton
        label={pinned ? `Unpin ${id}` : `Pin ${id}: it stays in memory`}
        size="s"
        aria-pressed={pinned}
        icon={pinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />}
        isBusy={isBusyWith('pin', 'unpin')}
        onClick={() => run(pinned ? 'unpin' : 'pin')}
      />
      <IconButton
        label={`Remove ${id}`}
        size="s"
        icon={<Trash2 aria-hidden="true" />}
        onClick={() => setRemoving(true)}
      />
      {isRemoving && <RemoveModelDialog model={model} onClose={() => setRemoving(false)} />}
    </span>
  );
}
