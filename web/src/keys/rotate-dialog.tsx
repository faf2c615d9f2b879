import { useState } from 'react';
import { useRotateKey } from '../api/key-queries.ts';
import type { ApiKey, CreatedKey } from '../api/key-wire.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { Select } from '../ui/select.tsx';

export interface RotateDialogProps {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
  readonly onRotated: (created: CreatedKey) => void;
}

const overlaps = [
  { value: '0', label: 'Refuse it at once' },
  { value: '3600', label: 'For an hour' },
  { value: '86400', label: 'For a day' },
  { value: '604800', label: 'For a week' },
  { value: '2592000', label: 'For 30 days' },
];

/** Gives a key a new secret. */
export function RotateDialog({ apiKey, onClose, onRotated }: RotateDialogProps) {
  const [overlap, setOverlap] = useState('3600');
  const rotate = useRotateKey();
  const start = () =>
    rotate.mutate({ id: apiKey.id, body: { overlap_seconds: Number(overlap) } }, { onSuccess: onRotated });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Rotate ${apiKey.name}`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" isBusy={rotate.isPending} onClick={start}>
            Rotate
          </Button>
        </>
      }
    >
      <div className="form">
        {rotate.isError && <Notice kind="error">{rotate.error.message}</Notice>}
        <p>
          The key gets a new secret. Its name, limits and usage stay. Put the new secret where the old one is
          used before the old one ends.
        </p>
        <Field
          label="The old secret works"
          help="If it has leaked, refuse it at once. Another rotation ends the time of an earlier one."
        >
          {({ id }) => <Select id={id} value={overlap} options={overlaps} onChange={setOverlap} />}
        </Field>
      </div>
    </Dialog>
  );
}
