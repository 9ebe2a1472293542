/**
 * The name of an installation: made once, by whoever starts first, and kept with the state whose ids it goes with
 * (`cx.state.installation`). A store that is made again counts from the beginning, and gets another name.
 */
import { randomBytes } from 'node:crypto';
import { type JetStreamClient, JetStreamApiCodes, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { INSTALLATION_PATTERN } from '../../core/cloud-events.ts';
import { STATE_STREAM } from './streams.ts';

const SUBJECT = 'cx.state.installation';

/** Rejects while the broker does not answer, or holds something else there. */
export async function keptInstallation(js: JetStreamClient, jsm: JetStreamManager): Promise<string> {
  for (;;) {
    const kept = await readKept(jsm);
    if (kept !== null) return kept;
    try {
      const made = randomBytes(12).toString('hex');
      await js.publish(SUBJECT, made, { expect: { streamName: STATE_STREAM, lastSubjectSequence: 0 } });
      return made;
    } catch (error) {
      // Another instance was first: its name is read.
      if (!(error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence))
        throw error;
    }
  }
}

async function readKept(jsm: JetStreamManager): Promise<string | null> {
  try {
    const message = await jsm.streams.getMessage(STATE_STREAM, { last_by_subj: SUBJECT });
    if (message === null) return null;
    const text = message.string();
    if (!new RegExp(INSTALLATION_PATTERN).test(text)) throw new Error(`${SUBJECT} holds no name of an installation`);
    return text;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound) return null;
    throw error;
  }
}
