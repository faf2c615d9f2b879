import { useState } from 'react';
import { useCreateKey } from '../api/key-queries.ts';
import type { CreatedKey, Project } from '../api/key-wire.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { type KeyDraft, toKeyBody, toKeyDraft } from './key-draft.ts';
import { KeyForm } from './key-form.tsx';
import { toChanges } from './to-changes.ts';

export interface CreateKeyDialogProps {
  readonly projects: readonly Project[];
  readonly onClose: () => void;
  readonly onCreated: (created: CreatedKey) => void;
}

const formId = 'new-key';
const empty = toKeyDraft(undefined);

export function CreateKeyDialog({ projects, onClose, onCreated }: CreateKeyDialogProps) {
  const [draft, setDraft] = useState<KeyDraft>(empty);
  const create = useCreateKey();
  const submit = () => {
    // What was left as it is gets the defaults of the server.
    const body = { name: draft.name.trim(), ...toChanges(toKeyBody(empty), toKeyBody(draft)) };
    create.mutate(body, { onSuccess: onCreated });
  };
  return (
    <Dialog
      isOpen
      keepsOpenOutside
      onClose={onClose}
      title="New key"
      place="wide"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={formId} isBusy={create.isPending}>
            Create key
          </Button>
        </>
      }
    >
      <KeyForm
        id={formId}
        draft={draft}
        projects={projects}
        error={create.error}
        onChange={setDraft}
        onSubmit={submit}
      />
    </Dialog>
  );
}
