import { useQuery } from '@tanstack/react-query';
import type { CreatedKey } from '../api/key-wire.ts';
import { modelsQuery } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { CodeBlock } from '../ui/code-block.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Time } from '../ui/time.tsx';
import { matchesModel } from './matches-model.ts';
import { toSnippets } from './to-snippets.ts';

export interface SecretDialogProps {
  readonly created: CreatedKey;
  readonly onClose: () => void;
}

/** Shows the key, once, and how to use it. */
export function SecretDialog({ created, onClose }: SecretDialogProps) {
  const { data: models = [] } = useQuery(modelsQuery);
  const model = models.find(
    ({ id, capabilities }) => capabilities.chat && matchesModel(id, created.models),
  )?.id;
  const snippets = toSnippets({ baseUrl: window.location.origin, created, model });
  return (
    <Dialog
      isOpen
      keepsOpenOutside
      onClose={onClose}
      title={`The key ${created.name}`}
      place="wide"
      actions={
        <Button look="primary" onClick={onClose}>
          I have kept it
        </Button>
      }
    >
      <div className="form">
        <Notice kind="warn">
          Copy the key now. The server keeps its hash only, and can’t show it again.
          {created.previous_key_until !== null && (
            <>
              {' '}
              The old secret ends <Time unixSeconds={created.previous_key_until} />.
            </>
          )}
        </Notice>
        <CodeBlock title="Key" label="the key" code={created.key} />
        <section className="try">
          <h3>Try it</h3>
          <Tabs
            tabs={snippets.map(({ title, code }) => ({
              id: title,
              title,
              content: <CodeBlock label={`${title} sample`} code={code} />,
            }))}
          />
        </section>
      </div>
    </Dialog>
  );
}
