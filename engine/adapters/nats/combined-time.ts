/**
 * How far the partition that combines others is, reported by whoever runs it to whoever runs the others: over core NATS, after each
 * commit. What is lost is sent again with the next; what is heard is always true of a commit, if perhaps of an old one.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import { reasonOf } from '../../core/errors.ts';
import type { Commit, CommitStore, Logger, TimeState } from '../../core/types.ts';

const SUBJECT = 'cx.time';

/** The same commits, and each one's time sent once it is durable. */
export function tellingTime(nc: NatsConnection, commits: CommitStore, logger: Logger): CommitStore {
  const tell = ({ time }: Commit): void => {
    try {
      if (!nc.isClosed()) nc.publish(SUBJECT, JSON.stringify(time));
    } catch (error) {
      logger.warn('the time of the commit was not sent', { error: reasonOf(error) });
    }
  };
  return {
    open: async (partition, signal) => {
      const log = await commits.open(partition, signal);
      return {
        last: log.last,
        saved: log.saved,
        append: async (commit, ending) => {
          await log.append(commit, ending);
          tell(commit);
        },
        beginSnapshot: () => log.beginSnapshot(),
        get deltaBytes() {
          return log.deltaBytes;
        },
        get snapshotBytes() {
          return log.snapshotBytes;
        },
      };
    },
  };
}

/** What was sent last; undefined: nothing yet. */
export function hearTime(nc: NatsConnection): () => TimeState | undefined {
  let heard: TimeState | undefined;
  nc.subscribe(SUBJECT, {
    callback: (_error, message) => {
      const time = readTime(message.data);
      if (time !== undefined) heard = time;
    },
  });
  return () => heard;
}

function readTime(data: Uint8Array): TimeState | undefined {
  try {
    const time = JSON.parse(new TextDecoder().decode(data)) as Partial<TimeState> | null;
    return Array.isArray(time?.inputs) && typeof time.watermark === 'number' ? (time as TimeState) : undefined;
  } catch {
    return undefined; // a stranger's: it says nothing
  }
}
