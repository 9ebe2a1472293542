/**
 * Why the engine is not ready, in a reader's words: the reasons of the topic `health` are the engine's own sentences, for logs and
 * probes. Kinds known by their form or code are named in the reader's language, each once; any other stands as it is.
 */
import { fill, TEXTS, type Language, type Texts } from '../strings.ts';

/** More than this nobody reads from across a room. */
const MOST = 3;
/** The one that combines what several partitions have added up. */
const COMBINING = 65_536;

const STATES: Readonly<Record<string, keyof Texts>> = {
  starting: 'healthStarting',
  blocked: 'healthBlocked',
  failed: 'healthFailed',
  stopped: 'healthStopped',
};
const MODELS: Readonly<Record<string, keyof Texts>> = {
  'model sentiment': 'healthSentiment',
  'model issues': 'healthIssues',
  'shadow model': 'healthShadow',
};
/** Error codes of engine/core/errors.ts that a partition may give as its reason. */
const CODES: Readonly<Record<string, keyof Texts>> = {
  BROKER_UNAVAILABLE: 'healthNoNats',
  JETSTREAM_UNAVAILABLE: 'healthJetstream',
  COMMIT_FENCED: 'healthTakenOver',
  LEASE_LOST: 'healthTakenOver',
  PUBLISH_FAILED: 'healthPublish',
  SOURCE_GAP: 'healthGap',
  SCORER_FAILED: 'healthScorer',
  WORKER_LOST: 'healthScorer',
  THREAD_LOST: 'healthThread',
  THREAD_FAILED: 'healthThread',
  STATE_LOST: 'healthState',
  STORE_LOST: 'healthState',
  STATE_UNREADABLE: 'healthState',
  STATE_MISMATCH: 'healthState',
  STREAM_MISMATCH: 'healthStreamMismatch',
  OPERATOR_FAILED: 'healthBug',
  FACTS_UNAVAILABLE: 'healthFacts',
  FACTS_TOO_LARGE: 'healthFactsLarge',
};

export function healthWords(reasons: readonly string[], lang: Language): string {
  const texts = TEXTS[lang];
  /** Partitions by the state they are in, named together. */
  const states = new Map<string, string[]>();
  const others = new Set<string>();
  for (const reason of reasons) {
    const [, number = '', state = ''] = /^partition (\d+) is (\w+)$/.exec(reason) ?? [];
    if (STATES[state] === undefined) others.add(wordsOf(reason, texts));
    else states.set(state, [...(states.get(state) ?? []), nameOf(number, texts)]);
  }
  const ofStates = [...states].map(([state, names]) => {
    const text = STATES[state];
    return text === undefined ? state : fill(texts[text], { partitions: names.join(texts.healthAnd) });
  });
  // A cause says more than the state it leads to.
  const all = [...others, ...ofStates];
  const named = all.slice(0, all.length > MOST + 1 ? MOST : MOST + 1);
  const more = all.length - named.length;
  return [...named, ...(more > 0 ? [fill(texts.healthMore, { n: more })] : [])].join(texts.healthThen);
}

function wordsOf(reason: string, texts: Texts): string {
  const [what = '', how = ''] = splitOnce(reason);
  if (what === 'NATS') return texts.healthNatsAwaited;
  if (reason.startsWith('the disk under ')) return texts.healthDisk;
  if (what === 'streams') return how.startsWith('not made') ? texts.healthStreams : texts.healthJetstream;
  if (what === 'the broker refuses') return texts.healthRefused;
  const model = MODELS[what];
  if (model !== undefined) return texts[model];
  if (reason === 'the engine is starting') return texts.healthEngineStarting;
  if (reason === 'not connected to NATS') return texts.healthNoNats;
  const partition = /^partition (\d+)$/.exec(what)?.[1];
  return partition === undefined ? reason : ofPartition(nameOf(partition, texts), how, texts);
}

function ofPartition(name: string, how: string, texts: Texts): string {
  if (how === 'not connected to NATS') return texts.healthNoNats;
  if (how.endsWith(', this one stands by')) return fill(texts.healthStandby, { partitions: name });
  const code = CODES[/\(([A-Z_]+)\)$/.exec(how)?.[1] ?? ''];
  if (code !== undefined) return texts[code];
  const subject = /^(cx\.\w+)/.exec(how)?.[1];
  if (subject !== undefined && how.includes('maximum bytes')) return fill(texts.healthFull, { subject });
  // How long grows with every second: it is seen on the clock.
  const waits = /^(the commit|publishing) has waited for \d+ ms$/.exec(how)?.[1];
  if (waits !== undefined) return waits === 'publishing' ? texts.healthPublishWaits : texts.healthCommitWaits;
  return `${name}${texts.healthColon}${how}`;
}

function nameOf(partition: string, texts: Texts): string {
  return Number(partition) === COMBINING ? texts.healthCombining : fill(texts.healthPartition, { n: partition });
}

function splitOnce(text: string): readonly string[] {
  const colon = text.indexOf(': ');
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 2)];
}
