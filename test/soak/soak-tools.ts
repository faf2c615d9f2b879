/** A tool of the kind that people send, and a question that it fits. */
export interface SoakTool {
  readonly name: string;
  readonly question: string;
  readonly description: string;
  /** undefined: the tool says nothing of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>> | undefined;
}

function closedObject(properties: Readonly<Record<string, unknown>>, required: readonly string[]) {
  return { type: 'object', properties, required, additionalProperties: false };
}

const money = closedObject(
  { amount: { type: 'number', minimum: 0, maximum: 100_000 }, currency: { enum: ['EUR', 'USD', 'GBP'] } },
  ['amount', 'currency'],
);

/**
 * Ten tools, each of another shape. All that their schemas ask for can be in a grammar, and most of their texts and
 * lists have no bound of their own: those are what a small model would fill for ever.
 */
export const soakTools: readonly SoakTool[] = [
  {
    name: 'get_weather',
    question: 'What is the weather in Oslo for the next three days?',
    description: 'The forecast for a city.',
    parameters: closedObject(
      {
        city: { type: 'string', description: 'Name of the city' },
        days: { type: 'integer', minimum: 1, maximum: 14 },
        unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
      },
      ['city'],
    ),
  },
  {
    name: 'create_event',
    question: 'Put a meeting with Ada and Alan on Friday at ten into my calendar.',
    description: 'Adds an event to the calendar of the user.',
    parameters: closedObject(
      {
        title: { type: 'string' },
        start: { type: 'string', format: 'date-time' },
        day: { type: 'string', format: 'date' },
        attendees: { type: 'array', items: { type: 'string', format: 'email' } },
        place: closedObject({ room: { type: 'string' }, floor: { type: ['integer', 'null'] } }, ['room']),
        reminder: { type: 'integer', minimum: 0, multipleOf: 5 },
      },
      ['title', 'start', 'attendees'],
    ),
  },
  {
    name: 'search_products',
    question: 'Find me red shoes below 80 euros, the cheapest first.',
    description: 'Searches the shop.',
    parameters: {
      type: 'object',
      properties: {
        query: { type: 'string', minLength: 1 },
        price: closedObject(
          { from: { type: 'number', minimum: 0 }, to: { type: 'number', maximum: 9999 } },
          [],
        ),
        colours: { type: 'array', items: { enum: ['red', 'green', 'blue', 'black', 'white'] }, minItems: 1 },
        sort: { enum: ['price', 'rating', 'newest'], default: 'rating' },
        page: { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 100 },
        inStock: { type: 'boolean' },
      },
      required: ['query', 'colours'],
    },
  },
  {
    name: 'get_current_time',
    question: 'What time is it now?',
    description: 'The time of the server.',
    parameters: closedObject({}, []),
  },
  {
    name: 'save_record',
    question: 'Save what you know about the planet Mars.',
    description: 'Keeps a record with properties of any kind.',
    parameters: {
      type: 'object',
      properties: { key: { type: 'string' }, properties: { type: 'object' }, tags: { type: 'array' } },
      required: ['key', 'properties'],
      additionalProperties: false,
    },
  },
  {
    name: 'run_task',
    question: 'Run the nightly backup of all databases.',
    description: 'Runs a task; it takes what the task takes.',
    parameters: undefined,
  },
  {
    name: 'draw_shape',
    question: 'Draw a large blue circle and a small square.',
    description: 'Draws one shape.',
    parameters: closedObject(
      {
        shape: {
          anyOf: [
            closedObject({ kind: { const: 'circle' }, radius: { type: 'number', minimum: 0 } }, [
              'kind',
              'radius',
            ]),
            closedObject({ kind: { const: 'square' }, side: { type: 'integer', minimum: 1, maximum: 50 } }, [
              'kind',
              'side',
            ]),
            closedObject(
              { kind: { const: 'text' }, lines: { type: 'array', items: { type: 'string' }, minItems: 1 } },
              ['kind', 'lines'],
            ),
          ],
        },
        colour: { type: 'string', pattern: '^#[0-9a-f]{6}$' },
        label: { type: ['string', 'null'] },
      },
      ['shape', 'colour', 'label'],
    ),
  },
  {
    name: 'send_message',
    question: 'Write to Grace that the report is ready, and add a link to it.',
    description: [
      'Sends a message to one person. Use it only after the user has said who is to get the message and what it is to',
      'say. The subject is one short line without a full stop. The body is plain text: paragraphs are separated by an',
      'empty line, lists have one item a line, and there is neither HTML nor Markdown in it. Links are given on their',
      'own and not within the body, because the mail program shows them as buttons. Never put a password, a key or a',
      'number of a credit card into a message. If the address is not known, look it up first, and ask the user where',
      'there is more than one person of that name. Messages are sent at once and can not be taken back.',
    ].join(' '),
    parameters: closedObject(
      {
        to: { type: 'string', format: 'email' },
        subject: { type: 'string', maxLength: 80 },
        body: { type: 'string' },
        link: { type: 'string', format: 'uri' },
        thread: { type: 'string', format: 'uuid' },
      },
      ['to', 'subject', 'body'],
    ),
  },
  {
    name: 'update_order',
    question: 'Order two more of the blue chairs and take the lamp off my order.',
    description: 'Changes the lines of an order.',
    parameters: {
      $defs: { money },
      ...closedObject(
        {
          orderId: { type: 'string', pattern: '^[A-Z]{2}-\\d{6}$' },
          lines: {
            type: 'array',
            items: closedObject(
              {
                product: { type: 'string' },
                count: { type: 'integer', minimum: 0, maximum: 999 },
                action: { enum: ['add', 'change', 'remove'] },
                price: { $ref: '#/$defs/money' },
                note: { type: 'string' },
              },
              ['product', 'count', 'action'],
            ),
          },
          address: closedObject(
            { street: { type: 'string' }, city: { type: 'string' }, country: { type: 'string' } },
            ['street', 'city', 'country'],
          ),
        },
        ['orderId', 'lines'],
      ),
    },
  },
  {
    name: 'query_table',
    question: 'How many orders above 100 dollars came from France and Spain last year?',
    description: 'Reads rows of a table.',
    parameters: closedObject(
      {
        table: { enum: ['orders', 'customers', 'products'] },
        columns: { type: 'array', items: { type: 'string' }, minItems: 1 },
        filters: {
          type: 'array',
          items: closedObject(
            {
              column: { type: 'string' },
              operator: { enum: ['=', '<', '>', 'in'] },
              value: {
                anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'array', items: { type: 'string' } }],
              },
            },
            ['column', 'operator', 'value'],
          ),
        },
        limit: { type: 'integer', minimum: 1, maximum: 1000 },
      },
      ['table', 'columns', 'filters'],
    ),
  },
];
