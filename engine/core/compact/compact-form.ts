/**
 * How `earshot.v2.msgpack` says KPI values: by the number of their cell (one KPI and key), and of each only the fields that
 * changed. Cells keep their number as long as the `epoch` lasts, so that one that resumes needs no names again. MessagePack:
 *
 *     delta     [id, seq, seq - prev, values]   or   [id, seq, seq - prev, values, {alerts, actions, health}]
 *     snapshot  a map as in v1, but for its `kpis`, which are such values, whole
 *     values    []   or   [base, watermarks, windows, value, value, …]
 *     value     [cell, mask, field, field, …]: the fields that the mask names, from its lowest bit on
 *
 * `base` is an instant in ms; `watermarks` (one each) and `windows` (start and end each) are what the values of this frame
 * refer to by place: ms before `base`, or RFC 3339 texts as they are. All other frames are those of v1.
 */

/** Bits of a value's mask. Those that change often come first: up to 127 the mask is one byte. */
export const FIELD = {
  n: 1,
  /** How many of `n`: `value` is that in percent and `interval` Wilson's (share.ts), to the last bit. */
  part: 2,
  value: 4,
  /** null, or [low, high]. */
  interval: 8,
  /** Place in `watermarks`. */
  watermark: 16,
  /** Place in `windows`. */
  window: 32,
  /** Twice the revision; one more when the value is final. */
  revision: 64,
  /** `partial` and three times `retracted`: each 0 left out, 1 false, 2 true. */
  flags: 128,
  /** [detail]; []: left out. */
  detail: 256,
  /** [kpi, key]: the cell is new. */
  name: 512,
} as const;

/** Ms before `base`, or the text itself where it is no instant with milliseconds. */
export type CompactTime = number | string;
