import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import type { Message } from './conversation.ts';
import { MessageVersions, type Versions } from './message-versions.tsx';
import { editMessage } from './open-conversation.ts';

export interface QuestionViewProps {
  readonly message: Extract<Message, { kind: 'user' }>;
  readonly laneIndex: number;
  readonly versions: Versions;
}

export function QuestionView({ message, laneIndex, versions }: QuestionViewProps) {
  const [isEditing, setEditing] = useState(false);
  if (isEditing)
    return <QuestionForm message={message} laneIndex={laneIndex} onClose={() => setEditing(false)} />;
  const { text, images } = message;
  return (
    <article className="question" aria-label="Your message">
      {images.length > 0 && (
        <div className="question-images">
          {images.map((image) => (
            <img key={image} src={image} alt="Sent with the message" />
          ))}
        </div>
      )}
      {text !== '' && <div className="question-text">{text}</div>}
      <div className="message-actions">
        <MessageVersions versions={versions} />
        <CopyButton text={text} label="Copy the message" />
        <IconButton
          label="Edit the message"
          size="s"
          icon={<Pencil aria-hidden="true" />}
          disabled={versions.isBusy}
          onClick={() => setEditing(true)}
        />
      </div>
    </article>
  );
}

function QuestionForm({
  message,
  laneIndex,
  onClose,
}: Omit<QuestionViewProps, 'versions'> & { readonly onClose: () => void }) {
  const [text, setText] = useState(message.text);
  const send = () => {
    onClose();
    editMessage(laneIndex, message.parentId, text, message.images);
  };
  return (
    <form
      className="question-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Field label="Edit the message" isLabelHidden>
        {(parts) => <TextArea {...parts} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      <div className="question-buttons">
        <Button size="s" onClick={onClose}>
          Cancel
        </Button>
        <Button size="s" look="primary" type="submit" disabled={text.trim() === ''}>
          Send as a new version
        </Button>
      </div>
    </form>
  );
}
