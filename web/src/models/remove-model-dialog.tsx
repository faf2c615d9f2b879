import { useRef } from 'react';
import { toErrorText } from '../api/api-error.ts';
import type { AdminModel } from '../api/model-wire.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatBytes } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';
import { showToast } from '../ui/toast.tsx';
import { useModelAction } from './model-queries.ts';

export interface RemoveModelDialogProps {
  readonly model: AdminModel;
  readonly onClose: () => void;
}

/** Asks before the files of a model are deleted. */
export function RemoveModelDialog({ model, onClose }: RemoveModelDialogProps) {
  const { id, size_bytes: bytes, running } = model;
  const action = useModelAction(id);
  const isRemoved = useRef(false);
  const remove = () =>
    action.mutate('remove', {
      onSuccess: () => {
        isRemoved.current = true;
        showToast(`${id} is removed.`);
        onClose();
      },
    });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Remove ${id}?`}
      // The button that opened the dialog goes with its row. The focus goes to the first control of the page.
      toFocusAfter={() => (isRemoved.current ? document.getElementById('content') : true)}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" isBusy={action.isPending} onClick={remove}>
            Remove
          </Button>
        </>
      }
    >
      <div className="remove-model">
        {action.isError && <Notice kind="error">{toErrorText(action.error)}</Notice>}
        <p>
          Its files{bytes === null ? '' : ` (${formatBytes(bytes)})`} are deleted from this machine. To use it
          again, pull it again.
        </p>
        {running > 0 && <p>It is answering {running} requests. They end first.</p>}
        {model.default && <p>This server was started with it: the next start pulls it again.</p>}
      </div>
    </Dialog>
  );
}
