import { useDeleteKey } from '../api/key-queries.ts';
import type { ApiKey } from '../api/key-wire.ts';
import { showToast } from '../ui/toast.tsx';
import { DeleteByNameDialog } from './delete-by-name-dialog.tsx';

export interface DeleteKeyDialogProps {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

export function DeleteKeyDialog({ apiKey, onClose, onDeleted }: DeleteKeyDialogProps) {
  const remove = useDeleteKey();
  const start = () =>
    remove.mutate(apiKey.id, {
      onSuccess: () => {
        showToast(`${apiKey.name} is deleted.`);
        onDeleted();
      },
    });
  return (
    <DeleteByNameDialog
      kind="key"
      name={apiKey.name}
      error={remove.error}
      isBusy={remove.isPending}
      onDelete={start}
      onClose={onClose}
    >
      Programs that use it are refused at once. This can’t be undone; its usage stays in the reports. To stop
      it for a while, disable it.
    </DeleteByNameDialog>
  );
}
