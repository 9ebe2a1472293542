/** `earshot.v2.msgpack`: deltas and values in the compact form, all else as plain MessagePack. Pieces and frames are encoded once a group. */
import { MessagePackReader } from '../../core/compact/messagepack-reader.ts';
import { MessagePackScanner } from '../../core/messagepack/messagepack-scan.ts';
import type { Json } from '../../core/types.ts';
import type { Filter } from '../filter.ts';
import type { Codec, Lists, Piece } from '../frame-codec.ts';
import type { Cell } from '../live-board.ts';
import { CompactKpis } from './compact-kpis.ts';
import { MessagePackWriter } from './messagepack-writer.ts';

export class CompactCodec implements Codec {
  readonly protocol = 'earshot.v2.msgpack';
  readonly version = 2;
  readonly index = 2;
  readonly binary = true;
  readonly readsText = true;
  readonly #writer = new MessagePackWriter();
  readonly #kpis = new CompactKpis(this.#writer);
  readonly #scanner = new MessagePackScanner();

  piece(value: object): Uint8Array {
    this.#writer.json(value as Json);
    return this.#writer.take();
  }

  /** One piece, the whole list. */
  kpis(cells: readonly Cell[], filter: Filter, since: number): readonly Piece[] {
    return [this.#kpis.write(cells, filter, since)];
  }

  frame(head: object, lists: Lists = []): Uint8Array {
    const fields = Object.entries(head as Record<string, Json | undefined>).filter(([, value]) => value !== undefined);
    if ((head as { readonly op?: Json }).op === 'delta') return this.#delta(new Map(fields), lists);
    const writer = this.#writer;
    writer.map(fields.length + lists.length);
    for (const [name, value] of fields) {
      writer.text(name);
      writer.json(value);
    }
    for (const [name, pieces] of lists) this.#list(name, pieces);
    return writer.take();
  }

  #delta(head: ReadonlyMap<string, Json | undefined>, lists: Lists): Uint8Array {
    const writer = this.#writer;
    const health = head.get('health');
    const seq = Number(head.get('seq'));
    const kpis = lists.find(([name]) => name === 'kpis')?.[1] ?? [];
    const others = lists.filter(([name, pieces]) => name !== 'kpis' && pieces.length > 0);
    const more = others.length + (health === undefined ? 0 : 1);
    writer.list(more === 0 ? 4 : 5);
    writer.json(head.get('id'));
    writer.integer(seq);
    writer.integer(seq - Number(head.get('prev')));
    for (const piece of kpis) writer.raw(bytesOf(piece));
    if (more === 0) return writer.take();
    writer.map(more);
    for (const [name, pieces] of others) this.#list(name, pieces);
    if (health !== undefined) {
      writer.text('health');
      writer.json(health);
    }
    return writer.take();
  }

  #list(name: string, pieces: readonly Piece[]): void {
    this.#writer.text(name);
    if (name !== 'kpis') this.#writer.list(pieces.length);
    for (const piece of pieces) this.#writer.raw(bytesOf(piece));
  }

  decode(bytes: Uint8Array): unknown {
    // The reader recurses as deep as the sender likes.
    const scan = this.#scanner.scan(bytes);
    if ('fault' in scan) throw new TypeError(scan.fault);
    return new MessagePackReader(bytes).value();
  }
}

function bytesOf(piece: Piece): Uint8Array {
  return typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
}
