package dev.tokencache.deploy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.quarkus.runtime.shutdown.ShutdownConfig;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks how the pods of {@code deploy/kubernetes} run, terminate and are spread over nodes. */
class KubernetesPodsIT {

    private KubernetesManifests manifests;

    @BeforeEach
    void render() {
        manifests = manifests();
    }

    /** All pods of a deployment. */
    KubernetesManifests manifests() {
        ExternalTool.require("kubectl");
        return KubernetesRenderings.kustomize("overlays/with-redis");
    }

    private Deployment service() {
        return manifests.service();
    }

    private PodSpec servicePod() {
        return service().getSpec().getTemplate().getSpec();
    }

    private Container serviceContainer() {
        return servicePod().getContainers().get(0);
    }

    /** The "restricted" profile of Kubernetes' pod security standards, and a read-only root file system. */
    @Test
    void shouldRunEverythingWithoutPrivileges() {
        assertThat(manifests.podTemplates()).hasSizeGreaterThanOrEqualTo(5);
        for (PodTemplateSpec template : manifests.podTemplates()) {
            PodSpec pod = template.getSpec();
            PodSecurityContext context = pod.getSecurityContext();
            assertThat(context.getRunAsNonRoot()).isTrue();
            assertThat(context.getRunAsUser()).isPositive();
            assertThat(context.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getEnableServiceLinks()).isFalse();
            for (Container container : KubernetesManifests.containers(pod)) {
                SecurityContext own = container.getSecurityContext();
                assertThat(own.getAllowPrivilegeEscalation()).isFalse();
                assertThat(own.getReadOnlyRootFilesystem()).isTrue();
                assertThat(own.getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(own.getCapabilities().getAdd()).isEmpty();
                assertThat(container.getResources().getRequests()).containsKeys("cpu", "memory");
                assertThat(container.getResources().getLimits()).containsKey("memory");
            }
        }
    }

    @Test
    void shouldPassSecretsAsFilesOnly() {
        for (PodTemplateSpec template : manifests.podTemplates()) {
            for (Container container : template.getSpec().getContainers()) {
                assertThat(container.getEnvFrom()).isEmpty();
                assertThat(container.getEnv())
                        .allMatch(variable -> variable.getValueFrom() == null
                                || variable.getValueFrom().getSecretKeyRef() == null);
            }
        }
    }

    @Test
    void shouldUseOnlyKnownSettings() throws IOException {
        assertThat(serviceContainer().getEnv())
                .isNotEmpty()
                .extracting(EnvVar::getName)
                .allMatch(KnownSettings::hasVariable);
        Properties settings = new Properties();
        for (String file : manifests.settings().getData().values()) {
            settings.load(new StringReader(file));
        }
        assertThat(settings.stringPropertyNames()).isNotEmpty().allMatch(KnownSettings::contains);
    }

    /** Kubernetes counts the grace period from the start of preStop. */
    @Test
    void shouldGiveTheServiceEnoughTimeToShutDown() {
        ShutdownConfig shutdown = KnownSettings.shipped(ShutdownConfig.class);
        Duration ending = manifests
                .preStop()
                .plus(shutdown.delay().orElseThrow())
                .plus(shutdown.timeout().orElseThrow());

        assertThat(Duration.ofSeconds(servicePod().getTerminationGracePeriodSeconds()))
                .isGreaterThanOrEqualTo(ending.plusSeconds(5));
    }

    @Test
    void shouldMarkAPodAsNotReadyBeforeItStopsListening() {
        Probe readiness = serviceContainer().getReadinessProbe();

        assertThat(Duration.ofSeconds((long) readiness.getPeriodSeconds() * readiness.getFailureThreshold()))
                .isLessThanOrEqualTo(
                        KnownSettings.shipped(ShutdownConfig.class).delay().orElseThrow());
    }

    @Test
    void shouldAllowOneMinuteToStartAndHalfAMinuteToHang() {
        Probe startup = serviceContainer().getStartupProbe();
        Probe liveness = serviceContainer().getLivenessProbe();

        assertThat(startup.getPeriodSeconds() * startup.getFailureThreshold()).isEqualTo(60);
        assertThat(liveness.getPeriodSeconds() * liveness.getFailureThreshold()).isEqualTo(30);
    }

    @Test
    void shouldNeverHaveFewerPodsDuringARollout() {
        assertThat(service()
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        assertThat(service()
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxSurge()
                        .getIntVal())
                .isPositive();
    }

    @Test
    void shouldSpreadTheServiceOverNodesAndZones() {
        assertThat(servicePod().getTopologySpreadConstraints())
                .extracting(TopologySpreadConstraint::getTopologyKey)
                .containsExactly("kubernetes.io/hostname", "topology.kubernetes.io/zone");
        assertThat(servicePod().getTopologySpreadConstraints()).allMatch(spread -> spread.getLabelSelector()
                .equals(service().getSpec().getSelector()));
    }

    @Test
    void shouldKeepTheTwoNodesOfAShardOnDifferentMachines() {
        List<StatefulSet> shards = manifests.all(StatefulSet.class);
        assertThat(shards).hasSize(3);
        for (StatefulSet shard : shards) {
            List<PodAffinityTerm> apart = shard.getSpec()
                    .getTemplate()
                    .getSpec()
                    .getAffinity()
                    .getPodAntiAffinity()
                    .getRequiredDuringSchedulingIgnoredDuringExecution();
            assertThat(shard.getSpec().getReplicas()).isEqualTo(2);
            assertThat(apart).singleElement().satisfies(term -> {
                assertThat(term.getTopologyKey()).isEqualTo("kubernetes.io/hostname");
                assertThat(term.getLabelSelector()).isEqualTo(shard.getSpec().getSelector());
                // With more than one shard per rule, three machines would not be enough.
                assertThat(shards.stream().filter(other -> isSelected(other, term.getLabelSelector())))
                        .containsExactly(shard);
            });
        }
    }

    private static boolean isSelected(StatefulSet set, LabelSelector selector) {
        return set.getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels()
                .entrySet()
                .containsAll(selector.getMatchLabels().entrySet());
    }

    /** The rule compares pods with the same index: the first pods, which are the masters, and the second ones. */
    @Test
    void shouldSpreadTheMastersOfAllShards() {
        for (StatefulSet shard : manifests.all(StatefulSet.class)) {
            assertThat(shard.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                    .singleElement()
                    .satisfies(spread -> {
                        assertThat(spread.getTopologyKey()).isEqualTo("kubernetes.io/hostname");
                        assertThat(spread.getMatchLabelKeys()).containsExactly("apps.kubernetes.io/pod-index");
                        assertThat(spread.getLabelSelector().getMatchLabels()).doesNotContainKey("token-cache/shard");
                        assertThat(spread.getLabelSelector().getMatchExpressions())
                                .singleElement()
                                .satisfies(expression ->
                                        assertThat(expression.getValues()).containsExactly("token-cache-redis"));
                    });
        }
    }

    /** The script pairs the nodes i and n + i, so they must be the two pods of one StatefulSet. */
    @Test
    void shouldPairTheNodesOfAShard() {
        List<String> nodes = manifests.all(ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().endsWith("-redis-nodes"))
                .flatMap(map -> Stream.of(map.getData().get("nodes").split(" ")))
                .toList();

        assertThat(nodes).hasSize(6).doesNotHaveDuplicates();
        for (int shard = 0; shard < 3; shard++) {
            StatefulSet set = manifests.one(StatefulSet.class, nodes.get(shard).replaceAll("-0\\..*", ""));
            String service = set.getSpec().getServiceName() + ":6379";
            assertThat(nodes.get(shard)).isEqualTo(set.getMetadata().getName() + "-0." + service);
            assertThat(nodes.get(shard + 3)).isEqualTo(set.getMetadata().getName() + "-1." + service);
        }
    }

    /** The postStart hook resolves the pod's name, which has no address until an init container has finished. */
    @Test
    void shouldHaveADnsNameBeforeThePostStartHookRuns() {
        assertThat(manifests.all(StatefulSet.class)).hasSize(3).allSatisfy(shard -> {
            PodSpec pod = shard.getSpec().getTemplate().getSpec();
            assertThat(pod.getContainers().get(0).getLifecycle().getPostStart()).isNotNull();
            assertThat(pod.getInitContainers()).isNotEmpty();
        });
    }

    /** With these, {@code start-node} gives the service a user of its own and turns "default" off: {@code StartNodeTest}. */
    @Test
    void shouldRunRedisWithUsers() {
        assertThat(manifests.all(StatefulSet.class)).hasSize(3).allSatisfy(shard -> {
            Container redis =
                    shard.getSpec().getTemplate().getSpec().getContainers().get(0);
            assertThat(variable(redis, "REDIS_USER")).isEqualTo("operator");
            assertThat(variable(redis, "REDIS_PASSWORD_FILE"))
                    .isNotEqualTo(variable(redis, "REDIS_SERVICE_PASSWORD_FILE"));
        });
        assertThat(manifests.settings().getData().get("redis.properties"))
                .contains("redis://token-cache@")
                .doesNotContain("redis://token-cache-redis");
    }

    private static String variable(Container container, String name) {
        return container.getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    @Test
    void shouldLeaveRedisMemoryInAdditionToItsData() {
        for (StatefulSet shard : manifests.all(StatefulSet.class)) {
            Container redis =
                    shard.getSpec().getTemplate().getSpec().getContainers().get(0);
            String maxmemory = variable(redis, "REDIS_MAXMEMORY");
            BigDecimal max = Quantity.getAmountInBytes(new Quantity(maxmemory.replace("gb", "Gi")));
            Map<String, Quantity> limits = redis.getResources().getLimits();

            assertThat(Quantity.getAmountInBytes(limits.get("memory")))
                    .isGreaterThanOrEqualTo(max.multiply(BigDecimal.valueOf(2)));
        }
    }
}
