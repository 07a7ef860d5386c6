import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadSync } from '@grpc/proto-loader';
import type { ServiceDefinition } from '@grpc/proto-loader';

import { describeOn } from './support/servers.js';

interface Descriptors {
  readonly messages: Readonly<Record<string, Readonly<Record<string, readonly [number, string, string]>>>>;
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly calls: Readonly<Record<string, readonly [string, string, boolean]>>;
}

interface Field {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}

interface Enumeration {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number: number }[];
}

interface Message {
  readonly name: string;
  readonly field: readonly Field[];
  readonly nestedType: readonly (Message & { readonly options?: { readonly mapEntry?: boolean } })[];
  readonly enumType: readonly Enumeration[];
}

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Spark's own descriptors, from PyPI's pyspark-client. */
function ofSpark(): Descriptors {
  const folder = `${process.env['TMPDIR'] ?? tmpdir()}/attractions-sail`;
  const release = readdirSync(folder).find((name) => /^pyspark_client-[\d.]+$/.test(name)) as string;
  const parameters = [file('tools/spark/descriptors.py'), `${folder}/${release}/pyspark/sql/connect/proto`];
  return JSON.parse(execFileSync(`${folder}/venv/bin/python`, parameters, { encoding: 'utf8', maxBuffer: 1 << 26 }));
}

/** The same of this package's file. */
function ofOurs(): Descriptors {
  const protos = loadSync(file('packages/spark/proto/connect.proto'), { keepCase: true });
  const messages: Record<string, Record<string, [number, string, string]>> = {};
  const enums: Record<string, Record<string, number>> = {};
  const add = (message: Message, prefix: string): void => {
    const name = prefix + message.name;
    const isMap = new Set(message.nestedType.filter(({ options }) => options?.mapEntry).map((each) => each.name));
    messages[name] = Object.fromEntries(message.field.map((field) => [field.name, fieldOf(field, isMap)]));
    for (const each of message.nestedType) if (!isMap.has(each.name)) add(each, `${name}.`);
    for (const each of message.enumType)
      enums[`${name}.${each.name}`] = Object.fromEntries(each.value.map((value) => [value.name, value.number]));
  };
  for (const [name, definition] of Object.entries(protos))
    if (/^spark\.connect\.\w+$/.test(name) && 'deserialize' in definition) add(definition.type as Message, '');
  const service = protos['spark.connect.SparkConnectService'] as ServiceDefinition;
  const calls = Object.values(service).map((call): [string, [string, string, boolean]] => [
    call.path.split('/').at(-1) as string,
    [nameOf(call.requestType), nameOf(call.responseType), call.responseStream],
  ]);
  return { messages, enums, calls: Object.fromEntries(calls) };
}

/** A type in the same message is named without it: `Set` in `ConfigRequest`. */
function fieldOf({ number, label, type, typeName }: Field, isMap: ReadonlySet<string>): [number, string, string] {
  if (isMap.has(typeName.split('.').at(-1) as string)) return [number, 'map', 'map'];
  const kind = typeName.replace(/^\.?(spark\.connect\.)?/, '') || type.replace('TYPE_', '').toLowerCase();
  return [number, kind, label === 'LABEL_REPEATED' ? 'many' : 'one'];
}

const nameOf = ({ type }: object & { type?: unknown }): string => (type as { readonly name: string }).name;

describeOn(['sail'], 'the protocol, installed with', () => {
  test('every message, field, enumeration and call is as in Spark', () => {
    const [ours, spark] = [ofOurs(), ofSpark()];
    expect(Object.keys(ours.messages).length).toBeGreaterThan(50);
    let fields = 0;
    for (const [message, own] of Object.entries(ours.messages)) {
      const theirs = spark.messages[message];
      for (const [name, [number, kind, label]] of Object.entries(own)) {
        fields++;
        const [theirNumber, theirKind = '', theirLabel] = theirs?.[name] ?? [];
        expect([message, name, number, label]).toEqual([message, name, theirNumber, theirLabel]);
        expect(theirKind === kind || theirKind.endsWith(`.${kind}`)).toBe(true);
      }
    }
    expect(fields).toBeGreaterThan(110);
    for (const [name, values] of Object.entries(ours.enums)) expect(spark.enums[name]).toMatchObject(values);
    for (const [name, call] of Object.entries(ours.calls)) expect([name, ...(spark.calls[name] ?? [])]).toEqual([name, ...call]); // prettier-ignore
  });
});
