import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { testFile } from '../servers/tools.ts';
import { check, haveCheckers, installCheckers } from './checkers.ts';

const DEPLOY = testFile('../deploy');
const FILES = ['kubernetes', 'kubernetes-alertmanager'].flatMap((folder) =>
  readdirSync(join(DEPLOY, folder))
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .map((name) => `${folder}/${name}`),
);
const read = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');

interface Container {
  readonly image: string;
  readonly name: string;
  readonly securityContext: Record<string, unknown>;
  readonly resources: { readonly limits: { readonly memory: string }; readonly requests: object };
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name: string } }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
}
interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly items?: readonly { readonly key: string }[] };
  readonly projected?: {
    readonly sources: readonly {
      readonly secret?: { readonly name: string; readonly items: readonly { readonly key: string }[] };
    }[];
  };
}
interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: Record<string, unknown>;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: Pod;
    };
    readonly podSelector?: { readonly matchLabels?: Record<string, string> };
    readonly selector?: { readonly matchLabels?: Record<string, string> };
  };
}

const manifests = FILES.flatMap((name) =>
  parseAllDocuments(read(name)).map((document) => document.toJS() as Manifest),
);
const workloads = manifests.filter(({ spec }) => spec?.template !== undefined);
const pods = workloads.map(({ spec }) => spec!.template!.spec);
const containers = pods.flatMap((pod) => [...pod.containers, ...(pod.initContainers ?? [])]);

describe.runIf(haveCheckers())('what the tools themselves say', () => {
  test('Kubernetes 1.32 takes every manifest, strictly', () => {
    const bin = installCheckers();
    const files = FILES.filter((name) => !name.endsWith('/scaling.yaml')).map((name) => join(DEPLOY, name));
    const said = check(join(bin, 'kubernetes-validate'), '--strict', '-k', '1.32', ...files);
    expect(said).not.toMatch(/WARN|ERROR/);
  }, 120_000);

  test('the Compose specification takes the compose file', () => {
    const bin = installCheckers();
    const said = check(
      join(bin, 'python'),
      testFile('deploy/check.py'),
      join(DEPLOY, 'compose/compose.yaml'),
    );
    expect(said.trim()).toBe('ok');
  }, 120_000);
});

