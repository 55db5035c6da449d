package dev.tokencache.endtoend;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenString;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/** A service with seal keys: the steps of the roll-out, what a thief finds in Redis, and changed records. */
class SealedRecordsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CALLER = "caller-of-sealed-records";
    private static final String SECRET = "the-secret-of-the-caller-of-sealed-records";
    private static final String RUN = UUID.randomUUID().toString();

    @TempDir
    static Path folder;

    private static TestCluster cluster;
    private static ServiceProcess service;
    private static ServiceApi api;
    private static String createdBefore;
    private static String subjectBefore;

    /** The roll-out: a token of before, then all keys, then the active one, then no other records. */
    @BeforeAll
    static void start() {
        cluster = RedisClusterResource.cluster();
        cluster.heal();
        configure("# no seal keys yet\n");
        Map<String, String> settings = new HashMap<>(ServiceProcess.settings(cluster));
        settings.putAll(ServiceProcess.caller(CALLER, SECRET, "issue"));
        settings.put("quarkus.config.locations", "file:" + folder);
        service = ServiceProcess.start(settings);
        api = ServiceApi.of(service);

        subjectBefore = "before-" + RUN;
        String ended = tokenOf(subjectBefore);
        assertThat(api.expireSubject(subjectBefore).statusCode()).isEqualTo(200);
        createdBefore = tokenOf(subjectBefore);
        configure(keys("first"));
        configure(keys("first") + active("first"));
        assertThat(api.isActive(createdBefore)).isTrue();
        Awaitility.await("the record and the not-before time are sealed")
                .atMost(PATIENCE)
                .until(() -> recordOf(createdBefore)[0] >> 5 == 2
                        && notBeforeOf(createdBefore).contains("."));
        configure(keys("first,second") + active("second") + "tokencache.seal.required=true\n");
        assertThat(api.isActive(createdBefore)).isTrue();
        assertThat(api.isActive(ended)).isFalse();
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
    }

    private static void configure(String seal) {
        try {
            Files.writeString(folder.resolve("seal.properties"), seal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (api != null) {
            Response reloaded = api.reload();
            assertThat(reloaded.statusCode()).as(reloaded.asString()).isEqualTo(200);
            assertThat(reloaded.<List<String>>path("changed")).containsExactly("seal_keys");
        }
    }

    private static String keys(String kids) {
        return Stream.of(kids.split(","))
                .map(kid -> "tokencache.seal.keys." + kid + "=" + TokenSettings.secret(kid.length()) + "\n")
                .reduce("", String::concat);
    }

    private static String active(String kid) {
        return "tokencache.seal.active-key=" + kid + "\n";
    }

    private static Response create(String sub, Map<String, Object> more) {
        Map<String, Object> request = new HashMap<>(more);
        request.put("sub", sub);
        request.put("scope", "scope-" + RUN);
        request.put("aud", "aud-" + RUN);
        request.put("idle_timeout", 600);
        request.put("claims", Map.of("name", "claim-" + RUN));
        return ServiceApi.known(() -> RestAssured.given()
                .baseUri(service.baseUri().toString())
                .auth()
                .preemptive()
                .basic(CALLER, SECRET)
                .contentType(ContentType.JSON)
                .body(request)
                .post("/v1/tokens"));
    }

    private static String tokenOf(String sub) {
        return create(sub, Map.of()).path("token");
    }

    private static byte[] key(String token) {
        return ("tc:{" + jti(token).substring(0, RoutingTag.TEXT_LENGTH) + "}").getBytes(US_ASCII);
    }

    private static String jti(String token) {
        return api.validate(token).path("jti");
    }

    private static byte[] field(String token) {
        return new TokenString(token).hash().bytes();
    }

    private static byte[] recordOf(String token) {
        return (byte[]) send(key(token), "HGET", key(token), field(token));
    }

    private static String notBeforeOf(String token) {
        return new String((byte[]) send(key(token), "HGET", key(token), new byte[] {'m'}), US_ASCII);
    }

    private static Object send(byte[] key, String command, byte[]... arguments) {
        byte[][] all = Stream.concat(Stream.of(command.getBytes(US_ASCII)), Stream.of(arguments))
                .toArray(byte[][]::new);
        TestNode master = cluster.masterOf(cluster.slotOf(new String(key, US_ASCII)));
        try (RespClient client = master.connect()) {
            return client.send(all);
        }
    }

    private static double failures() {
        return RestAssured.get(service.managementUri().resolve("/q/metrics"))
                .asString()
                .lines()
                .filter(line -> line.startsWith("tokencache_seal_failures_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void shouldReportAChangedRecordUnknownOnEveryRoute() {
        String token = tokenOf("changed-" + RUN);
        byte[] key = key(token);
        byte[] record = recordOf(token);
        double before = failures();
        byte[] changed = record.clone();
        changed[record.length - 1] ^= 1;
        send(key, "HSET", key, field(token), changed);

        assertThat(api.validate(token).statusCode()).isEqualTo(503);
        assertThat(api.forwardAuth(token).statusCode()).isEqualTo(503);
        assertThat(api.introspect(token).statusCode()).isEqualTo(503);
        assertThat(api.renew(token).statusCode()).isEqualTo(503);
        assertThat(failures()).isGreaterThanOrEqualTo(before + 4);

        send(key, "HSET", key, field(token), record);
        assertThat(api.isActive(token)).isTrue();
        assertThat(api.expire(token).statusCode()).isEqualTo(204);
        assertThat(api.isActive(token)).isFalse();
    }

    @Test
    void shouldTurnNoUserIntoAnother() {
        String alice = tokenOf("alice-" + RUN);
        String bob = tokenOf("bob-" + RUN);
        send(key(alice), "HSET", key(alice), field(alice), recordOf(bob));

        assertThat(api.validate(alice).statusCode()).isEqualTo(503);
        assertThat(api.isActive(bob)).isTrue();
    }

    @Test
    void shouldReportAnEarlierNotBeforeTimeUnknown() {
        String token = tokenOf("moved-" + RUN);
        byte[] key = key(token);
        assertThat(api.expireSubject("moved-" + RUN).statusCode()).isEqualTo(200);
        String later = tokenOf("moved-" + RUN);
        String notBefore = notBeforeOf(later);
        for (String forged : List.of("1", "1" + notBefore.substring(notBefore.indexOf('.')))) {
            send(key, "HSET", key, new byte[] {'m'}, forged.getBytes(US_ASCII));

            assertThat(api.validate(later).statusCode()).isEqualTo(503);
            assertThat(api.validate(token).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void shouldReportAChangedPointerUnknown() {
        String foreign = "foreign-" + RUN;
        assertThat(create("owner-" + RUN, Map.of("token", foreign)).statusCode())
                .isEqualTo(201);
        assertThat(api.isActive(foreign)).isTrue();
        byte[] pointer = ("tc:{" + new TokenString(foreign).hash().text() + "}").getBytes(US_ASCII);
        String value = new String((byte[]) send(pointer, "GET", pointer), US_ASCII);
        String ofAnother = value.charAt(0)
                + RoutingTag.ofSubject("somebody-else").value()
                + value.substring(1 + RoutingTag.TEXT_LENGTH);
        send(pointer, "SET", pointer, ofAnother.getBytes(US_ASCII), "EX".getBytes(US_ASCII), "600".getBytes(US_ASCII));

        assertThat(api.validate(foreign).statusCode()).isEqualTo(503);
    }

    @Test
    void shouldLeaveNoIdentityInADump() {
        String sub = "dumped-" + RUN;
        onEachNode("CONFIG", "SET", "rdbcompression", "no");
        onEachNode("CONFIG", "SET", "appendonly", "yes");
        try {
            awaitAppendOnly();
            String kept = tokenOf(sub);
            assertThat(api.isActive(kept)).isTrue();
            assertThat(api.isActive(createdBefore)).isTrue();
            String ended = tokenOf(sub);
            assertThat(api.renew(ended).statusCode()).isEqualTo(200);
            assertThat(api.expire(ended).statusCode()).isEqualTo(204);
            assertThat(api.expireSubject("other-" + sub).statusCode()).isEqualTo(200);
            onEachNode("SAVE");

            String dumps = dumps();
            // The tags are there, so the tokens are.
            assertThat(dumps).contains(RoutingTag.ofSubject(sub).value());
            assertThat(dumps)
                    .doesNotContain(sub, "scope-" + RUN, "aud-" + RUN, "claim-" + RUN, CALLER, kept)
                    .doesNotContain(RUN);
        } finally {
            onEachNode("CONFIG", "SET", "appendonly", "no");
            onEachNode("CONFIG", "SET", "rdbcompression", "yes");
            files().forEach(SealedRecordsIT::delete);
        }
    }

    private static void onEachNode(String... command) {
        cluster.nodes().forEach(node -> {
            try (RespClient client = node.connect()) {
                client.timeout(PATIENCE);
                client.send(command);
            }
        });
    }

    private static void awaitAppendOnly() {
        for (TestNode node : cluster.nodes()) {
            try (RespClient client = node.connect()) {
                Awaitility.await("the first rewrite").atMost(PATIENCE).until(() -> {
                    String persistence = client.text("INFO", "persistence");
                    return persistence.contains("aof_rewrite_in_progress:0")
                            && persistence.contains("aof_rewrite_scheduled:0")
                            && persistence.contains("aof_last_bgrewrite_status:ok");
                });
            }
        }
    }

    /** The files of every node with its data. */
    private static List<Path> files() {
        return cluster.nodes().stream().flatMap(SealedRecordsIT::files).toList();
    }

    private static Stream<Path> files(TestNode node) {
        try (RespClient client = node.connect();
                Stream<Path> all = Files.walk(Path.of(
                        RespClient.textOf(client.list("CONFIG", "GET", "dir").get(1))))) {
            return all
                    .filter(file -> file.getFileName().toString().matches(".*\\.(rdb|aof)"))
                    .sorted(Comparator.reverseOrder())
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String dumps() {
        StringBuilder all = new StringBuilder();
        for (Path file : files()) {
            try {
                all.append(new String(Files.readAllBytes(file), ISO_8859_1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all.toString();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
