/** docs/reference/: what the outside may rely on, page by page, made from what the code itself checks by. */
import { COMPACT_VALUES } from '../../gateway/documents/compact-frames.ts';
import { asyncapi } from '../../gateway/documents/asyncapi.ts';
import { WALL_BOARD } from '../../gateway/documents/openapi.ts';
import { ROUTES } from '../../gateway/routes/routes.ts';
import { ERRORS } from '../../core/errors.ts';
import { must } from '../../core/must.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { EVENT_TYPE_NAMES, EVENT_TYPES, familyOf } from '../../../operators/events/types/event-types.ts';
import { BUILT_IN_CHANNELS } from '../../../operators/events/channels.ts';
import { publicSchemas } from '../../../operators/events/public-schemas.ts';
import { MEASURES } from '../../../operators/measures/measures.ts';
import { configRows } from './config-reference.ts';
import { actionRows, kpiRows, ruleRows } from './kpi-glossary.ts';

const MADE =
  '<!-- Made by engine/testing/house/references.test.ts: `npx vitest run engine/testing/house/references.test.ts -u` -->';
const page = (title: string, ...blocks: readonly string[]): string =>
  `${[`# ${title}`, MADE, ...blocks].join('\n\n')}\n`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const objects = (value: Json | undefined): readonly (readonly [string, JsonObject])[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value as Readonly<Record<string, JsonObject>>)
    : [];
const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const word = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What a JSON Schema lets a field be, in a few words. */
export function valuesOf(schema: JsonObject): string {
  if (schema['const'] !== undefined) return `\`${word(schema['const'])}\``;
  const values = list(schema['enum']);
  if (values.length > 0) return values.map((value) => `\`${word(value)}\``).join(', ');
  const branches = [...list(schema['oneOf']), ...list(schema['anyOf'])] as readonly JsonObject[];
  if (branches.length > 0 && schema['type'] === undefined) {
    return [...new Set(branches.map(valuesOf))].join(' or ');
  }
  if (typeof schema['$ref'] === 'string') return schema['$ref'].split('/').at(-1) ?? '';
  const types = [schema['type'] ?? 'any'].flat();
  const [least, most] = [
    schema['minimum'] ?? schema['exclusiveMinimum'],
    schema['maximum'] ?? schema['exclusiveMaximum'],
  ];
  const range = least !== undefined && most !== undefined ? ` ${word(least)} to ${word(most)}` : '';
  const format = schema['format'] === undefined ? '' : `, ${word(schema['format'])}`;
  const length = schema['maxLength'] === undefined ? '' : `, at most ${word(schema['maxLength'])} characters`;
  const [main = 'null', ...others] = types.map(word);
  return `${main}${range}${format}${length}${others.map((type) => ` or ${type}`).join('')}`;
}

/** The fields of a schema, nested ones by their path. */
export function fieldRows(schema: JsonObject, path = ''): readonly (readonly string[])[] {
  const required = list(schema['required']);
  return objects(schema['properties']).flatMap(([name, field]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const items = field['items'] as JsonObject | undefined;
    const row = [
      `\`${here}\``,
      valuesOf(field),
      required.includes(name) ? 'yes' : '',
      word(field['description'] ?? ''),
    ];
    return [
      row,
      ...fieldRows(field, here),
      ...(items?.['properties'] === undefined ? [] : fieldRows(items, `${here}[]`)),
    ];
  });
}

function eventTypes(): string {
  const [first] = EVENT_TYPES;
  const common = new Set(
    fieldRows(first.data)
      .map(([name = '']) => name)
      .filter((name) => EVENT_TYPES.every(({ data }) => fieldRows(data).some(([other]) => other === name))),
  );
  const head = ['field of `data`', 'values', 'required', ''];
  return page(
    'Event types',
    'What channels send on `cx.events.<channel>.<family>.<key>`, as CloudEvents 1.0. Unknown fields are kept and passed on; a field of the wrong form sends the event to `cx.dlq.schema` with a sentence that says where.',
    `Other types are refused: what is your own is the nearest of these with fields of your own, which \`where\`, \`by\` and \`value\` of a KPI read ([a first alert](../how-to/first-alert.md)). What other tools send becomes such events by a map ([sources](../how-to/sources.md)). Channels are ${BUILT_IN_CHANNELS.map((channel) => `\`${channel}\``).join(', ')}, and those that the configuration lists under \`channels\`.`,
    '## Common to all',
    table(
      head,
      fieldRows(first.data).filter(([name = '']) => common.has(name)),
    ),
    ...EVENT_TYPES.flatMap(({ type, about, data, example }) => {
      const rows = fieldRows(data).filter(([name = '']) => !common.has(name));
      const either = list(data['anyOf'])
        .flatMap((branch) => list((branch as JsonObject)['required']))
        .map((name) => `\`${word(name)}\``);
      return [
        `## \`${type}\``,
        `${about.en} (${about['zh-CN']}). Family \`${must(familyOf(type))}\`.${either.length > 0 ? ` At least one of ${either.join(', ')}.` : ''}`,
        ...(rows.length > 0 ? [table(head, rows)] : []),
        `Example of \`data\`: \`${JSON.stringify(example)}\``,
      ];
    }),
  );
}