describe('Kubernetes', () => {
  test('nobody is root, may become more, or has a token of the cluster', () => {
    expect(workloads.length).toBeGreaterThanOrEqual(7);
    for (const pod of pods) {
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
    }
    for (const { securityContext, name, resources } of containers) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        // The broker's image writes its own configuration.
        readOnlyRootFilesystem: name !== 'kafka',
      });
      expect(resources.limits.memory).toBeDefined();
    }
  });

  test('what runs for good is probed, may be moved one at a time, and talks to whom it has to', () => {
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
    const budgets = manifests.filter(({ kind }) => kind === 'PodDisruptionBudget');
    for (const { kind, spec, metadata } of workloads) {
      const { labels } = spec!.template!.metadata;
      const chosen = (selector: Record<string, string> | undefined): boolean =>
        selector !== undefined && Object.entries(selector).every(([key, value]) => labels[key] === value);
      expect({
        workload: metadata.name,
        policy: policies.some((policy) => chosen(policy.spec?.podSelector?.matchLabels)),
      }).toEqual({ workload: metadata.name, policy: true });
      // Jobs end, and what watches can be away for a while.
      if (kind === 'Job' || ['collector-losses', 'agentops-evaluator'].includes(metadata.name)) continue;
      for (const container of spec!.template!.spec.containers) {
        expect(container.livenessProbe).toBeDefined();
        expect(container.readinessProbe).toBeDefined();
      }
      if (metadata.name !== 'grafana' && metadata.name !== 'agentops-metrics')
        expect(budgets.some((budget) => chosen(budget.spec?.selector?.matchLabels))).toBe(true);
    }
  });

  test('every secret that is named is in the example, every config map is made by render.sh', () => {
    const secrets = new Map(
      manifests
        .filter(({ kind }) => kind === 'Secret')
        .map(({ metadata, stringData }) => [metadata.name, Object.keys(stringData ?? {})]),
    );
    const wanted = [
      ...containers.flatMap(({ env = [] }) =>
        env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []).map(({ name, key }) => [name, key]),
      ),
      ...pods
        .flatMap(({ volumes = [] }) => volumes)
        .flatMap(({ secret, projected }) => [
          ...(secret?.items ?? []).map(({ key }) => [secret!.secretName, key]),
          ...(projected?.sources ?? []).flatMap((source) =>
            (source.secret?.items ?? []).map(({ key }) => [source.secret!.name, key]),
          ),
        ]),
    ] as [string, string][];
    expect(wanted.length).toBeGreaterThan(8);
    for (const [name, key] of wanted) expect(secrets.get(name)).toContain(key);
    const script = read('kubernetes/render.sh');
    for (const { configMap } of pods.flatMap(({ volumes = [] }) => volumes)) {
      if (configMap === undefined) continue;
      const { name } = configMap;
      expect(script).toContain(
        name.startsWith('grafana-dashboards-') ? 'grafana-dashboards-$name' : `configmap ${name}`,
      );
    }
  });

  test('Grafana finds each folder where its provider looks, on Kubernetes and in compose', () => {
    const { providers } = parse(
      readFileSync(testFile('../dashboards/generated/provisioning/dashboards/agentops.yaml'), 'utf8'),
    ) as { providers: { options: { path: string } }[] };
    const mounts = containers.find(({ name }) => name === 'grafana')!.volumeMounts!;
    const compose = read('compose/compose.yaml');
    for (const { options } of providers) {
      expect(mounts.map(({ mountPath }) => mountPath)).toContain(options.path);
      expect(existsSync(testFile(`../dashboards/generated/${options.path.split('/').at(-1)}`))).toBe(true);
      expect(compose).toContain(`dashboards/generated:${options.path.split('/').slice(0, -1).join('/')}:ro`);
    }
  });

  test('the Collector is given what its configuration asks for, and nothing that it does not know', () => {
    const configuration =
      read('generated/collector/kafka/collector.yaml') + read('generated/collector/listen.yaml');
    const known = new Set([...configuration.matchAll(/\$\{env:(AGENTOPS_\w+)/g)].map(([, name]) => name));
    const services = parse(read('compose/compose.yaml'), { merge: true }) as {
      services: { collector: { environment: Record<string, string> } };
    };
    const given = containers.find(({ name }) => name === 'collector')!.env!.map(({ name }) => name);
    for (const names of [given, Object.keys(services.services.collector.environment)]) {
      const ours = names.filter((name) => name.startsWith('AGENTOPS_'));
      for (const name of ours) expect(known).toContain(name);
      for (const name of ['AGENTOPS_DIGEST_KEY', 'AGENTOPS_TOKEN_FILE', 'AGENTOPS_KAFKA_BROKERS'])
        expect(ours).toContain(name);
    }
  });

  test('every image is pinned, and the same in both', () => {
    const { services } = parse(read('compose/compose.yaml'), { merge: true }) as {
      services: Record<string, { image: string }>;
    };
    const images = (list: readonly { image: string }[]): string[] =>
      [...new Set(list.map(({ image }) => image))].sort();
    expect(images(containers)).toEqual(images(Object.values(services)));
    for (const image of images(containers)) expect(image).toMatch(/^[\w./-]+:v?\d+(\.\d+)+$/);
  });
});

