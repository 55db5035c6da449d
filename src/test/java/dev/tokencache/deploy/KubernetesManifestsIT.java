package dev.tokencache.deploy;

import dev.tokencache.operator.doctor.cli.DoctorCommand;
import dev.tokencache.operator.drill.cli.DrillCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Checks that {@code deploy/kubernetes} and {@code deploy/helm} render to valid and consistent manifests. */
class KubernetesManifestsIT {

    private static final String NAME = "app.kubernetes.io/name";

    @BeforeAll
    static void requireKubectl() {
        ExternalTool.require("kubectl");
    }

    private static KubernetesManifests render(String folder) {
        return KubernetesRenderings.kustomize(folder);
    }

    private static Stream<Named<KubernetesManifests>> deployments() {
        return KubernetesRenderings.all();
    }

    private static Stream<Named<KubernetesManifests>> withRedis() {
        return KubernetesRenderings.withRedis();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base",
                "monitoring",
                "doctor",
                "drill",
                "overlays/with-redis",
                "overlays/external-redis",
                "secret-templates"
            })
    void shouldRenderToValidManifests(String folder) {
        assertThat(render(folder).all()).isNotEmpty().doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "apiVersion: v1\nkind: Service\nspec:\n  sellector: {a: b}",
                "apiVersion: v1\nkind: Service\nspec:\n  ports: [{port: 1, protocoll: TCP}]",
                "apiVersion: v1\nkind: Service\nspec:\n  selector: {a: true}",
                "apiVersion: v1\nkind: Service\nspec:\n  ports: [{port: \"80\"}]",
                "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{imagePullPolice: Never}]}}}",
                "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nspec: {endpoints: [{intervall: 1s}]}",
                "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler"
            })
    void shouldRejectInvalidManifests(String document) {
        assertThatIllegalArgumentException().isThrownBy(() -> KubernetesManifests.parse(document));
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void shouldReferOnlyToDefinedConfigMapsAndSecrets(KubernetesManifests manifests) {
        Map<String, Set<String>> configMaps = manifests.all(ConfigMap.class).stream()
                .collect(Collectors.toMap(
                        map -> map.getMetadata().getName(), map -> map.getData().keySet()));
        Map<String, Set<String>> secrets = render("secret-templates").all(Secret.class).stream()
                .collect(Collectors.toMap(secret -> secret.getMetadata().getName(), secret -> secret.getData()
                        .keySet()));
        // The commands of README.md create these.
        secrets.put("token-cache-doctor", Set.of("secret"));
        secrets.put("token-cache-drill", Set.of("caller-operator"));

        for (PodTemplateSpec pod : manifests.podTemplates()) {
            for (Volume volume : pod.getSpec().getVolumes()) {
                if (volume.getConfigMap() != null) {
                    assertThat(configMaps).containsKey(volume.getConfigMap().getName());
                }
                secretsOf(volume)
                        .filter(secret -> !Boolean.TRUE.equals(secret.getOptional()))
                        .forEach(secret -> {
                            assertThat(secrets).containsKey(secret.getName());
                            assertThat(secrets.get(secret.getName()))
                                    .containsAll(secret.getItems().stream()
                                            .map(KeyToPath::getKey)
                                            .toList());
                        });
            }
            environment(pod)
                    .filter(variable -> variable.getValueFrom() != null
                            && variable.getValueFrom().getConfigMapKeyRef() != null)
                    .map(variable -> variable.getValueFrom().getConfigMapKeyRef())
                    .forEach(reference ->
                            assertThat(configMaps.get(reference.getName())).contains(reference.getKey()));
        }
    }

    private static Stream<SecretProjection> secretsOf(Volume volume) {
        SecretVolumeSource secret = volume.getSecret();
        if (secret != null) {
            return Stream.of(new SecretProjection(secret.getItems(), secret.getSecretName(), secret.getOptional()));
        }
        return volume.getProjected() == null
                ? Stream.of()
                : volume.getProjected().getSources().stream().map(source -> source.getSecret());
    }

    private static Stream<EnvVar> environment(PodTemplateSpec pod) {
        return pod.getSpec().getContainers().stream().flatMap(container -> container.getEnv().stream());
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void shouldMountOnlyDefinedVolumes(KubernetesManifests manifests) {
        Set<String> claims = manifests.all(StatefulSet.class).stream()
                .flatMap(set -> set.getSpec().getVolumeClaimTemplates().stream())
                .map(claim -> claim.getMetadata().getName())
                .collect(Collectors.toSet());
        for (PodTemplateSpec pod : manifests.podTemplates()) {
            Set<String> volumes =
                    pod.getSpec().getVolumes().stream().map(Volume::getName).collect(Collectors.toSet());
            List<String> mounts = pod.getSpec().getContainers().stream()
                    .flatMap(container -> container.getVolumeMounts().stream())
                    .map(VolumeMount::getName)
                    .filter(mount -> !claims.contains(mount))
                    .toList();
            assertThat(mounts).containsExactlyInAnyOrderElementsOf(volumes);
        }
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void shouldSelectOnlyDefinedPods(KubernetesManifests manifests) {
        manifests.all(Deployment.class).forEach(owner -> assertThat(
                        labels(owner.getSpec().getTemplate()).entrySet())
                .containsAll(matchLabels(owner.getSpec().getSelector())));
        manifests.all(StatefulSet.class).forEach(owner -> {
            assertThat(labels(owner.getSpec().getTemplate()).entrySet())
                    .containsAll(matchLabels(owner.getSpec().getSelector()));
            manifests.one(Service.class, owner.getSpec().getServiceName());
        });
        Stream.of(
                        manifests.all(Service.class).stream()
                                .map(service -> service.getSpec().getSelector()),
                        manifests.all(PodDisruptionBudget.class).stream()
                                .map(budget -> budget.getSpec().getSelector().getMatchLabels()),
                        manifests.all(NetworkPolicy.class).stream()
                                .map(policy -> policy.getSpec().getPodSelector().getMatchLabels()))
                .flatMap(selectors -> selectors)
                .forEach(selector -> assertThat(manifests.podTemplates())
                        .as("pods with %s", selector)
                        .anyMatch(pod -> labels(pod).entrySet().containsAll(selector.entrySet())));
        manifests
                .all(HorizontalPodAutoscaler.class)
                .forEach(scaler -> manifests.one(
                        Deployment.class, scaler.getSpec().getScaleTargetRef().getName()));
    }

    /** Each apply and each upgrade would undo what the autoscaler has set. */
    @ParameterizedTest
    @MethodSource("deployments")
    void shouldLeaveTheNumberOfPodsToTheAutoscaler(KubernetesManifests manifests) {
        assertThat(manifests.service().getSpec().getReplicas()).isNull();
    }

    private static Map<String, String> labels(PodTemplateSpec pod) {
        return pod.getMetadata().getLabels();
    }

    private static Set<Map.Entry<String, String>> matchLabels(LabelSelector selector) {
        return selector.getMatchLabels().entrySet();
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void shouldMapServicesToPortsOfTheirPods(KubernetesManifests manifests) {
        for (Service service : manifests.all(Service.class)) {
            for (ServicePort port : service.getSpec().getPorts()) {
                assertThat(portsOf(manifests, service.getSpec().getSelector()))
                        .as(service.getMetadata().getName())
                        .contains(Map.entry(port.getTargetPort().getStrVal(), port.getPort()));
            }
        }
    }

    private static Set<Map.Entry<String, Integer>> portsOf(
            KubernetesManifests manifests, Map<String, String> selector) {
        return manifests.podTemplates().stream()
                .filter(pod -> labels(pod).entrySet().containsAll(selector.entrySet()))
                .flatMap(pod -> pod.getSpec().getContainers().stream())
                .map(Container::getPorts)
                .flatMap(List::stream)
                .map((ContainerPort port) -> Map.entry(port.getName(), port.getContainerPort()))
                .collect(Collectors.toSet());
    }

    @Test
    void shouldLetPrometheusFindTheMetricsPort() {
        KubernetesManifests chart = KubernetesRenderings.helm(KubernetesRenderings.EVERYTHING);
        shouldLetPrometheusFindTheMetricsPort(render("monitoring"), render("base"));
        shouldLetPrometheusFindTheMetricsPort(chart, chart);
    }

    private static void shouldLetPrometheusFindTheMetricsPort(
            KubernetesManifests monitoring, KubernetesManifests manifests) {
        ServiceMonitor monitor = monitoring.all(ServiceMonitor.class).get(0);
        List<Service> monitored = manifests.all(Service.class).stream()
                .filter(service -> service.getMetadata()
                        .getLabels()
                        .entrySet()
                        .containsAll(
                                monitor.getSpec().getSelector().getMatchLabels().entrySet()))
                .toList();

        assertThat(monitored).hasSize(1);
        assertThat(monitored.get(0).getSpec().getPorts())
                .extracting(ServicePort::getName)
                .contains(monitor.getSpec().getEndpoints().get(0).getPort());
        // The name of the job, which the alerts expect.
        assertThat(monitored.get(0).getMetadata().getLabels())
                .containsEntry(monitor.getSpec().getJobLabel(), "token-cache");
    }

    @ParameterizedTest
    @MethodSource("withRedis")
    void shouldAllowOnlyRequiredIngress(KubernetesManifests manifests) {
        assertThat(allowed(manifests, "token-cache"))
                .containsExactlyInAnyOrder(
                        "pods {token-cache/caller=true} to 8080",
                        "namespaces {token-cache/caller=true} to 8080",
                        "namespaces {kubernetes.io/metadata.name=monitoring} to 9000");
        assertThat(allowed(manifests, "token-cache-redis"))
                .containsExactlyInAnyOrder(
                        "pods {" + NAME + "=token-cache} to 6379",
                        "pods {" + NAME + "=token-cache-redis} to 6379",
                        "pods {" + NAME + "=token-cache-redis-form} to 6379",
                        "pods {" + NAME + "=token-cache-drill} to 6379",
                        "pods {" + NAME + "=token-cache-redis} to 16379");
    }

    private static List<String> allowed(KubernetesManifests manifests, String pods) {
        return manifests.all(NetworkPolicy.class).stream()
                .filter(policy -> pods.equals(
                        policy.getSpec().getPodSelector().getMatchLabels().get(NAME)))
                .flatMap(policy -> policy.getSpec().getIngress().stream())
                .flatMap(rule -> rule.getFrom().stream().flatMap(peer -> rule.getPorts().stream()
                        .map(port -> describe(peer) + " to " + describe(port))))
                .toList();
    }

    private static String describe(NetworkPolicyPeer peer) {
        assertThat(peer.getIpBlock()).isNull();
        if (peer.getPodSelector() == null) {
            return "namespaces " + peer.getNamespaceSelector().getMatchLabels();
        }
        Map<String, String> labels = new TreeMap<>(peer.getPodSelector().getMatchLabels());
        // The chart adds it, so two releases in a namespace do not mix.
        labels.remove("app.kubernetes.io/instance");
        return "pods " + labels;
    }

    private static String describe(NetworkPolicyPort port) {
        assertThat(port.getProtocol()).isEqualTo("TCP");
        return port.getPort().getIntVal().toString();
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void shouldAllowEgressToRedisAndDnsOnly(KubernetesManifests manifests) {
        assumeThat(manifests.all(NetworkPolicy.class)).isNotEmpty();
        List<Integer> ports = manifests.all(NetworkPolicy.class).stream()
                .filter(policy -> "token-cache"
                        .equals(policy.getSpec()
                                .getPodSelector()
                                .getMatchLabels()
                                .get(NAME)))
                .peek(policy -> assertThat(policy.getSpec().getPolicyTypes()).contains("Egress"))
                .flatMap(policy -> policy.getSpec().getEgress().stream())
                .flatMap(rule -> rule.getPorts().stream())
                .map(port -> port.getPort().getIntVal())
                .toList();

        assertThat(ports).containsExactlyInAnyOrder(53, 53, 6379);
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void shouldPinTheVersionOfEachImage(KubernetesManifests manifests) {
        assertThat(manifests.podTemplates())
                .flatExtracting(pod -> KubernetesManifests.containers(pod.getSpec()))
                .extracting(container -> ((Container) container).getImage())
                .allMatch(image -> image.matches("(registry.example/)?(token-cache|redis)(:[0-9].*|@sha256:.*)"));
    }

    @Test
    void shouldLetDoctorAndDrillCallTheService() {
        KubernetesManifests chart = KubernetesRenderings.helm(KubernetesRenderings.EVERYTHING);
        shouldLetDoctorCallTheService(render("doctor"), render("base"));
        shouldLetDoctorCallTheService(chart, chart);
        shouldLetDrillCallTheService(render("drill"), render("overlays/with-redis"));
        shouldLetDrillCallTheService(chart, chart);
    }

    private static void shouldLetDoctorCallTheService(KubernetesManifests job, KubernetesManifests service) {
        Container container = shouldBeACaller(job, "doctor");

        assertThat(container.getArgs()).startsWith("doctor", "--url", address(service));
        new CommandLine(new DoctorCommand())
                .parseArgs(container.getArgs().stream().skip(1).toArray(String[]::new));
    }

    private static void shouldLetDrillCallTheService(KubernetesManifests job, KubernetesManifests service) {
        Container container = shouldBeACaller(job, "drill");

        assertThat(container.getEnv()).contains(new EnvVar("TOKENCACHE_URL", address(service), null));
        assertThat(container.getArgs()).startsWith("drill", "run", "handover");
        new CommandLine(new DrillCommand())
                .parseArgs(container.getArgs().stream().skip(1).toArray(String[]::new));
        String hosts = container.getArgs().stream()
                .filter(argument -> argument.startsWith("--host="))
                .findFirst()
                .orElseThrow();
        assertThat(nodes(service)).contains(hosts.substring("--host=".length()).split(","));
    }

    private static List<String> nodes(KubernetesManifests manifests) {
        return manifests.all(ConfigMap.class).stream()
                .filter(map -> map.getData().containsKey("nodes"))
                .flatMap(map -> Stream.of(map.getData().get("nodes").split(" ")))
                .toList();
    }

    private static Container shouldBeACaller(KubernetesManifests manifests, String job) {
        PodTemplateSpec pod = manifests.all(CronJob.class).stream()
                .filter(found -> name(found).endsWith("-" + job))
                .findFirst()
                .orElseThrow()
                .getSpec()
                .getJobTemplate()
                .getSpec()
                .getTemplate();
        // The network policy admits such pods to the API.
        assertThat(labels(pod)).containsEntry("token-cache/caller", "true");
        return pod.getSpec().getContainers().get(0);
    }

    private static String address(KubernetesManifests manifests) {
        Service service = manifests.one(Service.class, name(manifests.service()));
        return "http://" + name(service) + ":"
                + service.getSpec().getPorts().get(0).getPort();
    }

    @Test
    void shouldRollOutAChangedSetting() {
        KubernetesManifests external = render("overlays/external-redis");
        KubernetesManifests own = render("overlays/with-redis");

        assertThat(name(external.settings())).isNotEqualTo(name(own.settings()));
        assertThat(own.service().getSpec().getTemplate().getSpec().getVolumes())
                .anyMatch(volume -> volume.getConfigMap() != null
                        && volume.getConfigMap().getName().equals(name(own.settings())));
    }

    private static String name(HasMetadata document) {
        return document.getMetadata().getName();
    }
}
