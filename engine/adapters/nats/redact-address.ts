/**
 * What NATS says, server or client, as it may stand in a log: it quotes subjects, whose last token names a customer or case, and
 * bytes it could not parse. Names of streams and paths of files stay.
 */
export function publicWords(text: string): string {
  return text
    .replace(/(["'])(.*?)(\1|$)/g, (_quoted, mark: string, inside: string) =>
      STAYS.test(inside) ? `${mark}${inside}${mark}` : `${mark}${familyIn(inside)}…${mark}`,
    )
    .replace(/\bcx\.\w+\.[^\s"'…]+/g, (subject) => `${familyIn(subject)}…`);
}

/** A server's address as it may be said: without a user, password or token that stands in it. */
export function publicAddress(url: string): string {
  return url.replace(/^([a-z]+:\/\/)?.*@/i, '$1…@');
}

const STAYS = /^(?:\/[\w./-]*|[A-Z_0-9]+|\$(?:JS|KV)[\w.$-]*(?:\.>)?|cx\.[a-z]{1,20}|[a-z]{1,20})$/;

function familyIn(text: string): string {
  return /^cx\.[a-z]+\./.exec(text)?.[0] ?? '';
}
