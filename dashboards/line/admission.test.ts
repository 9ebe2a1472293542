import { expect, test } from 'vitest';
import { admission, type Obstacle } from './admission.ts';
import { NotLetIn } from './gateway-client.ts';
import { describe } from '../testing/live-script.ts';

const maySee = { screens: false, hooks: false, hookTests: false };
const BOARD = { title: null, tiles: [], demo: null, zone: null, mayAck: false, maySilence: false, maySee };

test('goes on asking until the gateway answers and lets it in, and says each time what kept it', async () => {
  const kpis = [describe()];
  const answers = [new TypeError('failed to fetch'), new NotLetIn('401'), new NotLetIn('401'), kpis];
  const waited: Obstacle[] = [];
  const admitted = await admission(
    {
      kpis: () => {
        const answer = answers.shift();
        return Array.isArray(answer) ? Promise.resolve(answer) : Promise.reject(answer ?? new Error('asked too often'));
      },
      board: () => Promise.resolve({ ...BOARD, tiles: [`asked with ${answers.length} left`] }),
    },
    (why) => {
      waited.push(why);
      return Promise.resolve();
    },
  );
  expect(waited).toEqual(['unreachable', 'refused', 'refused']);
  // What the board is may only be shown once it lets us in.
  expect(admitted).toEqual({ known: kpis, description: { ...BOARD, tiles: ['asked with 0 left'] } });
});
