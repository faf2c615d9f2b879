import { useState } from 'react';
import { useUpdateKey } from '../api/key-queries.ts';
import type { ApiKey, CreatedKey, Project } from '../api/key-wire.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Facts } from '../ui/facts.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Time } from '../ui/time.tsx';
import { showToast } from '../ui/toast.tsx';
import { AuditList } from './audit-list.tsx';
import { DeleteKeyDialog } from './delete-key-dialog.tsx';
import { toKeyBody, toKeyDraft } from './key-draft.ts';
import { KeyForm } from './key-form.tsx';
import { KeyStatusBadge } from './key-status.tsx';
import { RotateDialog } from './rotate-dialog.tsx';
import { toChanges } from './to-changes.ts';

export interface KeyDialogProps {
  readonly apiKey: ApiKey;
  readonly projects: readonly Project[];
  readonly onClose: () => void;
  readonly onRotated: (created: CreatedKey) => void;
}

const formId = 'key';

/** Everything that is known of a key, and what can be done with it. */
export function KeyDialog({ apiKey, projects, onClose, onRotated }: KeyDialogProps) {
  const [layer, setLayer] = useState<'rotate' | 'delete'>();
  const [tab, setTab] = useState('settings');
  const { draft, setDraft, update, submit } = useKeyEditing(apiKey, onClose);
  const closeLayer = () => setLayer(undefined);
  return (
    <Dialog
      isOpen
      keepsOpenOutside
      onClose={onClose}
      title={apiKey.name}
      place="wide"
      actions={
        <>
          <KeyActions
            apiKey={apiKey}
            onRotate={() => setLayer('rotate')}
            onDelete={() => setLayer('delete')}
          />
          {tab === 'settings' && (
            <Button look="primary" type="submit" form={formId} isBusy={update.isPending}>
              Save changes
            </Button>
          )}
        </>
      }
    >
      <div className="details">
        <KeyFacts apiKey={apiKey} />
        <Tabs
          value={tab}
          onChange={setTab}
          tabs={[
            {
              id: 'settings',
              title: 'Settings',
              content: (
                <KeyForm
                  id={formId}
                  draft={draft}
                  projects={projects}
                  error={update.error}
                  onChange={setDraft}
                  onSubmit={submit}
                />
              ),
            },
            { id: 'changes', title: 'Changes', content: <AuditList targetId={apiKey.id} /> },
          ]}
        />
      </div>
      {layer === 'rotate' && <RotateDialog apiKey={apiKey} onClose={closeLayer} onRotated={onRotated} />}
      {layer === 'delete' && <DeleteKeyDialog apiKey={apiKey} onClose={closeLayer} onDeleted={onClose} />}
    </Dialog>
  );
}

function useKeyEditing(apiKey: ApiKey, onSaved: () => void) {
  // What the form began with: later readings of the key must not look like changes by this form.
  const [before] = useState(() => toKeyDraft(apiKey));
  const [draft, setDraft] = useState(before);
  const update = useUpdateKey();
  const submit = () => {
    const body = toChanges(toKeyBody(before), toKeyBody(draft));
    if (body === undefined) return onSaved();
    update.mutate(
      { id: apiKey.id, body },
      {
        onSuccess: ({ name }) => {
          showToast(`${name} is changed.`);
          onSaved();
        },
      },
    );
  };
  return { draft, setDraft, update, submit };
}

function KeyFacts({ apiKey }: { readonly apiKey: ApiKey }) {
  const { previous_key_until: previousUntil } = apiKey;
  return (
    <Facts
      facts={[
        ['Status', <KeyStatusBadge key="status" status={apiKey.status} />],
        ['Id', <code key="id">{apiKey.id}</code>],
        ['Key', <code key="key">{apiKey.redacted_value}</code>],
        ['Created', <Time key="created" unixSeconds={apiKey.created_at} />],
        ['Last use', <Time key="used" unixSeconds={apiKey.last_used_at} none="Never used" />],
        ...(previousUntil === null
          ? []
          : [['Earlier key works until', <Time key="previous" unixSeconds={previousUntil} />] as const]),
      ]}
    />
  );
}

interface KeyActionsProps {
  readonly apiKey: ApiKey;
  readonly onRotate: () => void;
  readonly onDelete: () => void;
}

function KeyActions({ apiKey, onRotate, onDelete }: KeyActionsProps) {
  const update = useUpdateKey();
  const isDisabled = apiKey.disabled_at !== null;
  const toggle = () =>
    update.mutate(
      { id: apiKey.id, body: { disabled: !isDisabled } },
      {
        onSuccess: ({ name }) =>
          showToast(isDisabled ? `${name} is accepted again.` : `${name} is refused until you enable it.`),
        onError: (error) => showToast(error.message, 'error'),
      },
    );
  return (
    <span className="details-actions">
      <Button look="quiet" className="button-risky" onClick={onDelete}>
        Delete
      </Button>
      {apiKey.status !== 'revoked' && (
        <>
          <Button look="quiet" isBusy={update.isPending} onClick={toggle}>
            {isDisabled ? 'Enable' : 'Disable'}
          </Button>
          <Button look="quiet" onClick={onRotate}>
            Rotate
          </Button>
        </>
      )}
    </span>
  );
}
