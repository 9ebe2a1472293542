/** Query parameters are taken as documented or refused: one that is misspelt must not silently widen what is asked. */
import { didYouMean } from '../../core/text/spelling.ts';
import { errorAnswer } from './responses.ts';
import type { HttpAnswer } from '../server/http-message.ts';

/** By name: whether it may be given once or many times. */
export type QueryForm = Readonly<Record<string, 'once' | 'many'>>;

/** What is not a plain word is not repeated to whoever reads the answer: it may be data that went astray. */
const PLAIN = /^[a-z][a-z_-]{0,31}$/i;

/** The answer to a query that holds something else than `form`; undefined: it does not. */
export function refusedQuery(query: URLSearchParams, form: QueryForm): HttpAnswer | undefined {
  const known = Object.keys(form);
  for (const name of new Set(query.keys())) {
    if (!Object.hasOwn(form, name)) {
      const which = PLAIN.test(name) ? ` ${name}${didYouMean(name, known)}` : '';
      const takes = known.length === 0 ? 'this takes none' : `this takes ${known.join(', ')}`;
      return errorAnswer('invalid', `unknown query parameter${which} (${takes})`);
    }
    if (form[name] === 'once' && query.getAll(name).length > 1) {
      return errorAnswer('invalid', `the query parameter ${name} is given more than once`);
    }
  }
  return undefined;
}
