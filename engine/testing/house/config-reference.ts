/** Every key of a configuration as rows of a table, made from the schema that checks it. */
import type { Json, JsonObject } from '../../core/types.ts';
import { CONFIG_SCHEMA } from '../../app/config/config.ts';

const SHARED = CONFIG_SCHEMA['$defs'] as Readonly<Record<string, JsonObject>>;

/** One row a key: path, values, default, what for. */
export const configRows = (): readonly string[] => rowsOf(CONFIG_SCHEMA, '');

function rowsOf(schema: JsonObject, path: string): readonly string[] {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>);
  const required = (schema['required'] ?? []) as readonly string[];
  return properties.flatMap(([name, key]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const rows = [
      `| \`${here}\` | ${valuesOf(key)} | ${required.includes(name) ? '**required**' : initialOf(key)} | ${plain(key['description'])} |`,
    ];
    const items = key['items'] as JsonObject | undefined;
    if (items?.['properties'] !== undefined) return [...rows, ...rowsOf(items, `${here}[]`)];
    if (items?.['oneOf'] !== undefined) return [...rows, ...rowsOfKinds(items, `${here}[]`)];
    const branches = (key['oneOf'] ?? []) as readonly JsonObject[];
    return [
      ...rows,
      ...rowsOf(key, here),
      ...branches.flatMap((branch) => kindRows(branch, here)),
      ...streamRows(key, here),
    ];
  });
}
/** What all kinds have once, then what each has besides. */
function rowsOfKinds(items: JsonObject, path: string): readonly string[] {
  const branches = items['oneOf'] as readonly JsonObject[];
  const propertiesOf = (branch: JsonObject) => branch['properties'] as Readonly<Record<string, JsonObject>>;
  const isShared = (name: string): boolean => branches.every((branch) => name in propertiesOf(branch));
  const of = (branch: JsonObject, wanted: (name: string) => boolean): JsonObject => ({
    ...branch,
    properties: Object.fromEntries(Object.entries(propertiesOf(branch)).filter(([name]) => wanted(name))),
  });
  const [first = {}] = branches;
  return [
    ...rowsOf(
      of(first, (name) => isShared(name) && name !== 'kind'),
      path,
    ),
    ...branches.flatMap((branch) =>
      kindRows(
        of(branch, (name) => !isShared(name) || name === 'kind'),
        path,
      ),
    ),
  ];
}
function kindRows(branch: JsonObject, path: string): readonly string[] {
  const { kind, ...others } = branch['properties'] as Readonly<Record<string, JsonObject>>;
  const rows = rowsOf({ ...branch, properties: others }, `${path}{${plain(kind?.['const'])}}`);
  return rows.length > 0 ? rows : [`| \`${path}{${plain(kind?.['const'])}}\` | | | nothing more |`];
}
function streamRows(key: JsonObject, path: string): readonly string[] {
  return typeof key['additionalProperties'] === 'object'
    ? rowsOf(key['additionalProperties'] as JsonObject, `${path}.<name>`)
    : [];
}
function valuesOf(key: JsonObject): string {
  const form = /\w+$/.exec(plain(key['$ref']))?.[0];
  if (form === 'threads') return 'integer 1–256 or `auto`';
  if (form !== undefined) return SHARED[form] === undefined ? '?' : form;
  const values = key['enum'] as readonly string[] | undefined;
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(' ');
  if (key['oneOf'] !== undefined) return 'by `kind`';
  const types = [key['type']]
    .flat()
    .map(plain)
    .filter((type) => type !== 'null');
  const words: Record<string, string> = { object: 'map', array: 'list', string: 'text', boolean: '`true` `false`' };
  const bounds = key['minimum'] === undefined ? '' : ` ${plain(key['minimum'])}–${plain(key['maximum'])}`;
  return types.map((type) => words[type] ?? type).join(' or ') + bounds;
}
function initialOf(key: JsonObject): string {
  const initial = key['default'];
  if (initial === undefined || initial === null) return '';
  return typeof initial === 'string' && !/^[\w./]+$/.test(initial)
    ? initial
    : `\`${typeof initial === 'string' ? initial : JSON.stringify(initial)}\``;
}

const plain = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));
