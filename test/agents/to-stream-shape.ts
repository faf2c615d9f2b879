// The kinds of the events of a stream in their order, without what they say. Deltas of one kind in a row are one.
import type { Agent } from './agent.ts';

interface SentEvent {
  readonly type?: string;
  readonly item?: { readonly type: string };
  readonly content_block?: { readonly type: string };
  readonly delta?: { readonly type?: string; readonly stop_reason?: string };
  readonly choices?: readonly { readonly delta: object; readonly finish_reason: string | null }[];
}

export function toStreamShape(api: Agent['api'], text: string): readonly string[] {
  const payloads = text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice('data: '.length));
  const kinds = payloads.map((payload) =>
    payload === '[DONE]' ? payload : toKind(api, JSON.parse(payload) as SentEvent),
  );
  return kinds.filter((kind, at) => kind !== kinds[at - 1]);
}

function toKind(api: Agent['api'], event: SentEvent): string {
  switch (api) {
    case 'chat': {
      const [choice] = event.choices ?? [];
      if (choice === undefined) return 'usage';
      const { finish_reason: reason, delta } = choice;
      return reason === null ? Object.keys(delta).sort().join('+') : `finish ${reason}`;
    }
    case 'messages':
      return join(event.type, event.content_block?.type ?? event.delta?.type ?? event.delta?.stop_reason);
    case 'responses':
      return join(event.type?.replace('response.', ''), event.item?.type);
  }
}

function join(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined).join(' ');
}
