package dev.tokencache.deploy;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** What {@code deploy/kubernetes} and {@code deploy/helm} render for the same deployments, and more that the chart can. */
final class KubernetesRenderings {

    /** The nodes and the network of overlays/external-redis. */
    static final String EXTERNAL_REDIS = """
            externalRedis:
              hosts: ["redis://redis-1.example:6379", "redis://redis-2.example:6379", "redis://redis-3.example:6379"]
              cidrs: [192.0.2.0/24]
            """;

    static final String OWN_REDIS = "redis: {enabled: true}\n";

    /** The folders monitoring, doctor and drill. */
    static final String OPTIONS = "monitoring: {enabled: true}\ndoctor: {enabled: true}\ndrill: {enabled: true}\n";

    /** Every object, and as many values as possible that are not the defaults. */
    static final String EVERYTHING = OPTIONS + """
              fullnameOverride: sso
              image: {repository: registry.example/token-cache, tag: 1.0.0-native, pullPolicy: Always}
              imagePullSecrets: [{name: registry}]
              settings:
                tokencache.token.max-ttl: 1D
                tokencache.journal.kind: shared
                quarkus.datasource.journal.jdbc.url: jdbc:postgresql://journal.example/tokens
                quarkus.http.limits.max-connections: 1000000
                tokencache.token.foreign: false
              redis:
                enabled: true
                maxmemory: 2gb
                resources: {requests: {cpu: 1, memory: 4Gi}, limits: {memory: 4Gi}}
                persistence: {size: 16Gi, storageClass: fast}
                nodeSelector: {disk: fast}
                tolerations: [{key: redis, operator: Exists}]
              autoscaling: {minReplicas: 5, maxReplicas: 20, targetCPUUtilizationPercentage: 50}
              serviceAccountName: token-cache
              nodeSelector: {pool: sso}
              tolerations: [{key: sso, operator: Exists}]
              priorityClassName: important
              affinity: {nodeAffinity: {}}
              podLabels: {team: sso}
              podAnnotations: {example.com/owner: sso}
              extraEnv: [{name: TOKENCACHE_REDIS_TIMEOUT, value: 2s}]
              extraVolumes: [{name: ca, secret: {secretName: ca, optional: true}}]
              extraVolumeMounts: [{name: ca, mountPath: /etc/token-cache/ca, readOnly: true}]
              """;

    private static final String LITTLE = EXTERNAL_REDIS + """
              image: {digest: sha256:0637954999d01b7c9ce9167db2da50656e2590d3b884f1c600c5f63bb6e6773c}
              autoscaling: {enabled: false}
              networkPolicy: {enabled: false}
              """;

    private static final Map<String, KubernetesManifests> RENDERED = new ConcurrentHashMap<>();

    private KubernetesRenderings() {}

    /** Each complete deployment. */
    static Stream<Named<KubernetesManifests>> all() {
        return Stream.concat(
                withRedis(),
                Stream.of(
                        named("kustomize, overlays/external-redis", kustomize("overlays/external-redis")),
                        named("helm, external Redis", helm(EXTERNAL_REDIS)),
                        named("helm, no optional object", helm(LITTLE))));
    }

    /** Each deployment with its own Redis Cluster. */
    static Stream<Named<KubernetesManifests>> withRedis() {
        return Stream.of(
                named("kustomize, overlays/with-redis", kustomize("overlays/with-redis")),
                named("helm, own Redis", helm(OWN_REDIS)),
                named("helm, everything", helm(EVERYTHING)));
    }

    /** A folder of {@code deploy/kubernetes}. */
    static KubernetesManifests kustomize(String folder) {
        return RENDERED.computeIfAbsent(
                folder,
                any -> KubernetesManifests.render(Path.of("deploy/kubernetes").resolve(folder)));
    }

    /** The chart with these values. */
    static KubernetesManifests helm(String values) {
        return RENDERED.computeIfAbsent(values, HelmChart.SHIPPED::manifests);
    }

    private static Named<KubernetesManifests> named(String name, KubernetesManifests manifests) {
        return Named.of(name, manifests);
    }
}
