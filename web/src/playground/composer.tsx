import './composer.css';
import { useQuery } from '@tanstack/react-query';
import { ArrowUp, ImagePlus, Square, X } from 'lucide-react';
import { type ClipboardEvent, type KeyboardEvent, useRef, useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import { useStore } from '../api/use-store.ts';
import type { Model } from '../api/wire.ts';
import { IconButton } from '../ui/button.tsx';
import { showToast } from '../ui/toast.tsx';
import { answerRuns, stopAnswers } from './answer-runs.ts';
import { checkSettings } from './check-settings.ts';
import type { Conversation } from './conversation.ts';
import { sendMessage } from './open-conversation.ts';
import { parametersQuery } from './parameters-query.ts';
import { readImages } from './read-images.ts';

export interface ComposerProps {
  readonly conversation: Conversation;
  readonly models: readonly Model[];
}

export function Composer({ conversation, models }: ComposerProps) {
  const [text, setText] = useState('');
  const [images, setImages] = useState<readonly string[]>([]);
  const { data: parameters = [] } = useQuery(parametersQuery);
  const isBusy = Object.keys(useStore(answerRuns)).some((name) => name.startsWith(`${conversation.id}/`));
  const seesImages = conversation.lanes.every((lane) =>
    models.some(({ id, modalities }) => id === lane.model && modalities.input.includes('image')),
  );
  const problem = checkSettings(conversation.settings, parameters);
  const isEmpty = text.trim() === '' && images.length === 0;
  const send = () => {
    if (isEmpty || isBusy || problem !== undefined) return;
    sendMessage(text, images);
    setText('');
    setImages([]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && isBusy) stopAnswers(conversation.id);
    // While a word of an input method is put together, Enter belongs to that.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const add = async (files: readonly File[]) => {
    try {
      setImages([...images, ...(await readImages(files))]);
    } catch (error) {
      showToast(toErrorText(error), 'error');
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files].filter(({ type }) => type.startsWith('image/'));
    if (files.length > 0 && seesImages) void add(files);
  };
  return (
    <div className="composer">
      <div className="composer-box">
        <ChosenImages
          images={images}
          onRemove={(image) => setImages(images.filter((one) => one !== image))}
        />
        <div className="composer-row">
          {seesImages && <ImageButton onChoose={(files) => void add(files)} />}
          <textarea
            className="composer-text"
            aria-label="Message"
            placeholder="Write a message"
            rows={1}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
          />
          {isBusy ? (
            <IconButton
              label="Stop the answer"
              look="plain"
              icon={<Square aria-hidden="true" />}
              onClick={() => stopAnswers(conversation.id)}
            />
          ) : (
            <IconButton
              label="Send"
              look="primary"
              icon={<ArrowUp aria-hidden="true" />}
              disabled={isEmpty || problem !== undefined}
              onClick={send}
            />
          )}
        </div>
      </div>
      <p className="composer-problem" role="status">
        {problem}
      </p>
    </div>
  );
}

function ChosenImages({
  images,
  onRemove,
}: {
  readonly images: readonly string[];
  readonly onRemove: (image: string) => void;
}) {
  if (images.length === 0) return null;
  return (
    <ul className="composer-images">
      {images.map((image) => (
        <li key={image}>
          <img src={image} alt="To be sent" />
          <IconButton
            label="Remove the picture"
            size="s"
            icon={<X aria-hidden="true" />}
            onClick={() => onRemove(image)}
          />
        </li>
      ))}
    </ul>
  );
}

function ImageButton({ onChoose }: { readonly onChoose: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        label="Add pictures"
        icon={<ImagePlus aria-hidden="true" />}
        onClick={() => input.current?.click()}
      />
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif"
        multiple
        hidden
        aria-label="Pictures"
        onChange={(event) => {
          onChoose([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}
