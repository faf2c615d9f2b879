import type { StreamRequest } from './chat-stream.ts';

export interface Workload {
  readonly name: string;
  /** The answer repeats a part of its prompt; others are there so that drafts do not cost where they can't help. */
  readonly repeatsPrompt: boolean;
  readonly streams: number;
  /** `serial`: of the request, so that no prompt cache helps any server. */
  request(serial: string): StreamRequest;
}

const code = `class Basket:
    def __init__(self, owner, currency):
        self.owner = owner
        self.currency = currency
        self.items = []

    def add_item(self, name, price, quantity):
        if quantity < 1:
            raise ValueError("quantity must be positive")
        self.items.append({"name": name, "price": price, "quantity": quantity})

    def total_price(self):
        total = 0
        for item in self.items:
            total += item["price"] * item["quantity"]
        return total

    def describe(self):
        lines = []
        for item in self.items:
            lines.append(f'{item["quantity"]} x {item["name"]}')
        return "\\n".join(lines)
`;

const text = `The lighthouse at Cape Marren was built in 1871 from granite that was quarried on the mainland and shipped across the sound in winter. Its first keeper, Johanna Eide, lived there for thirty-one years with two goats and a piano. Every evening she climbed the two hundred and six steps with a can of oil, trimmed the four wicks, and wrote the wind and the passing ships into a ledger. When the lamp was electrified in 1928 the ledgers were given to the museum in Tromdal, where they are still read by people who study storms.`;

const minutes = `Maria Okonkwo said: "The bridge over the Vecht has to be closed for nine weeks, because two of its bearings are cracked." Tomas Lindqvist said: "Ships of more than four metres draught can not pass the temporary span, so the harbour loses a third of its traffic." Aiko Tanaka said: "The sensors on the northern pier have shown the same movement after each of the last five spring tides." Pedro Almeida said: "We printed the new charts in February, and every pilot on the river has had one since the first of March."`;

function ask(serial: string, content: string, maxTokens: number): StreamRequest {
  return { messages: [{ role: 'user', content: `Request ${serial}.\n\n${content}` }], maxTokens };
}

export const workloads: readonly Workload[] = [
  {
    name: 'edit this code',
    repeatsPrompt: true,
    streams: 1,
    request: (serial) =>
      ask(
        serial,
        `Rename the method total_price to sum_price in this Python code, and write out the whole code, otherwise unchanged.\n\n\`\`\`python\n${code}\`\`\``,
        240,
      ),
  },
  {
    name: 'quote this text',
    repeatsPrompt: true,
    streams: 1,
    request: (serial) => ask(serial, `Repeat the following text word for word.\n\n${text}`, 160),
  },
  {
    name: 'extract JSON',
    repeatsPrompt: true,
    streams: 1,
    request: (serial) => ({
      ...ask(serial, `Extract who said what in this text as JSON, word for word.\n\n${minutes}`, 240),
      fields: {
        response_format: { type: 'json_schema', json_schema: { name: 'minutes', schema: minutesSchema } },
      },
    }),
  },
  {
    name: 'story',
    repeatsPrompt: false,
    streams: 1,
    request: (serial) => ask(serial, 'Write a story about a fisherman who finds a letter in a bottle.', 160),
  },
  {
    name: 'explain, warm',
    repeatsPrompt: false,
    streams: 1,
    request: (serial) => ({
      ...ask(serial, 'Explain to a child why the sky is blue and the sunset is red.', 160),
      fields: { temperature: 0.8, seed: 7 },
    }),
  },
  {
    name: 'four stories',
    repeatsPrompt: false,
    streams: 4,
    request: (serial) => ask(serial, 'Write a story about the keeper of a mountain hut in winter.', 120),
  },
];

const minutesSchema = {
  type: 'array',
  minItems: 4,
  maxItems: 4,
  items: {
    type: 'object',
    properties: {
      speaker: { type: 'string', maxLength: 40 },
      statement: { type: 'string', maxLength: 200 },
    },
    required: ['speaker', 'statement'],
    additionalProperties: false,
  },
};
