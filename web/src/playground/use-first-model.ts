import { useEffect } from 'react';
import type { Model } from '../api/wire.ts';
import { changeOpenConversation } from './open-conversation.ts';
import { useOpenConversation } from './use-open-conversation.ts';

/** Gives a new conversation a model: one that is in memory, else the first. */
export function useFirstModel(models: readonly Model[]): void {
  const { lanes } = useOpenConversation();
  const isMissing = lanes.some(({ model }) => model === '');
  useEffect(() => {
    const first = models.find(({ state }) => state === 'ready') ?? models[0];
    if (!isMissing || first === undefined) return;
    changeOpenConversation((conversation) => ({
      ...conversation,
      lanes: conversation.lanes.map((lane) => (lane.model === '' ? { ...lane, model: first.id } : lane)),
    }));
  }, [isMissing, models]);
}
