/**
 * The manifests of `deploy/kubernetes`: rendered by kustomize, valid by the schemas of Kubernetes and of the Prometheus operator, and true to the code: the commands of the
 * night and the service are run as they are given there, and what they name (settings, paths, port, metrics) is there.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const kubernetes = join(root, 'deploy/kubernetes');
const program = join(root, 'packages/pipeline/bin/attractions.js');
const scratch = mkdtempSync(join(tmpdir(), 'attractions-kubernetes-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** The oldest release of Kubernetes that the manifests are for, and a new one. */
const RELEASES = ['1.32', '1.37'];

function run(command, args, options) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

/** What `tools/kubernetes/install.sh` prints, or why there is nothing. */
function checkers() {
  const { status, stdout, stderr } = spawnSync(join(root, 'tools/kubernetes/install.sh'), ['--there'], {
    encoding: 'utf8',
  });
  if (status !== 0) return { missing: stderr?.trim() || 'kubernetes: there is no bash' };
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s, 2)),
  );
}

const { missing, KUSTOMIZE = '', PYTHON, MODULES } = checkers();

/** The documents of a folder of manifests, and what is wrong with them. */
function rendered(folder) {
  const [program, ...args] = KUSTOMIZE.split(' ');
  const yaml = run(program, [...args, folder]);
  const found = JSON.parse(run(PYTHON, [join(root, 'tools/kubernetes/check.py'), ...RELEASES], { input: yaml }));
  const monitor = found.documents.find(({ kind }) => kind === 'ServiceMonitor');
  return { ...found, problems: [...found.problems, ...monitorProblems(monitor)] };
}

/** The model of the ServiceMonitor checks types and what is needed; names that it does not know it lets pass, so its declarations are searched for them. */
function monitorProblems(monitor) {
  const { ServiceMonitor } = createRequire(join(MODULES, 'x'))(
    '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
  );
  const types = join(MODULES, '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor.d.ts');
  const declared = readFileSync(types, 'utf8');
  const unknown = [...Object.keys(monitor.spec), ...monitor.spec.endpoints.flatMap(Object.keys)].filter(
    (name) => !new RegExp(`"${name}"\\??:`).test(declared),
  );
  try {
    new ServiceMonitor(monitor).validate();
    return unknown.map((name) => `a ServiceMonitor has no '${name}'`);
  } catch (error) {
    return [String(error)];
  }
}

/** A copy of the manifests, in which a text of a file is replaced. */
function copyWith(file, from, to) {
  const copy = mkdtempSync(join(scratch, 'copy-'));
  cpSync(kubernetes, copy, { recursive: true });
  const before = readFileSync(join(copy, file), 'utf8');
  assert.ok(before.includes(from), `${file} has '${from}'`);
  writeFileSync(join(copy, file), before.replaceAll(from, to));
  return copy;
}

const OVERLAYS = readdirSync(join(kubernetes, 'overlays'));

