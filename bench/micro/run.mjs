/** One section in one process: `run.mjs <section>`. */
const { measure } = await import(`./${process.argv[2]}.mjs`);
process.send(await measure(), () => process.exit(0));
