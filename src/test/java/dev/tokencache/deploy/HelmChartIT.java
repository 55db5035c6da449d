package dev.tokencache.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.tokencache.deploy.KubernetesRenderings.EVERYTHING;
import static dev.tokencache.deploy.KubernetesRenderings.EXTERNAL_REDIS;
import static dev.tokencache.deploy.KubernetesRenderings.OPTIONS;
import static dev.tokencache.deploy.KubernetesRenderings.OWN_REDIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Renders {@code deploy/helm} with Helm. {@link KubernetesManifestsIT} and {@link HelmPodsIT} check what it renders, as
 * they do for {@code deploy/kubernetes}.
 */
class HelmChartIT {

    private static final Path CHART = Path.of("deploy/helm");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private static KubernetesManifests render(String values) {
        return KubernetesRenderings.helm(values);
    }

    @Test
    void shouldPassHelmsChecks() {
        assertThat(new HelmChart(CHART).lint().isFailed()).isFalse();
    }

    @Test
    void shouldHaveTheVersionOfTheProject() throws IOException {
        Matcher project = Pattern.compile("<artifactId>token-cache</artifactId>\\s*<version>(.+)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        JsonNode chart = YAML.readTree(CHART.resolve("Chart.yaml").toFile());

        assertThat(project.find()).isTrue();
        assertThat(chart.at("/version").asText()).isEqualTo(project.group(1));
        assertThat(chart.at("/appVersion").asText()).isEqualTo(project.group(1));
    }

    static Stream<List<Object>> equivalents() {
        return Stream.of(
                List.of(EXTERNAL_REDIS, List.of("overlays/external-redis")),
                List.of(OWN_REDIS, List.of("overlays/with-redis")),
                List.of(OWN_REDIS + OPTIONS, List.of("overlays/with-redis", "monitoring", "doctor", "drill")));
    }

    /** Both render the same objects, field by field, apart from what {@link #comparable} names. */
    @ParameterizedTest
    @MethodSource("equivalents")
    void shouldRenderTheSameObjectsAsKustomize(List<Object> equivalent) {
        ExternalTool.require("kubectl");
        List<?> folders = (List<?>) equivalent.get(1);

        Map<String, String> chart =
                comparable(render((String) equivalent.get(0)).all());
        Map<String, String> kustomize = comparable(folders.stream()
                .flatMap(any -> KubernetesRenderings.kustomize((String) any).all().stream())
                .toList());

        assertThat(chart).containsOnlyKeys(kustomize.keySet());
        chart.forEach((name, object) -> assertThat(object).as(name).isEqualTo(kustomize.get(name)));
    }

    /**
     * The objects as JSON, by kind and name. Not compared are:
     *
     * <ul>
     *   <li>the labels of Helm, that of the release in selectors too; the labels of a ConfigMap (Helm)
     *   <li>the hash in the name of a ConfigMap (kustomize) and the checksum of its content (Helm)
     *   <li>of the Job that forms the cluster: the hash in its name (Helm) and its time to live (kustomize)
     *   <li>in properties files: comments and the order
     *   <li>the tag before a digest, which old versions of kubectl drop
     * </ul>
     */
    private static Map<String, String> comparable(List<HasMetadata> objects) {
        Map<String, String> comparable = new TreeMap<>();
        for (HasMetadata object : objects) {
            JsonNode tree = JSON.valueToTree(object);
            normalize(tree);
            if (object instanceof ConfigMap) {
                ((ObjectNode) tree.get("metadata")).remove("labels");
            }
            String text = tree.toPrettyString()
                    .replaceAll("token-cache-settings-[a-z0-9]{10}\"", "token-cache-settings\"")
                    .replaceAll(":[^:@\"]+@sha256:", "@sha256:")
                    .replaceAll("token-cache-redis-form-[0-9a-f]{8}\"", "token-cache-redis-form\"");
            String name = object.getKind() + " "
                    + object.getMetadata().getName().replaceAll("-(settings|form)-[a-z0-9]+$", "-$1");
            assertThat(comparable.put(name, text)).as(name).isNull();
        }
        return comparable;
    }

    private static void normalize(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            object.remove(List.of(
                    "app.kubernetes.io/instance",
                    "app.kubernetes.io/managed-by",
                    "app.kubernetes.io/version",
                    "helm.sh/chart",
                    "checksum/settings",
                    "ttlSecondsAfterFinished"));
            object.properties().forEach(property -> {
                if (property.getKey().endsWith(".properties")
                        && property.getValue().isTextual()) {
                    property.setValue(JSON.valueToTree(
                            new TreeMap<>(properties(property.getValue().asText()))));
                }
            });
            // Objects that are empty now, and the order of the fields.
            Map<String, JsonNode> sorted = new TreeMap<>();
            object.properties().forEach(property -> {
                normalize(property.getValue());
                if (!property.getValue().isNull()
                        && !(property.getKey().matches("annotations|labels|matchLabels")
                                && property.getValue().isEmpty())) {
                    sorted.put(property.getKey(), property.getValue());
                }
            });
            object.removeAll();
            object.setAll(sorted);
        }
        if (tree.isArray()) {
            tree.forEach(HelmChartIT::normalize);
        }
    }

