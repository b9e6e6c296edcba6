import { AuthModule } from 'nestjs-gatehouse';

import { startApp } from '../harness/app.mjs';
import { SECRET } from '../harness/tokens.mjs';

/** An application behind Gatehouse that is called in process; nothing listens for long. */
export function startGatehouse(auth, decorators) {
  return startApp('express', {
    imports: [AuthModule.forRoot({ jwt: { secret: SECRET }, ...auth })],
    decorators,
  });
}

class Controller {}
const handler = () => {};

/**
 * What Nest hands to a guard for a request with these headers, among those that browsers and proxies send.
 *
 * @param {Record<string, string>} credential
 */
export function contextOf(credential) {
  const headers = {
    host: 'api.example.com',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
    accept: 'application/json',
    'accept-encoding': 'gzip, br',
    ...credential,
    connection: 'keep-alive',
  };
  const rawHeaders = Object.entries(headers).flatMap(([name, value]) => [
    name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
    value,
  ]);
  const request = { method: 'GET', url: '/hello', headers, rawHeaders, user: undefined };
  const http = { getRequest: () => request, getResponse: () => ({}) };
  const args = [request, {}];
  return {
    getClass: () => Controller,
    getHandler: () => handler,
    getArgs: () => args,
    getArgByIndex: (index) => args[index],
    getType: () => 'http',
    switchToHttp: () => http,
  };
}
