import { serverConformance } from './server.conformance.ts';
import { openWsServer } from './ws-server.ts';

serverConformance('ws', openWsServer);
