/**
 * Recovery that comes later than the broker remembers ids (catalogue case 28), on a real broker: the duplicate window of the
 * output streams is cut to a tenth of a second after each kill, and has passed before the next life begins. EARSHOT_KILLS=<n>: so many.
 */
import { describe, expect, it } from 'vitest';
import { jetstream } from '@nats-io/jetstream';
import { OUTPUTS, ready, type Lab } from '../../rig/fault-lab.ts';
import { faultFixture } from '../../rig/faults.fixture.ts';
import { until } from '../../rig/read-metrics.ts';

const LIVES = Number(process.env['EARSHOT_KILLS'] ?? 5);
const WINDOW_MS = 100;

describe('recovery after the duplicate window', () => {
  const faults = faultFixture('forgotten ids', 1_600);
  const { messages, seed } = faults;

  async function forget(lab: Lab): Promise<void> {
    for (const stream of OUTPUTS) {
      const { config } = await lab.jsm.streams.info(stream);
      await lab.jsm.streams.update(stream, { ...config, duplicate_window: WINDOW_MS * 1e6 });
    }
    await new Promise((resume) => setTimeout(resume, 5 * WINDOW_MS));
  }

  it('writes nothing twice and loses nothing', async () => {
    const lab = await faults.lab();
    const chunk = Math.ceil(messages.length / LIVES);
    for (let life = 0; life < LIVES; life++) {
      const engine = await lab.engine(lab.config('engine'));
      await ready(engine);
      const before = lab.output.count();
      const published = lab.publish(messages.slice(life * chunk, (life + 1) * chunk), 1_000);
      await until('outputs', 10_000, async () => lab.output.count() > before + 5 + ((seed + life * 37) % (chunk - 40)));
      engine.kill('SIGKILL');
      await engine.ended;
      await published;
      await forget(lab);
      // It has forgotten indeed: an id that is stored is taken once more, and removed again.
      const id = lab.output.ids.at(-1) ?? '';
      const { seq, duplicate } = await jetstream(lab.nc).publish('cx.enriched.probe', '{}', { msgID: id });
      expect([id === '', duplicate]).toEqual([false, false]);
      await lab.jsm.streams.deleteMessage('CX_ENRICHED', seq);
      await forget(lab);
    }
    await faults.expectCalm(lab, await lab.engine(lab.config('engine')));
  });
});
