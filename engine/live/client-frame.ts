/** Reads what a client says, bounded in every direction. Never throws: a fault is an answer. */
import type { ClientFrame } from '../core/wire.ts';
import { readScreen, SCREEN_FORM } from './screen-about.ts';

export interface FrameFault {
  /** The subscription it is about, where that is known. */
  readonly id: number | null;
  readonly code: 'bad_frame' | 'bad_topic' | 'too_large';
  readonly message: string;
}
type SubFrame = Extract<ClientFrame, { op: 'sub' }>;

const MAX_TOPICS = 64;
const MAX_DIMENSIONS = 8;
const MAX_VALUES = 100;
const MAX_TEXT = 200;
const TOPIC = /^(?:kpi\/(?:\*|[a-z][a-z0-9_]{0,63})|alerts|actions|health)$/;

export function readClientFrame(value: unknown): { frame: ClientFrame } | { fault: FrameFault } {
  if (!isRecord(value)) return fault(null, 'bad_frame', 'a frame is an object with an "op"');
  const op = value['op'];
  if (op === 'ping') return { frame: { op } };
  const id = value['id'];
  if (op !== 'sub' && op !== 'unsub') {
    return fault(isId(id) ? id : null, 'bad_frame', '"op" is one of sub, unsub, ping');
  }
  if (!isId(id)) return fault(null, 'bad_frame', '"id" is an integer from 0 to 2147483647');
  return op === 'unsub' ? { frame: { op, id } } : readSub(id, value);
}

function readSub(id: number, value: Record<string, unknown>): { frame: ClientFrame } | { fault: FrameFault } {
  const topics = value['topics'];
  if (!isTexts(topics) || topics.length === 0) {
    return fault(id, 'bad_frame', '"topics" is a list of at least one topic, e.g. ["kpi/csat","alerts"]');
  }
  if (topics.length > MAX_TOPICS) return fault(id, 'too_large', `at most ${MAX_TOPICS} topics`);
  const odd = topics.find((topic) => !TOPIC.test(topic));
  if (odd !== undefined) {
    return fault(id, 'bad_topic', 'topics are kpi/<id>, kpi/*, alerts, actions and health');
  }
  const frame: { -readonly [K in keyof SubFrame]: SubFrame[K] } = { op: 'sub', id, topics };

  const where = value['where'];
  if (where !== undefined && where !== null) {
    const read = readWhere(where);
    if (read === undefined) {
      return fault(
        id,
        'bad_frame',
        `"where" is {dimension: [values]}, at most ${MAX_DIMENSIONS} dimensions of ${MAX_VALUES} values`,
      );
    }
    frame.where = read;
  }
  const maxHz = value['max_hz'];
  if (maxHz !== undefined && maxHz !== null) {
    if (typeof maxHz !== 'number' || !(maxHz > 0)) return fault(id, 'bad_frame', '"max_hz" is a number above 0');
    frame.max_hz = maxHz;
  }
  const resume = value['resume'];
  if (resume !== undefined && resume !== null) {
    if (!isRecord(resume)) return fault(id, 'bad_frame', '"resume" is {"epoch": text, "seq": integer}');
    const { epoch, seq } = resume;
    if (typeof epoch !== 'string' || !Number.isSafeInteger(seq)) {
      return fault(id, 'bad_frame', '"resume" is {"epoch": text, "seq": integer}');
    }
    frame.resume = { epoch, seq: seq as number };
  }
  const screen = value['screen'];
  if (screen !== undefined && screen !== null) {
    const read = readScreen(screen);
    if (read === undefined) return fault(id, 'bad_frame', `"screen" is ${SCREEN_FORM}`);
    frame.screen = read;
  }
  return { frame };
}

function readWhere(value: unknown): Record<string, readonly string[]> | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length > MAX_DIMENSIONS) return undefined;
  const where: Record<string, readonly string[]> = Object.create(null) as Record<string, readonly string[]>;
  for (const [dimension, values] of entries) {
    if (dimension.length > MAX_TEXT || !isTexts(values) || values.length > MAX_VALUES) return undefined;
    where[dimension] = values;
  }
  return where;
}

function fault(id: number | null, code: FrameFault['code'], message: string): { fault: FrameFault } {
  return { fault: { id, code, message } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0x7fff_ffff;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item.length <= MAX_TEXT);
}
