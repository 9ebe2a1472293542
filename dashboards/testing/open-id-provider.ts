/** A real provider of OpenID Connect on this machine, under another name than the board's, so that it is another site. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface OpenIdProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

/** Whoever signs in, with any password, is a lead of the channel app. */
export async function openIdProvider(redirectUri: string, afterSignOut: string): Promise<OpenIdProvider> {
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: 'earshot', token_endpoint_auth_method: 'none', redirect_uris: [redirectUri] },
        post_logout_redirect_uris: [afterSignOut],
        ...{ response_types: ['code'], grant_types: ['authorization_code'] },
      },
    ],
    claims: { cx: ['cx_roles', 'cx_channels'] },
    cookies: { keys: ['of this test'] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, cx_roles: ['leads', 'staff'], cx_channels: ['app'] }),
    }),
    pkce: { required: () => true },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
  });
  const handle = provider.callback();
  return {
    issuer,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
