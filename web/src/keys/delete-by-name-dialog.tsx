import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';

export interface DeleteByNameDialogProps {
  /** Such as "key". */
  readonly kind: string;
  readonly name: string;
  readonly children: ReactNode;
  readonly error: Error | null;
  readonly isBusy: boolean;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}

const formId = 'delete';

/** Deletes only after the name was written, so that no key in use is deleted by a slip. */
export function DeleteByNameDialog(props: DeleteByNameDialogProps) {
  const { kind, name, children, error, isBusy, onDelete, onClose } = props;
  const [written, setWritten] = useState('');
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Delete the ${kind} ${name}?`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="danger"
            type="submit"
            form={formId}
            isBusy={isBusy}
            disabled={written.trim() !== name.trim()}
          >
            Delete
          </Button>
        </>
      }
    >
      <Form id={formId} error={error?.message} onSubmit={() => written.trim() === name.trim() && onDelete()}>
        <p>{children}</p>
        <Field label={`Write “${name}” to confirm`}>
          {(attributes) => (
            <TextInput {...attributes} value={written} onChange={(event) => setWritten(event.target.value)} />
          )}
        </Field>
      </Form>
    </Dialog>
  );
}
