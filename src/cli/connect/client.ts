/** What a client must know of this server. */
export interface Connection {
  /** The address without the path of an API, such as `http://127.0.0.1:4728`. */
  readonly serverUrl: string;
  /** The base URL of OpenAI's API. */
  readonly openaiUrl: string;
  readonly model: string;
  /** The environment variable with the key. No configuration has the key itself. */
  readonly keyVariable: string;
  /** Tokens of a prompt with its answer. Undefined: not known. */
  readonly contextLength: number | undefined;
  /** Tokens that the client should ask for in one answer. */
  readonly answerTokens: number;
  /** A model without tool calls can chat, and can't change files. */
  readonly callsTools: boolean;
  readonly reasons: boolean;
}

/** Where the files of clients are on this machine. */
export interface ClientPlaces {
  /** The home folder of the user. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  exists(path: string): boolean;
}

/** A program that talks to the server. */
export interface Client {
  /** As the command names it. */
  readonly name: string;
  /** As its makers write it. */
  readonly title: string;
  /** The context below which the client is of little use, in tokens; 0: it has no need of its own. */
  readonly contextTokensMin: number;
  setUp(connection: Connection, places: ClientPlaces): ClientSetup;
}

export interface ClientSetup {
  readonly files: readonly ClientFile[];
  /** Commands for the terminal, after the key is set. The last one starts the client. */
  readonly commands: readonly ClientCommand[];
  /** Sentences. */
  readonly notes: readonly string[];
}

/** For a shell: gives a variable a value or the value of another one, or runs a program. */
export type ClientCommand =
  | { readonly kind: 'set'; readonly variable: string; readonly value: string }
  | { readonly kind: 'copy'; readonly variable: string; readonly from: string }
  | { readonly kind: 'run'; readonly words: readonly CommandWord[] };

/** A word of a command line, or the variable whose value is the word. */
export type CommandWord = string | { readonly variable: string };

export interface ClientFile {
  readonly path: string;
  readonly format: FileFormat;
  readonly changes: readonly FieldChange[];
}

export type FileFormat = 'json' | 'yaml' | 'toml';

/** Sets one field, and leaves everything around it alone. */
export interface FieldChange {
  /** Names of fields from the root; [] is the root itself. */
  readonly path: readonly string[];
  readonly value: unknown;
  /**
   * The field is a list, and the value one of its items: it takes the place of the item that has the same
   * values of these fields, or comes last.
   */
  readonly itemKeys?: readonly string[];
  /** A field that is there keeps its value. Default: it gets the new one. */
  readonly isDefault?: boolean;
}
