import './conversation-list.css';
import { Download, Pencil, Plus, Trash2, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import { useStore } from '../api/use-store.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { saveFile } from '../ui/save-file.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { showToast } from '../ui/toast.tsx';
import type { Conversation } from './conversation.ts';
import { fileBytesMax, readFileText, toFileText } from './conversation-file.ts';
import { changeConversation, conversations, removeConversation, saveConversation } from './conversations.ts';
import { findConversations } from './find-conversations.ts';
import { openConversation, showConversation, startConversation } from './open-conversation.ts';

export function ConversationList({ onChoose = () => undefined }: { readonly onChoose?: () => void }) {
  const all = useStore(conversations);
  const { id: openId } = useStore(openConversation);
  const [query, setQuery] = useState('');
  const [removedId, setRemovedId] = useState<string>();
  const found = findConversations(all ?? [], query);
  const removed = all?.find(({ id }) => id === removedId);
  return (
    <div className="conversations">
      <Button
        icon={<Plus aria-hidden="true" />}
        onClick={() => {
          startConversation();
          onChoose();
        }}
      >
        New conversation
      </Button>
      {(all?.length ?? 0) > 0 && (
        <Field label="Search the conversations" isLabelHidden>
          {(parts) => (
            <TextInput
              {...parts}
              type="search"
              placeholder="Search"
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
          )}
        </Field>
      )}
      {all === undefined && <Skeleton lines={4} label="Loading the conversations" />}
      {found.length === 0 && all !== undefined && (
        <p className="conversations-none">
          {query === '' ? 'Your conversations stay in this browser.' : 'Nothing contains these words.'}
        </p>
      )}
      <ul>
        {found.map((conversation) => (
          <ConversationItem
            key={conversation.id}
            conversation={conversation}
            isOpen={conversation.id === openId}
            onChoose={onChoose}
            onRemove={() => setRemovedId(conversation.id)}
          />
        ))}
      </ul>
      <FileActions all={all ?? []} />
      <ConfirmDialog
        isOpen={removed !== undefined}
        title="Delete this conversation?"
        action="Delete"
        onClose={() => setRemovedId(undefined)}
        onConfirm={() => {
          setRemovedId(undefined);
          if (removedId === openId) startConversation();
          if (removedId !== undefined) removeConversation(removedId);
        }}
      >
        “{removed?.title}” is in this browser only. It can't be brought back.
      </ConfirmDialog>
    </div>
  );
}

interface ConversationItemProps {
  readonly conversation: Conversation;
  readonly isOpen: boolean;
  readonly onChoose: () => void;
  readonly onRemove: () => void;
}

function ConversationItem({
  conversation: { id, title },
  isOpen,
  onChoose,
  onRemove,
}: ConversationItemProps) {
  const [name, setName] = useState<string>();
  if (name !== undefined) {
    const keep = () => {
      setName(undefined);
      if (name.trim() !== '') changeConversation(id, (current) => ({ ...current, title: name.trim() }));
    };
    return (
      <li>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            keep();
          }}
        >
          <Field label="Name of the conversation" isLabelHidden>
            {(parts) => (
              <TextInput
                {...parts}
                autoFocus
                maxLength={200}
                value={name}
                onBlur={keep}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        </form>
      </li>
    );
  }
  return (
    <li className="conversation-item" data-open={isOpen}>
      <button
        type="button"
        className="conversation-title"
        aria-current={isOpen ? 'true' : undefined}
        onClick={() => {
          showConversation(id);
          onChoose();
        }}
      >
        {title}
      </button>
      <span className="conversation-actions">
        <IconButton
          label={`Rename ${title}`}
          size="s"
          icon={<Pencil aria-hidden="true" />}
          onClick={() => setName(title)}
        />
        <IconButton
          label={`Delete ${title}`}
          size="s"
          icon={<Trash2 aria-hidden="true" />}
          onClick={onRemove}
        />
      </span>
    </li>
  );
}

function FileActions({ all }: { readonly all: readonly Conversation[] }) {
  const input = useRef<HTMLInputElement>(null);
  const importFile = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      if (file.size > fileBytesMax) throw new Error('This file is larger than 50 MB.');
      const imported = readFileText(await file.text());
      imported.forEach(saveConversation);
      showToast(`Imported: ${imported.length}`);
    } catch (error) {
      showToast(toErrorText(error), 'error');
    }
  };
  return (
    <div className="conversations-files">
      <Button
        look="quiet"
        size="s"
        icon={<Upload aria-hidden="true" />}
        onClick={() => input.current?.click()}
      >
        Import
      </Button>
      {all.length > 0 && (
        <Button
          look="quiet"
          size="s"
          icon={<Download aria-hidden="true" />}
          onClick={() =>
            saveFile(new Blob([toFileText(all)], { type: 'application/json' }), 'gravix-conversations.json')
          }
        >
          Export
        </Button>
      )}
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label="File with conversations"
        onChange={(event) => {
          void importFile(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </div>
  );
}
