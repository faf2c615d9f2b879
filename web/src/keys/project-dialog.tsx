import { useState } from 'react';
import { useCreateProject, useDeleteProject, useUpdateProject } from '../api/key-queries.ts';
import type { Project } from '../api/key-wire.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { showToast } from '../ui/toast.tsx';
import { AuditList } from './audit-list.tsx';
import { DeleteByNameDialog } from './delete-by-name-dialog.tsx';
import { toPolicyBody, toPolicyDraft } from './policy-draft.ts';
import { ProjectForm } from './project-form.tsx';
import { toChanges } from './to-changes.ts';

const formId = 'project';

export function CreateProjectDialog({ onClose }: { readonly onClose: () => void }) {
  const [before] = useState(() => toPolicyDraft(undefined));
  const [draft, setDraft] = useState(before);
  const create = useCreateProject();
  const submit = () => {
    const body = { name: draft.name.trim(), ...toChanges(toPolicyBody(before), toPolicyBody(draft)) };
    create.mutate(body, {
      onSuccess: ({ name }) => {
        showToast(`The project ${name} is there.`);
        onClose();
      },
    });
  };
  return (
    <Dialog
      isOpen
      keepsOpenOutside
      onClose={onClose}
      title="New project"
      description="Its limits and its budget apply to all of its keys together."
      place="wide"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={formId} isBusy={create.isPending}>
            Create project
          </Button>
        </>
      }
    >
      <ProjectForm id={formId} draft={draft} error={create.error} onChange={setDraft} onSubmit={submit} />
    </Dialog>
  );
}

export interface ProjectDialogProps {
  readonly project: Project;
  readonly onClose: () => void;
}

export function ProjectDialog({ project, onClose }: ProjectDialogProps) {
  const [before] = useState(() => toPolicyDraft(project));
  const [draft, setDraft] = useState(before);
  const [isDeleting, setDeleting] = useState(false);
  const [tab, setTab] = useState('settings');
  const update = useUpdateProject();
  const submit = () => {
    const body = toChanges(toPolicyBody(before), toPolicyBody(draft));
    if (body === undefined) return onClose();
    const onSuccess = ({ name }: Project) => {
      showToast(`${name} is changed.`);
      onClose();
    };
    update.mutate({ id: project.id, body }, { onSuccess });
  };
  const form = (
    <ProjectForm id={formId} draft={draft} error={update.error} onChange={setDraft} onSubmit={submit} />
  );
  return (
    <Dialog
      isOpen
      keepsOpenOutside
      onClose={onClose}
      title={project.name}
      description="Its limits and its budget apply to all of its keys together."
      place="wide"
      actions={
        <>
          <span className="details-actions">
            <Button look="quiet" className="button-risky" onClick={() => setDeleting(true)}>
              Delete
            </Button>
          </span>
          {tab === 'settings' && (
            <Button look="primary" type="submit" form={formId} isBusy={update.isPending}>
              Save changes
            </Button>
          )}
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={setTab}
        tabs={[
          { id: 'settings', title: 'Settings', content: form },
          { id: 'changes', title: 'Changes', content: <AuditList targetId={project.id} /> },
        ]}
      />
      {isDeleting && (
        <DeleteProjectDialog project={project} onClose={() => setDeleting(false)} onDeleted={onClose} />
      )}
    </Dialog>
  );
}

interface DeleteProjectDialogProps extends ProjectDialogProps {
  readonly onDeleted: () => void;
}

function DeleteProjectDialog({ project, onClose, onDeleted }: DeleteProjectDialogProps) {
  const remove = useDeleteProject();
  const start = () =>
    remove.mutate(project.id, {
      onSuccess: () => {
        showToast(`The project ${project.name} is deleted.`);
        onDeleted();
      },
    });
  return (
    <DeleteByNameDialog
      kind="project"
      name={project.name}
      error={remove.error}
      isBusy={remove.isPending}
      onDelete={start}
      onClose={onClose}
    >
      Only a project without keys can be deleted. Its usage stays in the reports.
    </DeleteByNameDialog>
  );
}
