/** One call of a tool, as the model wrote it. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON, if the model wrote JSON. */
  readonly arguments: string;
}

/** A token of an answer, with the most likely ones in its place. */
export interface AnswerToken {
  readonly text: string;
  readonly logprob: number;
  readonly alternatives: readonly { readonly text: string; readonly logprob: number }[];
}

export interface Answer {
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly tokens: readonly AnswerToken[];
  readonly finishReason: string | undefined;
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
  /** From the request to the first piece of the answer. */
  readonly firstTokenMs: number | undefined;
  /** From the request to the end. */
  readonly durationMs: number | undefined;
  /** Why there is no more of it. */
  readonly problem: string | undefined;
  /** The code of the API for it. */
  readonly problemCode?: string | undefined;
}

interface MessagePlace {
  readonly id: string;
  /** The message before it. Null for a first one. */
  readonly parentId: string | null;
}

export type Message = MessagePlace &
  (
    | { readonly kind: 'user'; readonly text: string; readonly images: readonly string[] }
    | { readonly kind: 'assistant'; readonly answer: Answer }
    | {
        readonly kind: 'tool';
        readonly results: readonly { readonly callId: string; readonly text: string }[];
      }
  );

/** One model's side of a conversation: a tree of messages, of which one path is shown. */
export interface Lane {
  readonly model: string;
  readonly messages: readonly Message[];
  /** The last message of the path that is shown. */
  readonly headId: string | null;
}

export type AnswerForm = 'text' | 'json_object' | 'json_schema';

/** What the requests of a conversation ask for, besides its messages. Texts are as written, and may be wrong. */
export interface ConversationSettings {
  readonly system: string;
  /** By the names of the API. Absent: the default of the model. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly hasLogprobs: boolean;
  readonly toolsText: string;
  readonly form: AnswerForm;
  readonly schemaText: string;
}

export interface Conversation {
  readonly id: string;
  readonly title: string;
  readonly updatedAtMs: number;
  /** One, or two models side by side. */
  readonly lanes: readonly Lane[];
  readonly settings: ConversationSettings;
}

const plainSettings: ConversationSettings = {
  system: '',
  parameters: {},
  hasLogprobs: false,
  toolsText: '',
  form: 'text',
  schemaText: '',
};

export function createConversation(
  model: string,
  settings: ConversationSettings = plainSettings,
): Conversation {
  return {
    id: crypto.getRandomValues(new Uint32Array(4)).join('-'),
    title: '',
    updatedAtMs: Date.now(),
    lanes: [{ model, messages: [], headId: null }],
    settings,
  };
}

export function createMessageId(): string {
  return crypto.getRandomValues(new Uint32Array(2)).join('-');
}

/** The messages that are shown, first to last. */
export function toPath({ messages, headId }: Lane): readonly Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path: Message[] = [];
  let current = headId === null ? undefined : byId.get(headId);
  while (current !== undefined) {
    path.unshift(current);
    current = current.parentId === null ? undefined : byId.get(current.parentId);
  }
  return path;
}

/** Adds a message behind its parent, and shows it. */
export function addMessage(lane: Lane, message: Message): Lane {
  return { ...lane, messages: [...lane.messages, message], headId: message.id };
}

/** Messages in the same place: earlier versions of a question, or other answers to it. */
export function listVersions({ messages }: Lane, { parentId }: Message): readonly Message[] {
  return messages.filter((message) => message.parentId === parentId);
}

/** Shows the path through this message, to the newest message behind it. */
export function showVersion(lane: Lane, id: string): Lane {
  let headId = id;
  while (true) {
    const next = lane.messages.findLast(({ parentId }) => parentId === headId);
    if (next === undefined) return { ...lane, headId };
    headId = next.id;
  }
}

/** Characters of a title that comes from the first message. */
const titleCharactersMax = 60;

export function toTitle(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.length > titleCharactersMax ? `${line.slice(0, titleCharactersMax - 1).trimEnd()}…` : line;
}
