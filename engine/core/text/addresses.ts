/** What addresses look like, so that a wrong one is reported before anything is tried. */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i;

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host);
}

const HOST = String.raw`\[[0-9a-f:.%]+\]|[a-z0-9_](?:[\w.-]*\w)?\.?`;
const IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i;
const NATS = new RegExp(String.raw`^(?:(?:nats|tls)://)?(?:\S*@)?(?:${HOST})(?::(\d{1,5}))?/?$`, 'i');

/** `nats://host:4222`, `tls://user:password@host`, `host:4222`, `host`. */
export function isNatsAddress(text: string): boolean {
  const found = NATS.exec(text);
  return found === null ? IPV6.test(text) : isPort(found[1]);
}

const NAME = new RegExp(`^(?:${HOST})$`, 'i');

/** A name or an IP address alone: no scheme, no port, no path. */
export function isHost(text: string): boolean {
  return NAME.test(text) || IPV6.test(text);
}

/** An address a person can open: `https://wiki.example.com/late-deliveries`. No `javascript:`, no file, no words. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s/?#]/i.test(text) && URL.canParse(text);
}

/** Where keys may be fetched from: what comes unencrypted can be replaced on the way, except within this machine. */
export function isSafeKeyAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}

/** As browsers send it: `https://board.example.com:8443`, without a path. */
export function isOrigin(text: string): boolean {
  const port = /^[a-z][a-z0-9+.-]*:\/\/(?:\[[0-9a-f:]+\]|[^\s/?#:@[\]A-Z]+)(?::(\d{1,5}))?$/.exec(text);
  return port !== null && isPort(port[1]);
}

function isPort(digits: string | undefined): boolean {
  return digits === undefined || (Number(digits) > 0 && Number(digits) <= 65_535);
}
