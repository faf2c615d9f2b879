import './playground-page.css';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { toErrorText } from '../api/api-error.ts';
import { modelsQuery } from '../api/queries.ts';
import type { Model } from '../api/wire.ts';
import { FirstModel } from '../models/first-model.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { toRunName } from './answer-runs.ts';
import { ChatBar } from './chat-bar.tsx';
import { ChatThread } from './chat-thread.tsx';
import { Composer } from './composer.tsx';
import { ConversationList } from './conversation-list.tsx';
import { loadConversations } from './conversations.ts';
import { startConversation } from './open-conversation.ts';
import { SettingsPanel } from './settings-panel.tsx';
import { useFirstModel } from './use-first-model.ts';
import { useOpenConversation } from './use-open-conversation.ts';

export function PlaygroundPage() {
  const { data: models, error } = useQuery(modelsQuery);
  if (models === undefined) {
    return (
      <Page title="Playground">
        {error === null ? <Skeleton lines={5} /> : <Notice kind="error">{toErrorText(error)}</Notice>}
      </Page>
    );
  }
  const chatModels = models.filter(({ capabilities }) => capabilities.chat);
  return chatModels.length === 0 ? <FirstModel /> : <Playground models={chatModels} />;
}

type Panel = 'conversations' | 'settings';

function Playground({ models }: { readonly models: readonly Model[] }) {
  const conversation = useOpenConversation();
  const [panel, setPanel] = useState<Panel>();
  const [hasSettings, setHasSettings] = useState(() => window.innerWidth > 1000);
  useFirstModel(models);
  useEffect(() => void loadConversations(), []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!event.ctrlKey || !event.shiftKey || event.key.toLowerCase() !== 'o') return;
      event.preventDefault();
      startConversation();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
  const close = () => setPanel(undefined);
  const isNarrow = () => window.matchMedia('(max-width: 1000px)').matches;
  return (
    <div className="playground" data-settings={hasSettings}>
      <h1 className="unseen">Playground</h1>
      <aside className="playground-conversations" aria-label="Conversations">
        <ConversationList />
      </aside>
      <div className="playground-chat">
        <ChatBar
          conversation={conversation}
          models={models}
          onShowConversations={() => setPanel('conversations')}
          onShowSettings={() => (isNarrow() ? setPanel('settings') : setHasSettings(!hasSettings))}
        />
        <div className="playground-lanes" data-lanes={conversation.lanes.length}>
          {conversation.lanes.map((lane, index) => (
            <ChatThread
              key={toRunName(conversation.id, index)}
              conversation={conversation}
              lane={lane}
              laneIndex={index}
            />
          ))}
        </div>
        <Composer conversation={conversation} models={models} />
      </div>
      {hasSettings && (
        <aside className="playground-settings" aria-label="Settings of the conversation">
          <SettingsPanel conversation={conversation} models={models} />
        </aside>
      )}
      <Dialog isOpen={panel === 'conversations'} onClose={close} title="Conversations" place="left">
        <ConversationList onChoose={close} />
      </Dialog>
      <Dialog isOpen={panel === 'settings'} onClose={close} title="Settings" place="right">
        <SettingsPanel conversation={conversation} models={models} />
      </Dialog>
    </div>
  );
}