    private static Properties properties(String text) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    redis: {enabeld: true}                               | at '/redis': additional properties 'enabeld' not allowed
                    rediss: {enabled: true}                              | additional properties 'rediss' not allowed
                    redis: {enabled: "true"}                             | at '/redis/enabled': got string, want boolean
                    autoscaling: {minReplicas: 0}                        | at '/autoscaling/minReplicas': minimum
                    autoscaling: {minReplicas: three}                    | at '/autoscaling/minReplicas': got string, want integer
                    image: {digest: 1.0.0}                               | at '/image/digest': '1.0.0' does not match pattern
                    externalRedis: {hosts: [redis-1.example:6379]}       | at '/externalRedis/hosts/0': 'redis-1.example:6379' does not match
                    externalRedis: {cidrs: [192.0.2.1]}                  | at '/externalRedis/cidrs/0'
                    resources: {limit: {memory: 1Gi}}                    | at '/resources': additional properties 'limit' not allowed
                    resources: {limits: {memory: 1 GB}}                  | at '/resources/limits/memory'
                    settings: {tokencache.token.max-ttl: [1D]}           | at '/settings/tokencache.token.max-ttl': got array
                    fullnameOverride: SSO                                | at '/fullnameOverride': 'SSO' does not match pattern
                    doctor: {schedule: daily}                            | at '/doctor/schedule'
                    networkPolicy: {callers: []}                         | at '/networkPolicy/callers': minItems
                    {}                                                   | externalRedis.hosts is empty: list some nodes of your Redis Cluster
                    externalRedis: {hosts: ["redis://a:6379"]}           | externalRedis.cidrs is empty: list the networks of the Redis nodes
                    drill: {enabled: true}                               | drill.enabled needs redis.enabled
                    settings: {quarkus.redis.password: secret}           | settings.quarkus.redis.password is a secret: put it into
                    settings: {tokencache.token.keys.k1: secret}         | settings.tokencache.token.keys.k1 is a secret: put it into
                    """)
    void shouldRejectBadValues(String values, String message) {
        String hosts = message.startsWith("externalRedis")
                ? ""
                : "externalRedis: {hosts: [\"redis://a:1\"], cidrs: [192.0.2.0/24]}\n";
        String complete = values.startsWith("externalRedis") || values.equals("{}") ? values : hosts + values;
        assertThatIllegalStateException()
                .isThrownBy(() -> HelmChart.SHIPPED.render(complete))
                .withMessageContaining(message);
    }

    @Test
    void shouldDescribeExactlyTheValues() throws IOException {
        JsonNode schema = JSON.readTree(CHART.resolve("values.schema.json").toFile());

        shouldDescribe(schema, YAML.readTree(CHART.resolve("values.yaml").toFile()));
    }

    private static void shouldDescribe(JsonNode schema, JsonNode values) {
        if (schema.has("properties")) {
            assertThat(schema.at("/additionalProperties").isBoolean()).isTrue();
            assertThat(schema.at("/additionalProperties").booleanValue()).isFalse();
            // Helm adds global where the chart is a part of another one.
            assertThat(schema.get("properties").properties())
                    .extracting(Map.Entry::getKey)
                    .filteredOn(name -> !name.equals("global"))
                    .containsExactlyInAnyOrderElementsOf(
                            values.properties().stream().map(Map.Entry::getKey).toList());
            values.properties()
                    .forEach(value -> shouldDescribe(schema.get("properties").get(value.getKey()), value.getValue()));
        }
    }

    /** README.md names each value, or the group that it is in, with its default. */
    @Test
    void shouldDocumentEachValue() throws IOException {
        JsonNode values = YAML.readTree(CHART.resolve("values.yaml").toFile());
        Map<String, String> documented = Pattern.compile("(?m)^\\| `([A-Za-z.]+)` \\| (.*?) \\| .+ \\|$")
                .matcher(Files.readString(CHART.resolve("README.md")))
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));

        List<String> leaves = new ArrayList<>();
        addLeaves("", values, leaves);
        assertThat(leaves).allSatisfy(leaf -> assertThat(documented.keySet())
                .filteredOn(name -> leaf.equals(name) || leaf.startsWith(name + "."))
                .hasSize(1));
        assertThat(documented).allSatisfy((name, text) -> {
            JsonNode value = values.at("/" + name.replace('.', '/'));
            assertThat(value.isMissingNode()).as(name).isFalse();
            if (value.isValueNode() && !value.asText().isEmpty()) {
                assertThat(text).as(name).isEqualTo("`" + value.asText() + "`");
            } else if (value.isEmpty()) {
                assertThat(text).as(name).isEqualTo("none");
            } else {
                assertThat(text).as(name).isEqualTo("see values.yaml");
            }
        });
    }

    private static void addLeaves(String prefix, JsonNode tree, List<String> leaves) {
        if (tree.isObject() && !tree.isEmpty()) {
            tree.properties().forEach(value -> addLeaves(prefix + value.getKey() + ".", value.getValue(), leaves));
        } else {
            leaves.add(prefix.substring(0, prefix.length() - 1));
        }
    }

    /** The scripts of deploy/redis and other files are links in the work tree, and copies in the package. */
    @Test
    void shouldRenderTheSameFromAPackage() {
        assertThat(HelmChart.SHIPPED.path().toString()).endsWith(".tgz");
        assertThat(HelmChart.SHIPPED.render(EVERYTHING)).isEqualTo(new HelmChart(CHART).render(EVERYTHING));
    }

    @Test
    void shouldReplaceAShippedSetting() {
        Map<String, String> files = render(EXTERNAL_REDIS + """
                          settings:
                            tokencache.token.max-ttl: 1D
                            tokencache.redis.min-replicas: 0
                            quarkus.http.limits.max-connections: 1000000
                            tokencache.token.foreign: false
                            tokencache.audit.file: 'C:\\a'
                          """).settings().getData();

        assertThat(properties(files.get("settings.properties")))
                .containsOnly(
                        Map.entry("tokencache.token.max-ttl", "1D"),
                        Map.entry("tokencache.redis.min-replicas", "0"),
                        Map.entry("quarkus.http.limits.max-connections", "1000000"),
                        Map.entry("tokencache.token.foreign", "false"),
                        Map.entry("tokencache.audit.file", "C:\\a"));
        assertThat(properties(files.get("service.properties")))
                .containsKey("tokencache.token.default-ttl")
                .doesNotContainKey("tokencache.token.max-ttl");
        assertThat(properties(files.get("redis.properties"))).containsOnlyKeys("quarkus.redis.hosts");
    }

    @Test
    void shouldRestartTheServiceButNotRedisForAChangedSetting() {
        KubernetesManifests before = render(OWN_REDIS);
        KubernetesManifests after = render(OWN_REDIS + "settings: {tokencache.token.max-ttl: 1D}\n");

        assertThat(template(after.service())).isNotEqualTo(template(before.service()));
        assertThat(after.all(StatefulSet.class)).isEqualTo(before.all(StatefulSet.class));
        assertThat(after.all(Job.class)).isEqualTo(before.all(Job.class));
    }

    private static PodTemplateSpec template(Deployment deployment) {
        return deployment.getSpec().getTemplate();
    }

    @Test
    void shouldNotRestartRedisForANewVersion() throws IOException {
        Path copy = folder.resolve("token-cache");
        copyOfTheChart(copy);
        Path chart = copy.resolve("Chart.yaml");
        Files.writeString(chart, Files.readString(chart).replaceAll("(?m)^(version|appVersion): .*$", "$1: 9.9.9"));
        KubernetesManifests before = render(OWN_REDIS);

        KubernetesManifests after = new HelmChart(copy).manifests(OWN_REDIS);

        assertThat(template(after.service()).getSpec().getContainers().get(0).getImage())
                .isEqualTo("token-cache:9.9.9");
        assertThat(after.all(StatefulSet.class))
                .extracting(StatefulSet::getSpec)
                .isEqualTo(specs(before));
        assertThat(after.all(Job.class))
                .extracting(Job::getSpec)
                .isEqualTo(before.all(Job.class).stream().map(Job::getSpec).toList());
    }

    private static List<StatefulSetSpec> specs(KubernetesManifests manifests) {
        return manifests.all(StatefulSet.class).stream()
                .map(StatefulSet::getSpec)
                .toList();
    }

    private static void copyOfTheChart(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(CHART, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(CHART.relativize(file).toString()));
            }
        }
    }

    /** Kubernetes refuses an upgrade that changes one of these fields. */
    @ParameterizedTest
    @MethodSource("changes")
    void shouldNotChangeImmutableFields(String change) {
        KubernetesManifests before = render(OWN_REDIS);
        KubernetesManifests after = render(OWN_REDIS + change);

        assertThat(after.service().getSpec().getSelector())
                .isEqualTo(before.service().getSpec().getSelector());
        assertThat(after.all(StatefulSet.class))
                .extracting(HelmChartIT::immutable)
                .isEqualTo(before.all(StatefulSet.class).stream()
                        .map(HelmChartIT::immutable)
                        .toList());
        // A changed Job is a new one.
        Job old = before.all(Job.class).get(0);
        assertThat(after.all(Job.class)).singleElement().satisfies(job -> assertThat(
                        job.getMetadata().getName().equals(old.getMetadata().getName()))
                .isEqualTo(job.getSpec().equals(old.getSpec())));
    }

    static Stream<String> changes() {
        return Stream.of(
                OPTIONS,
                "autoscaling: {enabled: false}\nnetworkPolicy: {enabled: false}\n",
                "imagePullSecrets: [{name: registry}]\npodLabels: {team: sso}\npodAnnotations: {a: b}\n",
                "image: {repository: registry.example/token-cache, tag: 2.0.0}\n");
    }

    private static List<Object> immutable(StatefulSet set) {
        StatefulSetSpec spec = set.getSpec();
        return List.of(
                set.getMetadata().getName(),
                spec.getSelector(),
                spec.getServiceName(),
                spec.getPodManagementPolicy(),
                spec.getVolumeClaimTemplates());
    }

    /** A cluster that assigns user ids. */
    @Test
    void shouldLeaveUserIdsToTheCluster() {
        String none = "{runAsUser: null, runAsGroup: null, fsGroup: null}";
        KubernetesManifests manifests = render(OPTIONS + "redis: {enabled: true, podSecurityContext: " + none
                + "}\npodSecurityContext: " + none + "\n");

        assertThat(manifests.podTemplates())
                .extracting(pod -> pod.getSpec().getSecurityContext())
                .allMatch(context -> context.getRunAsNonRoot()
                        && context.getRunAsUser() == null
                        && context.getRunAsGroup() == null
                        && context.getFsGroup() == null);
    }

    @Test
    void shouldAddRulesToTheNetworkPolicy() {
        KubernetesManifests manifests = render(EXTERNAL_REDIS + """
                  networkPolicy:
                    callers: [{podSelector: {matchLabels: {app: login}}}]
                    egress: [{to: [{ipBlock: {cidr: 198.51.100.0/24}}], ports: [{port: 5432, protocol: TCP}]}]
                  """);
        NetworkPolicy policy = manifests.one(NetworkPolicy.class, "token-cache");

        assertThat(policy.getSpec().getIngress().get(0).getFrom())
                .singleElement()
                .satisfies(peer ->
                        assertThat(peer.getPodSelector().getMatchLabels()).isEqualTo(Map.of("app", "login")));
        assertThat(policy.getSpec().getEgress()).hasSize(2).last().satisfies(rule -> assertThat(
                        rule.getPorts().get(0).getPort().getIntVal())
                .isEqualTo(5432));
    }

    @Test
    void shouldNameEverythingAfterTheRelease() {
        assertThat(render(EVERYTHING).all())
                .extracting(object -> object.getMetadata().getName())
                .allMatch(name -> name.equals("sso") || name.startsWith("sso-"));
    }

    @Test
    void shouldSayHowToCheckTheRelease() {
        String notes = HelmChart.SHIPPED.notes(OWN_REDIS + OPTIONS);

        assertThat(notes)
                .contains("kubectl -n sso rollout status deployment token-cache\n")
                .contains(
                        "get secret token-cache-callers token-cache-token-keys token-cache-redis token-cache-doctor token-cache-drill\n")
                .contains("kubectl -n sso create job drill-1 --from=cronjob/token-cache-drill\n");
        assertThat(HelmChart.SHIPPED.notes(EXTERNAL_REDIS))
                .doesNotContain("drill")
                .contains("autoscaler");
    }
}
