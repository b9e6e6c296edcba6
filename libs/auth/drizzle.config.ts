import { defineConfig } from 'drizzle-kit';

// `npm run migrations -w nestjs-gatehouse -- --name what-changes` after a change of the schema.
// oxlint-disable-next-line import/no-default-export -- drizzle-kit reads it
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/stores/postgres/schema.ts',
  out: './drizzle',
  schemaFilter: ['gatehouse'],
});
