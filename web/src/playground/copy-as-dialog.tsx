import { useState } from 'react';
import { CodeBlock } from '../ui/code-block.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { checkSettings } from './check-settings.ts';
import { addMessage, type Conversation, type Lane } from './conversation.ts';
import { toChatRequest } from './to-chat-request.ts';
import { toSnippets } from './to-snippets.ts';

export interface CopyAsDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly conversation: Conversation;
}

export function CopyAsDialog({ isOpen, onClose, conversation }: CopyAsDialogProps) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      place="wide"
      title="Copy the request"
      description="The exact request for the next answer. The key comes from the variable GRAVIXLAYER_API_KEY."
    >
      <Snippets conversation={conversation} />
    </Dialog>
  );
}

function Snippets({ conversation: { lanes, settings } }: Pick<CopyAsDialogProps, 'conversation'>) {
  const [language, setLanguage] = useState('cURL');
  const problem = checkSettings(settings, []);
  if (problem !== undefined) return <Notice kind="warn">{problem}</Notice>;
  const snippets = lanes.flatMap((lane) =>
    toSnippets(toChatRequest(toAsked(lane), settings), window.location.origin),
  );
  const languages = [...new Set(snippets.map((snippet) => snippet.language))];
  return (
    <Tabs
      value={language}
      onChange={setLanguage}
      tabs={languages.map((name) => ({
        id: name,
        title: name,
        content: snippets
          .filter((snippet) => snippet.language === name)
          .map(({ code }, index) => (
            <CodeBlock
              key={lanes[index]?.model ?? ''}
              code={code}
              title={lanes[index]?.model ?? ''}
              label={`Request in ${name}`}
            />
          )),
      }))}
    />
  );
}

/** The path up to the last question: an answer that was given is not asked for again. */
function toAsked(lane: Lane): Lane {
  const head = lane.messages.find(({ id }) => id === lane.headId);
  if (head?.kind === 'assistant') return toAsked({ ...lane, headId: head.parentId });
  if (head !== undefined) return lane;
  return addMessage(lane, { id: 'sample', parentId: null, kind: 'user', text: 'Hello!', images: [] });
}
