import { get } from '../support/raw-http.js';
import { INVALID, MALFORMED } from './answers.js';
import { attacksOf, ME, type Attack, type AttackGroup } from './attack.js';

/** B3: more than one credential of a kind. Each of these requests holds at least one that is good. */
export const doubledHeaders: AttackGroup = {
  rows: ['B3'],
  name: 'doubled headers',
  server: 'demo',
  attacks: ({ token, apiKey, spentKeys }): Attack[] => {
    const good = `Authorization: Bearer ${token}`;
    const goodKey = `X-API-Key: ${apiKey}`;
    const badKey = `X-API-Key: ${spentKeys.revoked}`;
    const send = (...headers: string[]): string => get(ME, ...headers);
    const auth = (value: string): string => send(`Authorization: ${value}`);
    return [
      ...attacksOf(MALFORMED, {
        'Authorization twice, the same': send(good, good),
        'Authorization twice, in another case': send(good, good.replace('Authorization', 'AUTHORIZATION')),
        'Authorization twice, something between': send(
          good,
          'X-Between: 1',
          good.toLowerCase().replace(/ .*/, ' Bearer x'),
        ),
        'Authorization twice, a bad one last': send(good, 'Authorization: Bearer x'),
        'Authorization twice, a bad one first': send('Authorization: Bearer x', good),
        'Authorization twice, Basic last': send(good, 'Authorization: Basic eDp5'),
        'Authorization twice, Basic first': send('Authorization: Basic eDp5', good),
        'Authorization twice, an empty one last': send(good, 'Authorization:'),
        'Authorization twice, an empty one first': send('Authorization:', good),
        'Authorization twice, and a key': send(good, good, goodKey),
        'Authorization a hundred times': send(
          ...Array.from({ length: 100 }, () => 'Authorization: Bearer x'),
          good,
        ),
        'Authorization twice on POST': get('/api/v1/sessions', good, good).replace('GET', 'POST'),
        'X-API-Key twice, the same': send(goodKey, goodKey),
        'X-API-Key twice, in another case': send(goodKey, goodKey.replace('X-API-Key', 'x-api-key')),
        'X-API-Key twice, a bad one last': send(goodKey, badKey),
        'X-API-Key twice, a bad one first': send(badKey, goodKey),
        'X-API-Key twice, an empty one last': send(goodKey, 'X-API-Key:'),
        'X-API-Key twice, an empty one first': send('X-API-Key:', goodKey),
        'X-API-Key twice, and a token': send(good, goodKey, goodKey),
        'X-API-Key three times': send(goodKey, goodKey, goodKey),
        'two keys and a comma': send(`${goodKey},${apiKey}`),
        'two keys, a comma and a blank': send(`${goodKey}, ${spentKeys.revoked}`),
        'two keys and a blank': send(`${goodKey} ${apiKey}`),
        'two keys and a semicolon, with a blank': send(`${goodKey}; ${apiKey}`),
        'a comma after the key': send(`${goodKey},`),
        'a comma before the key': send(`X-API-Key: ,${apiKey}`),
        'two bearer tokens and a comma': auth(`Bearer ${token}, Bearer ${token}`),
        'two bearer tokens and a comma without a blank': auth(`Bearer ${token},Bearer ${token}`),
        'two tokens and a comma': auth(`Bearer ${token}, ${token}`),
        'two tokens and a comma without a blank': auth(`Bearer ${token},${token}`),
        'Basic, then Bearer': auth(`Basic eDp5, Bearer ${token}`),
        'Basic, then Bearer without a blank': auth(`Basic eDp5,bearer ${token}`),
        'Digest, then Bearer': auth(`Digest username="x", Bearer ${token}`),
        'Bearer, then Basic': auth(`Bearer ${token}, Basic eDp5`),
        'a malformed key beside a good token': send(good, 'X-API-Key: a b'),
        'an empty key beside a good token': send(good, 'X-API-Key:'),
        'a malformed token beside a good key': send('Authorization: Bearer', goodKey),
        'an empty Authorization beside a good key': send('Authorization:', goodKey),
      }),
      ...attacksOf(INVALID, {
        'a bad token and a bad key': send('Authorization: Bearer x', badKey),
        'the two the wrong way round': send(`Authorization: Bearer ${apiKey}`, `X-API-Key: ${token}`),
      }),
    ];
  },
};
