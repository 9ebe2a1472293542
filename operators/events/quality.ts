/** What cleaning has to say about an event, and in which language its text is. */
import type { Json, JsonObject } from '../../engine/core/types.ts';

export function detectLang(_text: string): string {
  return 'zh';
}

export function qualityOf(_data: JsonObject, _text: string | null): Record<string, Json> {
  return {};
}
