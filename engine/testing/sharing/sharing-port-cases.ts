/** What every way between instances that share partitions must do: `for (const { name, run } of sharingPortCases) it(name, () => run(make))`. */
import type { MemberBeat, OwnerTable, SharingPort } from '../../core/partition/shared-ownership.ts';

export interface SharingPorts {
  /** As another instance has it. */
  connect(): SharingPort;
  /** Resolves once what was said and heard has arrived. */
  settle(): Promise<void>;
  lease(item: number): Promise<void>;
}

export interface SharingPortCase {
  readonly name: string;
  readonly run: (make: () => Promise<SharingPorts>) => Promise<void>;
}

const beat = (id: string, held: readonly number[] = []): MemberBeat => ({
  ...{ id, holder: `h-${id}`, since: 5, beat: 1, state: 'in', held, generation: 3 },
});
const table = (generation: number, owner: string, from: string | null = null): OwnerTable => ({
  generation,
  owners: new Map([
    [0, { owner, since: generation, from }],
    [65_536, { owner, since: 1, from: null }],
  ]),
  holders: new Map([[owner, `h-${owner}`], ...(from === null ? [] : [[from, `h-${from}`] as const])]),
});

export const sharingPortCases: readonly SharingPortCase[] = [
  {
    name: 'brings a beat to every member, the one that said it among them, whole',
    async run(make) {
      const ports = await make();
      const [a, b] = [ports.connect(), ports.connect()];
      const heard: unknown[] = [];
      a.hear((one) => heard.push(['a', one]));
      b.hear((one) => heard.push(['b', one]));
      await ports.settle();
      const said = beat('a', [0, 7, 65_536]);
      a.say(said);
      await ports.settle();
      same(heard.sort(), [
        ['a', said],
        ['b', said],
      ]);
    },
  },
  {
    name: 'brings nothing any more to who has ended listening',
    async run(make) {
      const ports = await make();
      const port = ports.connect();
      let heard = 0;
      const end = port.hear(() => heard++);
      await ports.settle();
      end();
      port.say(beat('a'));
      await ports.settle();
      same(heard, 0);
    },
  },
  {
    name: 'has no table at first, and gives back what was written, whole',
    async run(make) {
      const ports = await make();
      const [a, b] = [ports.connect(), ports.connect()];
      const none = await a.read();
      same(none.table, null);
      const revision = await a.write(table(1, 'a', 'b'), none.revision);
      same(plain(await b.read()), plain({ table: table(1, 'a', 'b'), revision: revision ?? -1 }));
    },
  },
  {
    name: 'refuses a write that does not know the last one, and keeps that',
    async run(make) {
      const ports = await make();
      const [a, b] = [ports.connect(), ports.connect()];
      const { revision } = await a.read();
      const first = await a.write(table(1, 'a'), revision);
      same(await b.write(table(1, 'b'), revision), null);
      same(plain(await b.read()), plain({ table: table(1, 'a'), revision: first ?? -1 }));
      same(typeof (await b.write(table(2, 'b'), first ?? -1)), 'number');
      same(await a.write(table(2, 'a'), first ?? -1), null);
    },
  },
  {
    name: 'lets exactly one of many that write at once through',
    async run(make) {
      const ports = await make();
      const all = Array.from({ length: 8 }, (_, i) => ({ port: ports.connect(), id: `m${String(i)}` }));
      const { revision } = await ports.connect().read();
      const written = await Promise.all(all.map(({ port, id }) => port.write(table(1, id), revision)));
      same(written.filter((one) => one !== null).length, 1);
      const winner = all[written.findIndex((one) => one !== null)];
      same((await ports.connect().read()).table?.owners.get(0)?.owner, winner?.id);
    },
  },
  {
    name: 'says who has a lease, and that nobody has',
    async run(make) {
      const ports = await make();
      const port = ports.connect();
      same(await port.leasedBy(4), null);
      await ports.lease(4);
      same(await port.leasedBy(4), 'somebody');
      same(await port.leasedBy(5), null);
    },
  },
];

function plain({ table: one, revision }: { readonly table: OwnerTable | null; readonly revision: number }): unknown {
  if (one === null) return { table: null, revision };
  return { revision, generation: one.generation, owners: [...one.owners], holders: [...one.holders] };
}

function same(found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`found ${a}, expected ${b}`);
}
