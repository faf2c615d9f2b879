import { useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { Select } from '../ui/select.tsx';
import { TableSkeleton } from '../ui/table-skeleton.tsx';
import { useDrill } from './drill-query.ts';
import { DrillReport } from './drill-report.tsx';
import type { Drillable } from './list-drillable.ts';

export interface DrillDialogProps {
  readonly isOpen: boolean;
  readonly drillable: readonly Drillable[];
  readonly onClose: () => void;
}

/** Asks before a drill, and shows what it found. A drill goes on while the dialog is closed. */
export function DrillDialog({ isOpen, drillable, onClose }: DrillDialogProps) {
  const drill = useDrill();
  const [chosenId, setChosenId] = useState<string>();
  const chosen = drillable.find(({ id }) => id === chosenId) ?? drillable[0];
  const choose = (id: string) => {
    setChosenId(id);
    drill.reset();
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      place="wide"
      title="Drill"
      description="Shows what clients get when the upstream of a deployment fails. The drill starts a faulty upstream on loopback and sends it requests. The real upstream gets none, and clients notice nothing. It takes some seconds."
      actions={
        <>
          <Button onClick={onClose}>{drill.data === undefined ? 'Cancel' : 'Close'}</Button>
          <Button
            look="primary"
            isBusy={drill.isPending}
            disabled={chosen === undefined}
            onClick={() => chosen !== undefined && drill.mutate(chosen)}
          >
            {drill.data === undefined ? 'Start the drill' : 'Drill again'}
          </Button>
        </>
      }
    >
      <div className="drill">
        <Field label="Deployment">
          {({ id }) => (
            <Select
              id={id}
              value={chosen?.id}
              options={drillable.map((one) => ({ value: one.id, label: `${one.deployment} (${one.model})` }))}
              isDisabled={drill.isPending}
              onChange={choose}
            />
          )}
        </Field>
        {drill.isError && <Notice kind="error">{toErrorText(drill.error)}</Notice>}
        {drill.isPending && <TableSkeleton label="The drill runs" rows={6} />}
        {drill.data !== undefined && <DrillReport drill={drill.data} />}
      </div>
    </Dialog>
  );
}
