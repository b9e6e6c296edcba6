/** Jest in ESM mode (NODE_OPTIONS or `npm test` passes --experimental-vm-modules); everything runs from source. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['nestjs-gatehouse-source', 'node', 'node-addons'] },
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testMatch: ['<rootDir>/{libs,apps}/**/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Mercurius requires @fastify/static, which requires version 3: an ES module, and Jest on Node 20 cannot require one.
    '^content-disposition$': '<rootDir>/node_modules/content-disposition',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  testTimeout: 30_000,
  // Jest leaves one core free, which on two cores is half of them. ES modules stay in memory after their spec has ended,
  // so a worker that has grown makes room for a new one.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1.5GB',
};