describe('the manifests for Kubernetes', { skip: missing ?? false }, () => {
  /** Documents by overlay; `of` finds one. */
  const overlays = new Map();
  const of = (overlay, kind, name) => {
    const matches = overlays.get(overlay).documents.filter((each) => each.kind === kind);
    const found = matches.find(({ metadata }) => name === undefined || metadata.name.startsWith(name));
    assert.ok(found, `${overlay} has a ${kind} ${name ?? ''}`);
    return found;
  };
  const settingsOf = (overlay) => of(overlay, 'ConfigMap', 'attractions-settings').data;
  const nightOf = (overlay) => of(overlay, 'CronJob', 'attractions-night').spec.jobTemplate.spec.template;
  const serveOf = (overlay) => of(overlay, 'Deployment', 'attractions-serve').spec.template;
  const containersOf = ({ spec }) => [...(spec.initContainers ?? []), ...spec.containers];
  /** The overlays that have a service, and those that have a night of one pipeline. */
  const having = (kind, name) =>
    OVERLAYS.filter((overlay) =>
      overlays.get(overlay).documents.some((each) => each.kind === kind && each.metadata.name === name),
    );

  before(() => {
    for (const overlay of OVERLAYS) overlays.set(overlay, rendered(join(kubernetes, 'overlays', overlay)));
  });

  test('are valid, with and without a claim for what waits', () => {
    for (const overlay of OVERLAYS) assert.deepEqual(overlays.get(overlay).problems, [], overlay);
    const copy = copyWith(
      'overlays/s3/kustomization.yaml',
      '- ../../components/spool-in-pod',
      '- ../../components/spool-claim',
    );
    const { documents, problems } = rendered(join(copy, 'overlays/s3'));
    assert.deepEqual(problems, []);
    const serve = documents.find(({ kind }) => kind === 'Deployment').spec.template.spec;
    const spool = serve.volumes.find(({ name }) => name === 'spool');
    assert.deepEqual(spool, { name: 'spool', persistentVolumeClaim: { claimName: 'attractions-spool' } });
  });

  test('would not be valid with a field that is written wrongly, or of another type', () => {
    for (const [file, from, to] of [
      ['base/serve.yaml', 'maxSurge', 'maxSurplus'],
      ['base/scaling.yaml', 'minReplicas: 2', 'minReplicas: two'],
      ['base/monitor.yaml', 'interval: 15s', 'every: 15s'],
      ['base/monitor.yaml', 'endpoints:', 'endpoint:'],
    ]) {
      const copy = copyWith(file, from, to);
      assert.throws(() => assert.deepEqual(rendered(join(copy, 'overlays/pvc')).problems, []), undefined, to);
    }
  });

  test('set only variables that are settings', () => {
    const known = new Set(
      readFileSync(join(root, '.env.example'), 'utf8')
        .match(/^# [A-Z][A-Z0-9_]+(?==)/gm)
        .map((line) => line.slice(2)),
    );
    const names = OVERLAYS.flatMap((overlay) => Object.keys(settingsOf(overlay)));
    const secrets = readFileSync(join(kubernetes, 'overlays/s3/s3.env.example'), 'utf8').match(/^[A-Z0-9_]+(?==)/gm);
    assert.ok(names.includes('FEEDS_ROOT') && secrets.includes('API_KEY_HASHES'));
    assert.deepEqual(
      [...names, ...secrets.filter((name) => !name.startsWith('AWS_'))].filter((name) => !known.has(name)),
      [],
    );
  });

  test('run everything as the user of the image, on a root that cannot be written to', () => {
    for (const overlay of OVERLAYS)
      for (const { kind, spec } of overlays.get(overlay).documents) {
        const template =
          kind === 'CronJob' ? spec.jobTemplate.spec.template : kind === 'Deployment' ? spec.template : undefined;
        if (template === undefined) continue;
        const { runAsNonRoot, runAsUser, seccompProfile } = template.spec.securityContext;
        assert.deepEqual(
          { runAsNonRoot, runAsUser, seccompProfile },
          {
            ...{ runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
          },
        );
        for (const { name, securityContext, resources, volumeMounts } of containersOf(template)) {
          assert.deepEqual(securityContext, {
            ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          });
          assert.ok(resources.requests.cpu && resources.requests.memory && resources.limits.memory, name);
          const mounted = volumeMounts.map(({ name: volume }) => volume);
          const volumes = template.spec.volumes.map(({ name: volume }) => volume);
          assert.deepEqual(
            mounted.filter((volume) => !volumes.includes(volume)),
            [],
          );
        }
      }
  });

  test('give spools and feeds a place that can be written to', () => {
    for (const overlay of having('Deployment', 'attractions-serve')) {
      const { EXPOSURE_SPOOL, EVENT_SPOOL, FEEDS_ROOT } = settingsOf(overlay);
      const writable = serveOf(overlay)
        .spec.containers[0].volumeMounts.filter(({ readOnly }) => !readOnly)
        .map(({ mountPath }) => mountPath);
      const places = FEEDS_ROOT.startsWith('s3:') ? [EXPOSURE_SPOOL, EVENT_SPOOL] : [FEEDS_ROOT];
      for (const place of places)
        assert.ok(
          writable.some((path) => place === path || place.startsWith(`${path}/`)),
          `${overlay}: ${place}`,
        );
    }
  });

  test('tie service, budget, scaling, policies and monitor to the pods of the service', () => {
    for (const overlay of having('Deployment', 'attractions-serve')) {
      const { labels } = serveOf(overlay).metadata;
      const [{ ports }] = serveOf(overlay).spec.containers;
      const selects = (selector) => Object.entries(selector).every(([name, value]) => labels[name] === value);
      const service = of(overlay, 'Service');
      const monitor = of(overlay, 'ServiceMonitor').spec;
      assert.ok(selects(of(overlay, 'Deployment').spec.selector.matchLabels));
      assert.ok(selects(service.spec.selector));
      assert.ok(selects(of(overlay, 'PodDisruptionBudget').spec.selector.matchLabels));
      assert.ok(selects(of(overlay, 'NetworkPolicy', 'attractions-serve').spec.podSelector.matchLabels));
      assert.ok(!selects(of(overlay, 'NetworkPolicy', 'attractions-night').spec.podSelector.matchLabels));
      assert.equal(
        of(overlay, 'HorizontalPodAutoscaler').spec.scaleTargetRef.name,
        of(overlay, 'Deployment').metadata.name,
      );
      for (const [name, value] of Object.entries(monitor.selector.matchLabels))
        assert.equal(service.metadata.labels[name], value);
      assert.deepEqual(
        service.spec.ports.map(({ targetPort }) => targetPort),
        ports.map(({ name }) => name),
      );
      assert.equal(monitor.endpoints[0].port, service.spec.ports[0].name);
      assert.equal(
        String(ports[0].containerPort),
        / PORT=(\d+)/.exec(readFileSync(join(root, 'deploy/image/Dockerfile'), 'utf8'))[1],
      );
    }
  });

  test('leave a pod the time to end: before the signal, for the last requests, and for the last commit', () => {
    for (const overlay of having('Deployment', 'attractions-serve')) {
      const { terminationGracePeriodSeconds, containers } = serveOf(overlay).spec;
      const [, , wait] = containers[0].lifecycle.preStop.exec.command;
      const waitMs = Number(/(\d[\d_]*)\)$/.exec(wait)[1].replaceAll('_', ''));
      assert.ok(waitMs + Number(settingsOf(overlay).DRAIN_MS) + 30_000 <= terminationGracePeriodSeconds * 1_000);
      run(process.execPath, ['-e', wait.replace(/\d[\d_]*\)$/, '1)')]);
    }
  });

  describe('as processes, on the sample data', () => {
    const folder = mkdtempSync(join(scratch, 'night-'));
    const places = { FEEDS_ROOT: join(folder, 'feeds'), RAW_DATA_PATH: join(root, 'tools/sample-data') };
    const config = join(folder, 'config');
    let service;
    let url;

    /** The variables of a pod, but for its places and its port. */
    const variables = () => ({
      PATH: process.env.PATH,
      HOME: folder,
      FORCE_COLOR: '0',
      ...settingsOf('pvc'),
      ...places,
      PORT: '0',
    });

    before(() => {
      mkdirSync(config);
      for (const [name, text] of Object.entries(of('pvc', 'ConfigMap', 'attractions-config').data))
        writeFileSync(join(config, name), text);
    });
    after(async () => {
      if (service === undefined) return;
      const ended = once(service, 'exit');
      service.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
    });

    test('the containers of the night do a night, and doing it again with the same job commits nothing', () => {
      const night = () =>
        containersOf(nightOf('pvc')).map(({ args, env, workingDir }) => {
          assert.equal(workingDir, '/config');
          assert.deepEqual(
            env.map(({ name }) => name),
            ['JOB_NAME'],
          );
          const words = args.map((word) => word.replace('$(JOB_NAME)', 'attractions-night-1'));
          return JSON.parse(run(process.execPath, [program, ...words, '--json'], { cwd: config, env: variables() }))
            .feeds;
        });
      const [etl, trained, validated, listed] = night();
      assert.deepEqual(
        [etl, trained, validated, listed].map((feeds) => feeds.at(-1)),
        [
          { feed: 'etl/visits/v1.0', seq: 1 },
          { feed: 'training/als/v1.0', seq: 1 },
          { feed: 'evaluation/report/v1.0', seq: 1 },
          { feed: 'serving/lists/v1.0', seq: 1 },
        ],
      );
      const [again, , , lists] = night();
      assert.deepEqual([again, lists], [[], listed]);
    });

    test('the job of a fleet runs each tenant of its file', () => {
      const fleet = join(folder, 'fleet');
      mkdirSync(fleet);
      const { 'tenants.json': file } = of('fleet', 'ConfigMap', 'attractions-config').data;
      const tenants = JSON.parse(file).tenants.map(({ tenant }) => ({ tenant, data: places.RAW_DATA_PATH }));
      writeFileSync(join(fleet, 'tenants.json'), JSON.stringify({ tenants }));
      const [{ args }, ...others] = containersOf(nightOf('fleet'));
      assert.deepEqual(others, []);
      const [{ args: serve }] = serveOf('fleet').spec.containers;
      assert.deepEqual(serve, ['serve', ...args.slice(1)]);
      const words = args.map((word) => word.replace('/config', fleet));
      const env = { ...variables(), FEEDS_ROOT: join(folder, 'fleet-feeds') };
      const report = JSON.parse(run(process.execPath, [program, ...words, '--json'], { cwd: fleet, env }));
      assert.equal(report.counts.done, tenants.length, JSON.stringify(report));
    });

    test('the service answers where probes and monitor ask, with the metrics by which it is scaled', async () => {
      const [{ args, startupProbe, readinessProbe, livenessProbe }] = serveOf('pvc').spec.containers;
      service = spawn(process.execPath, [program, ...args, '--json'], {
        ...{ cwd: config, env: variables(), stdio: ['ignore', 'pipe', 'ignore'] },
      });
      const [line] = await once(createInterface(service.stdout), 'line');
      ({ url } = JSON.parse(line));
      for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe])
        assert.equal((await fetch(url + httpGet.path)).status, 200, httpGet.path);
      const response = await fetch(url + of('pvc', 'ServiceMonitor').spec.endpoints[0].path);
      const exported = new Set((await response.text()).match(/^[a-z_]+(?=[ {])/gm));
      const metrics = of('pvc', 'HorizontalPodAutoscaler').spec.metrics.flatMap(({ pods }) =>
        pods ? [pods.metric.name] : [],
      );
      assert.equal(metrics.length, 2);
      for (const name of metrics) {
        assert.ok(exported.has(name), name);
        const [, query] = /seriesQuery: '\{__name__=~"([^"]*)"/.exec(
          readFileSync(join(kubernetes, 'prometheus-adapter.yaml'), 'utf8'),
        );
        assert.match(name, new RegExp(query));
      }
    });
  });
});
