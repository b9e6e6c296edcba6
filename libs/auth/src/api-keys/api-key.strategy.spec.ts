import { describe, expect, it, jest } from '@jest/globals';
import passport from 'passport';

import { makeUnits } from '../../../../test/support/units.js';
import { runStrategy } from '../guard/run-strategy.js';
import { ApiKeyStrategy } from './api-key.strategy.js';

function makeStrategy(header = 'X-API-Key') {
  const units = makeUnits({ apiKeys: { header } });
  return { ...units, strategy: new ApiKeyStrategy(units.options.apiKeys!, units.apiKeys) };
}

describe('ApiKeyStrategy', () => {
  it.each(['X-API-Key', 'x-api-key', 'My-Own-Header'])('reads %s', async (header) => {
    const { strategy, apiKeys } = makeStrategy(header);
    expect(strategy).toMatchObject({ scheme: 'api-key', header: header.toLowerCase() });
    const { key, apiKey } = await apiKeys.create({ name: 'ci', userId: 'ada' });
    const identity = await runStrategy(strategy, { scheme: 'api-key', value: key });
    expect(identity).toMatchObject({ userId: 'ada', provider: 'api_key', credentialId: apiKey.keyId });
  });

  it('refuses as the service does', async () => {
    const { strategy, apiKeys, store } = makeStrategy();
    const { key } = await apiKeys.create({ name: 'ci', userId: 'ada', isActive: false });
    const run = (value: string): Promise<unknown> => runStrategy(strategy, { scheme: 'api-key', value });
    await expect(run(key)).rejects.toMatchObject({
      code: 'credentials_invalid',
      reason: 'the key is inactive',
    });
    await expect(run('ck_1')).rejects.toMatchObject({ reason: 'the key is malformed' });
    jest.spyOn(store, 'findByHash').mockRejectedValue(new Error('down'));
    await expect(run(key)).rejects.toMatchObject({ code: 'auth_unavailable' });
  });

  it('is known to no registry of the process', () => {
    makeStrategy();
    const { _strategies } = passport as unknown as { _strategies: object };
    expect(Object.keys(_strategies)).toEqual(['session']);
  });
});
