/**
 * Recovery that comes later than the broker remembers ids (catalogue case 28), on a real broker: the duplicate window of the
 * output streams is cut to a tenth of a second after each kill, and has passed before the next life begins.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { jetstream } from '@nats-io/jetstream';
import { allRead, calmStreams, differences, faultInput, OUTPUTS, ready, startLab, type Lab } from './fault-lab.ts';
import { until } from './metrics.ts';

const SEED = Number(process.env['EARSHOT_SEED'] ?? Math.floor(Math.random() * 1e9));
const LIVES = 8;
const messages = faultInput(SEED, 1_600);
const WINDOW_MS = 100;

describe('recovery after the duplicate window', () => {
  let lab: Lab;
  afterEach(() => lab.close());

  async function forget(): Promise<void> {
    for (const stream of OUTPUTS) {
      const { config } = await lab.jsm.streams.info(stream);
      await lab.jsm.streams.update(stream, { ...config, duplicate_window: WINDOW_MS * 1e6 });
    }
    await new Promise((resume) => setTimeout(resume, 5 * WINDOW_MS));
  }

  it('writes nothing twice and loses nothing', async () => {
    process.stdout.write(`forgotten ids: EARSHOT_SEED=${SEED}\n`);
    const calm = await calmStreams(messages);
    lab = await startLab();
    const chunk = Math.ceil(messages.length / LIVES);
    for (let life = 0; life < LIVES; life++) {
      const engine = await lab.engine(lab.config('engine'));
      await ready(engine);
      const before = lab.output.count();
      const fed = lab.feed(messages.slice(life * chunk, (life + 1) * chunk), 1_000);
      await until('outputs', 10_000, async () => lab.output.count() > before + 5 + ((SEED + life * 37) % (chunk - 40)));
      engine.kill('SIGKILL');
      await engine.ended;
      await fed;
      await forget();
      // It has forgotten indeed: an id that is stored is taken once more, and removed again.
      const id = lab.output.ids.at(-1) ?? '';
      const { seq, duplicate } = await jetstream(lab.nc).publish('cx.enriched.probe', '{}', { msgID: id });
      expect([id === '', duplicate]).toEqual([false, false]);
      await lab.jsm.streams.deleteMessage('CX_ENRICHED', seq);
      await forget();
    }
    const last = await lab.engine(lab.config('engine'));
    await allRead(last, messages.length, 20_000);
    last.kill('SIGTERM');
    expect(await last.ended).toBe(0);
    expect(differences(await lab.streams(), calm)).toEqual([]);
  }, 120_000);
});