const errors = (): string =>
  page(
    'Error codes',
    'Codes are stable; texts are free to improve. **config** refuses to start (exit code 2), **data** sends the event to `cx.dlq.<reason>` and goes on, **io** is retried and shows in `/readyz`, **bug** stops the partition before its next commit.',
    table(
      ['code', 'kind', 'meaning', 'how to mend it'],
      Object.entries(ERRORS).map(([code, { kind, text, help }]) => [
        `\`${code}\``,
        kind,
        text.replaceAll('%s', '…'),
        help,
      ]),
    ),
  );

const http = (): string =>
  page(
    'HTTP',
    'The same as `/openapi.json`, which has the schemas. Errors are `{"error": {"code", "message", …}}`.',
    table(
      ['request', 'what it does', 'without a token', 'answers'],
      [{ ...WALL_BOARD, permission: null, operation: WALL_BOARD }, ...ROUTES].map(
        ({ method, path, permission, operation: { summary, answers } }) => [
          `\`${method} ${path}\``,
          summary,
          permission === null ? 'yes' : '',
          Object.keys(answers).join(', '),
        ],
      ),
    ),
  );

function messages(): string {
  const document = asyncapi('1', {});
  const known = objects((document['components'] as JsonObject)['messages']);
  const channels = objects(document['channels']);
  const streams = channels.filter(([, channel]) => channel['x-nats-jetstream'] !== undefined);
  const live = known.filter(([name]) => /^(client|server)_/.test(name));
  const payload = (message: JsonObject): JsonObject => message['payload'] as JsonObject;
  return page(
    'Messages',
    'The same as `/asyncapi.json`. Over NATS all are CloudEvents in binary mode with JSON data and a `Nats-Msg-Id`.',
    '## Subjects',
    table(
      ['subject', 'stream'],
      streams.map(([, channel]) => [
        `\`${word(channel['address']).replaceAll('{', '<').replaceAll('}', '>')}\``,
        `\`${word((channel['x-nats-jetstream'] as JsonObject)['stream'])}\``,
      ]),
    ),
    ...publicSchemas()
      .filter(({ schema }) => objects(schema['properties']).length > 0 && !('cx.' in schema))
      .filter(({ name }) => !EVENT_TYPE_NAMES.includes(name))
      .flatMap(({ name, version, schema }) => [
        `### \`${name}\``,
        `\`/schemas/${name}/${version}.json\``,
        table(['field', 'values', 'always', ''], fieldRows(schema)),
      ]),
    '## `/v1/live`',
    'WebSocket, subprotocol `earshot.v1.json` or `earshot.v1.msgpack`; or, where those do not get through, server-sent events ([how](../how-to/client.md#where-no-websocket-gets-through)). `earshot.v2.msgpack`, which boards use, has the same frames with values in fewer bytes: `v2_snapshot` and `v2_delta` instead of `snapshot` and `delta`.',
    ...live.flatMap(([name, message]) => [
      `### ${name.startsWith('client_') ? '→' : '←'} \`${name.replace(/^\w+?_/, '')}\``,
      payload(message)['type'] === 'array'
        ? word(payload(message)['description'] ?? '')
        : table(['field', 'values', 'always', ''], fieldRows(payload(message))),
    ]),
    '### `CompactValues`',
    word(COMPACT_VALUES['description'] ?? ''),
  );
}

const measures = (): string =>
  page(
    'Measures',
    'What a KPI can measure: `measure: {kind: …}` in the configuration.',
    table(
      ['kind', 'English', '中文', 'keys', 'required'],
      MEASURES.map(({ kind, about, schema }) => [
        `\`${kind}\``,
        about.en,
        about['zh-CN'],
        Object.keys(schema.fields)
          .map((key) => `\`${key}\``)
          .join(' '),
        schema.required.map((key) => `\`${key}\``).join(' '),
      ]),
    ),
  );

const configuration = (): string =>
  page(
    'Configuration',
    'Every key of a configuration, as the schema that checks it has it. `a{k}.b` is `b` of an `a` whose `kind` is `k`.',
    ['| key | values | default | |', '|---|---|---|---|', ...configRows()].join('\n'),
  );

function kpiGlossary(): string {
  return page(
    'KPI glossary',
    'The KPIs, rules and actions of the pack `include: [pack:customer-experience]` (operators/packs/customer-experience.yaml). Arrows say which way is good, the number is the target; both are changed by an entry of the same `id` in your own configuration.',
    table(['id', 'title', 'definition', 'unit, direction, target', 'source'], kpiRows()),
    '## Rules',
    table(['id', 'title', 'KPI', 'fires when'], ruleRows()),
    '## Actions',
    'What your own people do is on; what reaches customers is off until `actions: [{id: ask_csat, enabled: true}]` says otherwise, since a survey tool that reads `cx.actions.survey` writes to them. Earshot itself writes to no customer. `enabled: false` switches one off. What they say, and how they are done: [actions](../how-to/actions.md).',
    table(['id', 'title', '', 'said on', 'asked for by', 'when'], actionRows()),
  );
}

/** File name → text. */
export const REFERENCES: Readonly<Record<string, () => string>> = {
  'configuration.md': configuration,
  'event-types.md': eventTypes,
  'errors.md': errors,
  'http.md': http,
  'messages.md': messages,
  'measures.md': measures,
  'kpi-glossary.md': kpiGlossary,
};