describe('whoever is told of alerts', () => {
  const generated = (path: string): string => readFileSync(testFile(`../alerts/generated/${path}`), 'utf8');
  const unique = (names: Iterable<string>): string[] => [...new Set(names)].sort();
  const variables = unique(
    [...generated('grafana/contact-points.yaml').matchAll(/\$(AGENTOPS_\w+)/g)].map(([, name]) => name!),
  );
  const files = unique(
    [...generated('alertmanager/alertmanager.yml').matchAll(/\/etc\/alertmanager\/secrets\/([\w-]+)/g)].map(
      ([, name]) => name!,
    ),
  );
  const secretOf = (name: string): string[] =>
    Object.keys(
      manifests.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === name)?.stringData ?? {},
    ).sort();

  test('on Kubernetes contact points have their variables, Alertmanager its files', () => {
    expect(variables.length).toBeGreaterThan(4);
    expect(secretOf('agentops-channels')).toEqual(variables);
    expect(secretOf('agentops-alertmanager')).toEqual(files);
    const grafana = containers.find(({ name }) => name === 'grafana')!;
    expect(grafana.envFrom).toEqual([{ secretRef: { name: 'agentops-channels' } }]);
  });

  test('in compose a script makes both, with an empty place for each', () => {
    const dir = mkdtempSync(join(tmpdir(), 'agentops-compose-'));
    try {
      const compose = join(dir, 'deploy/compose');
      mkdirSync(compose, { recursive: true });
      cpSync(testFile('../alerts/generated'), join(dir, 'alerts/generated'), { recursive: true });
      cpSync(join(DEPLOY, 'compose/secrets.sh'), join(compose, 'secrets.sh'));
      execFileSync('bash', [join(compose, 'secrets.sh')], { stdio: 'pipe' });
      const env = readFileSync(join(compose, 'channels.env'), 'utf8');
      expect(unique([...env.matchAll(/^(AGENTOPS_\w+)=\S+$/gm)].map(([, name]) => name!))).toEqual(variables);
      expect(readdirSync(join(compose, 'secrets/channels')).sort()).toEqual(files);
      expect(() => execFileSync('bash', [join(compose, 'secrets.sh')], { stdio: 'pipe' })).toThrow();
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  test('rules, contact points, policies, runbooks and routes are mounted, and each is there', () => {
    const { services } = parse(read('compose/compose.yaml'), { merge: true }) as {
      services: Record<string, { volumes?: string[]; env_file?: string[]; command?: string[] }>;
    };
    const mounts = (name: string): string[] =>
      (services[name]!.volumes ?? []).filter((mount) => mount.startsWith('../../alerts/'));
    expect(mounts('grafana')).toEqual([
      '../../alerts/generated/runbooks:/usr/share/grafana/public/agentops/runbooks:ro',
      '../../alerts/generated/matrix:/usr/share/grafana/public/agentops/matrix:ro',
      '../../alerts/generated/grafana:/etc/grafana/provisioning/alerting:ro',
    ]);
    expect(services['grafana']!.env_file).toEqual(['channels.env']);
    expect(mounts('alertmanager')).toEqual([
      '../../alerts/generated/alertmanager/alertmanager.yml:/etc/alertmanager/alertmanager.yml:ro',
    ]);
    for (const mount of [...mounts('grafana'), ...mounts('alertmanager')])
      expect(existsSync(join(DEPLOY, 'compose', mount.split(':')[0]!))).toBe(true);
    const script = read('kubernetes/render.sh');
    for (const folder of ['grafana', 'runbooks', 'matrix', 'alertmanager/alertmanager.yml'])
      expect(script).toContain(`--from-file=alerts/generated/${folder}`);
  });

  test('of Grafana and Alertmanager one evaluates', () => {
    const overlay = parse(read('kubernetes-alertmanager/kustomization.yaml')) as {
      resources: string[];
      patches: { target: { name: string }; patch: string }[];
    };
    expect(overlay.resources[0]).toBe('../kubernetes');
    expect(overlay.patches[0]!.target.name).toBe('grafana');
    expect(parse(overlay.patches[0]!.patch)).toMatchObject([
      { value: { name: 'GF_UNIFIED_ALERTING_EXECUTE_ALERTS', value: 'false' } },
    ]);
    expect(read('compose/compose.yaml')).toMatch(
      /GF_UNIFIED_ALERTING_EXECUTE_ALERTS: \$\{AGENTOPS_GRAFANA_ALERTS:-true\}/,
    );
  });
});

test('the scripts are shell', () => {
  for (const script of ['kafka/topics.sh', 'compose/secrets.sh', 'kubernetes/render.sh'])
    execFileSync('bash', ['-n', join(DEPLOY, script)]);
});
