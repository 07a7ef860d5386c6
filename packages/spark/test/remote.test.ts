import { expect, test } from '@jest/globals';

import { remoteOf } from '../src/remote.js';

test.each([
  ['sc://spark', 'spark:15002', false],
  ['sc://spark:443/;use_ssl=true', 'spark:443', true],
  ['sc://spark.example/;token=abc', 'spark.example:15002', true],
  ['sc://127.0.0.1:15002/;token=abc', '127.0.0.1:15002', false],
  ['sc://localhost/;token=abc;use_ssl=true', 'localhost:15002', true],
  ['sc://[::1]:9/', '[::1]:9', false],
])('%s is %s, TLS %s', (text, address, isTls) => {
  expect(remoteOf(text)).toMatchObject({ address, isTls });
});

test('values are decoded, and what is not known becomes a header', () => {
  const session_id = '9e01f284-425c-4d4b-8bfd-2f8aabe7f48a';
  expect(
    remoteOf(`sc://localhost/;token=a%3Bb%3D;user_id=mar%20a;session_id=${session_id};x-cluster=north;user_agent=x`),
  ).toEqual({
    address: 'localhost:15002',
    isTls: false,
    token: 'a;b=',
    userId: 'mar a',
    sessionId: session_id,
    headers: { 'x-cluster': 'north' },
  });
});

test.each([
  ['spark:15002', 'give sc://host:port/;key=value'],
  ['http://spark', 'give sc://host:port/;key=value'],
  ['sc://', 'give sc://host:port/;key=value'],
  ['sc://user@spark', 'give sc://host:port/;key=value'],
  ['sc://spark/path;a=b', 'give sc://host:port/;key=value'],
  ['sc://spark:70000', 'the port is 70000'],
  ['sc://spark:0', 'the port is 0'],
  ['sc://spark/;use_ssl=yes', "use_ssl is 'yes'"],
  ['sc://spark/;token', "the parameter 'token' needs a name and a value"],
  ['sc://spark/;a=%zz', "the parameter 'a' needs a name and a value"],
  ['sc://spark/;a=%0a', "the parameter 'a' needs a name and a value"],
  ['sc://spark/;user_id=a;user_id=b', "'user_id' is given twice"],
  ['sc://spark/;session_id=7', "session_id is '7'; give a UUID"],
  ['sc://spark/;token=secret;use_ssl=false', 'use_ssl=false would send the token readable'],
])('%s is refused: %s', (text, reason) => {
  expect(() => remoteOf(text)).toThrow(reason);
});

test('no message has the token', () => {
  expect(() => remoteOf('sc://spark/;token=secret;use_ssl=false')).toThrow(expect.not.stringContaining('secret'));
});
