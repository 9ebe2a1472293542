/** The JSON Schema of the configuration file as people write it: under an `include`, what stands in a list may be a part of what is included. */
import { INCLUDABLE } from '../../adapters/config/config-include.ts';
import { must } from '../../core/must.ts';
import type { Json, JsonObject } from '../../core/types.ts';
import { CONFIG_SCHEMA } from './config.ts';

/** The fields that each item must have are asked for only where nothing is included, but for its id. */
export function editorSchema(): JsonObject {
  const properties: Record<string, Json> = { ...(CONFIG_SCHEMA['properties'] as JsonObject) };
  const whole: Record<string, Json> = {};
  for (const section of INCLUDABLE) {
    const list = must(properties[section]) as JsonObject;
    const { required, ...items } = must(list['items']) as JsonObject;
    properties[section] = { ...list, items: { ...items, required: ['id'] } };
    whole[section] = { items: { required: must(required) } };
  }
  return {
    ...CONFIG_SCHEMA,
    properties,
    if: { required: ['include'], properties: { include: { type: 'array', minItems: 1 } } },
    else: { properties: whole },
  };
}
