// Answers each line "recipe command token" with one line. The recipes find the service at TOKENS_URL.
import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';

// A global since Node.js 20.
globalThis.crypto ??= webcrypto;
const { fetch } = globalThis;
globalThis.fetch = (url, request) =>
  fetch(String(url).replace('https://tokens.example.org', process.env.TOKENS_URL), request);

const commands = {
  introspect: async (recipe, token) => {
    const verdict = await recipe.introspect(token);
    return verdict.active ? `active ${verdict.sub}` : 'inactive';
  },
  revoke: async (recipe, token) => {
    await recipe.revoke(token);
    return 'revoked';
  },
  verify: async (recipe, identity) => {
    const { sub } = await recipe.identityOf({ headers: { 'x-auth-identity': identity } });
    return `active ${sub}`;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [recipe, command, token] = line.split(' ');
  try {
    console.log(await commands[command](await import(`./${recipe}.mjs`), token));
  } catch (failure) {
    console.log(`failed ${failure.name}: ${failure.message}`);
  }
}
