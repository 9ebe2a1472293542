/**
 * A schema in parts: what is large, once by name, and nothing that only readers want. Compiled, each part is a function that is made
 * when a configuration has it; as one piece ours is a function of a megabyte, which every start would make whole.
 */
import type { Json, JsonObject } from '../../core/types.ts';

/** Keywords up to which ajv writes a definition where it is named: the forms that many keys share, whose names faults go by. */
export const IN_PLACE = 14;
/** Characters from which a schema is a part. */
const LARGE = 160;
const FOR_READERS: ReadonlySet<string> = new Set(['title', 'description', 'default']);

export function schemaInParts(schema: JsonObject): JsonObject {
  const names = new Map<string, string>();
  const parts: Record<string, JsonObject> = {};
  const part = (child: JsonObject): JsonObject => {
    const whole = withChildren(child, part);
    const text = JSON.stringify(whole);
    if (text.length < LARGE) return whole;
    let name = names.get(text);
    if (name === undefined) {
      name = `part_${names.size}`;
      names.set(text, name);
      parts[name] = whole;
    }
    return { $ref: `#/$defs/${name}` };
  };
  const { $defs, ...whole } = withChildren(schema, part);
  return { ...whole, $defs: { ...($defs as JsonObject | undefined), ...parts } };
}

function withChildren(schema: JsonObject, part: (child: JsonObject) => JsonObject): JsonObject {
  const kept = Object.entries(schema).filter(([keyword]) => !FOR_READERS.has(keyword));
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, childrenOf(keyword, value, part)]));
}

function childrenOf(keyword: string, value: Json, part: (child: JsonObject) => JsonObject): Json {
  switch (keyword) {
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as JsonObject).map(([name, of]) => [name, part(of as JsonObject)]),
      );
    case 'items':
    case 'additionalProperties':
      return typeof value === 'boolean' ? value : part(value as JsonObject);
    case 'oneOf':
      // Where they stand: they say which kinds there are.
      return (value as readonly JsonObject[]).map((branch) => withChildren(branch, part));
    default:
      return value;
  }
}
