// The parts of undici that are used, by their files: the whole evaluates fetch, WebSocket, mocks and caches too, which takes
// a third of the time that the terminal's program needs to load.
import api from 'undici/lib/api/index.js';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import Pool from 'undici/lib/dispatcher/pool.js';

Object.assign(Dispatcher.prototype, api); // as undici's own index does

export { Agent, buildConnector, EnvHttpProxyAgent, Pool };

/** Where a request goes, as a dispatcher takes it: a name and password in the URL are left behind. Throws for what is no URL. */
export function targetOf(url: string | URL): { origin: string; path: string } {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search };
}
