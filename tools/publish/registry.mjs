import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runServer } from 'verdaccio';

/**
 * A registry of our own, empty, on a free port of this machine's loopback address. It has no uplink: what it serves was published to it,
 * so a package of ours can never be mistaken for one of that name elsewhere.
 *
 * @param folder where it keeps what is published; the caller removes it.
 * @returns `url`; `scope`, the line of an `.npmrc` that takes our packages from here and all others from where they always come from; `everything`, one that
 * takes all packages from here, for `create-attractions`, which has no scope and needs nothing; `publisherConfig`, the path of an npm user configuration that may publish; `close()`.
 */
export async function openRegistry(folder) {
  const server = await runServer({
    self_path: folder,
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    packages: Object.fromEntries(
      ['@attractions/*', 'create-attractions'].map((name) => [name, { access: '$all', publish: '$authenticated' }]),
    ),
    log: { type: 'file', path: join(folder, 'registry.log'), level: 'warn' },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${server.address().port}`;
  const scope = `@attractions:registry=http://${host}/\n`;
  const everything = `registry=http://${host}/\n`;
  const publisherConfig = join(folder, 'publisher.npmrc');
  writeFileSync(
    publisherConfig,
    `${scope}${everything}//${host}/:_authToken=${await registerPublisher(`http://${host}`)}\n`,
  );

  return {
    url: `http://${host}`,
    scope,
    everything,
    publisherConfig,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Creates the one account that may publish; returns its token. */
async function registerPublisher(url) {
  const account = { name: 'publisher', password: crypto.randomUUID() };
  const answer = await fetch(`${url}/-/user/org.couchdb.user:${account.name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  if (!answer.ok) throw new Error(`The registry refused its first account: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).token;
}
