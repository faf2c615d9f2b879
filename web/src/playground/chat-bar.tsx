import './chat-bar.css';
import { Code, Columns2, PanelLeft, SlidersHorizontal, X } from 'lucide-react';
import { useState } from 'react';
import type { Model } from '../api/wire.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { changeLane } from './answer-runs.ts';
import type { Conversation } from './conversation.ts';
import { CopyAsDialog } from './copy-as-dialog.tsx';
import { ModelPicker } from './model-picker.tsx';
import { changeOpenConversation } from './open-conversation.ts';

export interface ChatBarProps {
  readonly conversation: Conversation;
  readonly models: readonly Model[];
  readonly onShowConversations: () => void;
  readonly onShowSettings: () => void;
}

export function ChatBar({ conversation, models, onShowConversations, onShowSettings }: ChatBarProps) {
  const [isCopying, setCopying] = useState(false);
  const { lanes } = conversation;
  const setModel = (index: number, model: string) =>
    changeOpenConversation((current) => changeLane(current, index, (lane) => ({ ...lane, model })));
  return (
    <div className="chat-bar">
      <IconButton
        label="Show the conversations"
        className="playground-conversations-button"
        icon={<PanelLeft aria-hidden="true" />}
        onClick={onShowConversations}
      />
      <div className="chat-bar-models">
        {lanes.map((lane, index) => (
          <ModelPicker
            // biome-ignore lint/suspicious/noArrayIndexKey: a lane is its place
            key={index}
            label={index === 0 ? 'Model' : 'Second model'}
            models={models}
            value={lane.model}
            onChange={(model) => setModel(index, model)}
          />
        ))}
        <CompareButton conversation={conversation} models={models} />
      </div>
      <Button
        look="quiet"
        className="chat-bar-copy"
        icon={<Code aria-hidden="true" />}
        onClick={() => setCopying(true)}
      >
        Copy as
      </Button>
      <IconButton label="Settings" icon={<SlidersHorizontal aria-hidden="true" />} onClick={onShowSettings} />
      <CopyAsDialog isOpen={isCopying} onClose={() => setCopying(false)} conversation={conversation} />
    </div>
  );
}

function CompareButton({ conversation: { lanes }, models }: Pick<ChatBarProps, 'conversation' | 'models'>) {
  const [first] = lanes;
  if (lanes.length > 1) {
    const stop = () =>
      changeOpenConversation((current) => ({ ...current, lanes: current.lanes.slice(0, 1) }));
    return <IconButton label="Show one model only" icon={<X aria-hidden="true" />} onClick={stop} />;
  }
  const start = () =>
    changeOpenConversation((current) => {
      const other = models.find(({ id }) => id !== first?.model)?.id ?? first?.model ?? '';
      return {
        ...current,
        lanes: [...current.lanes, ...current.lanes.map((lane) => ({ ...lane, model: other }))],
      };
    });
  return (
    <IconButton label="Compare with a second model" icon={<Columns2 aria-hidden="true" />} onClick={start} />
  );
}
