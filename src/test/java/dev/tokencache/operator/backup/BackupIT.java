package dev.tokencache.operator.backup;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.operator.backup.Chunk.Position;
import dev.tokencache.seal.Seal;
import dev.tokencache.testing.CommandLineProcess;
import dev.tokencache.testing.CommandLineProcess.Ended;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.ServiceProgram;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.token.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

/**
 * The commands, on one cluster with a key prefix for each token-cache, and on a single server. Logouts after the export are
 * applied from the audit log.
 */
class BackupIT {

    private static final int TOKENS = 120;
    private static final int NO = 1;

    @TempDir
    Path folder;

    private final TestCluster cluster = RedisClusterResource.cluster();
    private final String prefix = "old" + UUID.randomUUID() + ":";
    private final List<String> live = new ArrayList<>();
    private final List<String> dead = new ArrayList<>();
    private Path file;
    private Path config;

    @BeforeEach
    void writeConfig() throws IOException {
        cluster.heal();
        file = folder.resolve("tokens.backup");
        config = Files.writeString(
                folder.resolve("seal.properties"),
                "tokencache.seal.keys.a=" + TokenSettings.secret(1) + "\ntokencache.seal.active-key=a\n");
    }

    private Map<String, String> settings(String keyPrefix) {
        Map<String, String> settings = new HashMap<>(ServiceProcess.settings(cluster));
        settings.put("tokencache.redis.key-prefix", keyPrefix);
        settings.put("tokencache.seal.keys.a", TokenSettings.secret(1));
        settings.put("tokencache.seal.active-key", "a");
        settings.put("tokencache.seal.required", "true");
        return settings;
    }

    private Ended onCluster(String keyPrefix, String... arguments) {
        return CommandLineProcess.run(
                Map.of("TOKENCACHE_REDIS_PASSWORD", cluster.password()), onClusterArguments(keyPrefix, arguments));
    }

    private String[] onClusterArguments(String keyPrefix, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--host", cluster.hosts().replace("redis://", ""), "--key-prefix", keyPrefix));
        return all.toArray(String[]::new);
    }

    private static String created(ServiceApi api, Map<String, ?> request) {
        return api.create(request).then().statusCode(201).extract().path("token");
    }

    /** Creates the data, and returns the audit lines of the logouts after an export. */
    private String fill() {
        try (ServiceProcess service = ServiceProcess.start(settings(prefix))) {
            ServiceApi api = ServiceApi.of(service);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> api.validate("nobodys-token").statusCode() == 200);
            for (int i = 0; i < TOKENS; i++) {
                live.add(api.tokenFor("person-" + i % 20));
            }
            live.add(created(api, Map.of("sub", "other", "token", "foreign-" + UUID.randomUUID())));
            live.add(created(
                    api,
                    Map.of(
                            "sub",
                            "kept",
                            "idle_timeout",
                            900,
                            "scope",
                            "read",
                            "max_lifetime",
                            86400,
                            "claims",
                            Map.of("n", 1.5))));
            api.renew(live.get(0)).then().statusCode(200);
            dead.add(created(api, Map.of("sub", "brief", "expires_in", 1)));
            dead.add(api.tokenFor("left"));
            api.expire(dead.get(1)).then().statusCode(204);
            dead.add(api.tokenFor("marked"));
            api.expireSubject("marked").then().statusCode(200);
            live.add(api.tokenFor("marked"));

            String before = service.output();
            export(prefix);
            for (String token : List.of(live.remove(5), live.remove(TOKENS - 1))) {
                api.expire(token).then().statusCode(204);
                dead.add(token);
            }
            dead.add(live.remove(live.size() - 1));
            api.expireSubject("marked").then().statusCode(200);
            assertThat(service.stop()).isIn(0, 143);
            return service.output().substring(before.length());
        }
    }

    /** Interrupts the first run, and compares the data before and after. */
    private void export(String keyPrefix) {
        Map<String, String> before = contents(keyPrefix);
        Path part = BackupWriter.part(file);
        List<String> command = new ArrayList<>(ServiceProgram.command(List.of()));
        command.addAll(List.of(onClusterArguments(
                keyPrefix, "export", file.toString(), "--config", config.toString(), "--keys-per-second", "20")));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folder.resolve("interrupted.log").toFile());
        builder.environment().put("TOKENCACHE_REDIS_PASSWORD", cluster.password());
        try {
            Process interrupted = builder.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(part) && Files.size(part) > 1500);
            interrupted.destroyForcibly().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(file).doesNotExist();

        Ended ended = onCluster(keyPrefix, "export", file.toString(), "--config", config.toString());

        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("continues the export of", "exported 123 tokens and 2 expiries", "sealed");
        Map<String, String> after = contents(keyPrefix);
        assertThat(after.keySet()).allMatch(key -> after.get(key).equals(before.get(key)));
        assertThat(before.size() - after.size())
                .as("the hash of the brief token")
                .isBetween(0, 1);
    }

    /** What a token-cache has in the cluster, except its heartbeats. */
    private Map<String, String> contents(String keyPrefix) {
        Map<String, String> contents = new TreeMap<>();
        cluster.nodes().forEach(node -> {
            try (RespClient redis = RespClient.connect(node.port(), cluster.password())) {
                if (!RespClient.textOf(redis.list("ROLE").get(0)).equals("master")) {
                    return;
                }
                for (Object name : redis.list("KEYS", keyPrefix.replace("[", "\\[") + "*")) {
                    String key = RespClient.textOf(name);
                    if (!key.endsWith("{instances}")) {
                        contents.put(key, content(redis, key));
                    }
                }
            }
        });
        return contents;
    }

    private static String content(RespClient redis, String key) {
        if (redis.text("TYPE", key).equals("string")) {
            return redis.text("GET", key);
        }
        Map<String, String> fields = new TreeMap<>();
        List<?> reply = redis.list("HGETALL", key);
        for (int i = 0; i < reply.size(); i += 2) {
            fields.put(hex(reply.get(i)), hex(reply.get(i + 1)));
        }
        return fields.toString();
    }

    private static String hex(Object bytes) {
        return HexFormat.of().formatHex((byte[]) bytes);
    }

    private void check(ServiceApi api) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> api.validate("nobodys-token").statusCode() == 200);
        assertThat(live).as("lost").allMatch(api::isActive);
        assertThat(dead).as("resurrected").noneMatch(api::isActive);
        String kept = live.stream()
                .filter(token -> api.validate(token).path("sub").equals("kept"))
                .findFirst()
                .orElseThrow();
        api.introspect(kept).then().body("scope", equalTo("read"), "n", equalTo(1.5f));
        api.validate(kept).then().body("idle_timeout", equalTo(900));
        api.list("marked").then().statusCode(200).body("not_before", notNullValue());
        api.expire(live.get(0)).then().statusCode(204);
        assertThat(api.isActive(live.get(0))).isFalse();
    }

    @Test
    void shouldRebuildAClusterWithoutResurrectingLogouts() throws IOException {
        Path audit = Files.writeString(folder.resolve("audit.log"), fill());
        String rebuilt = "new" + UUID.randomUUID() + ":";

        Ended refused = onCluster(prefix, "import", file.toString(), "--config", config.toString());
        assertThat(refused.exitCode()).isEqualTo(NO);
        assertThat(refused.output()).contains("the cluster has data of a token-cache with this key prefix");

        String[] command = {"import", file.toString(), "--config", config.toString(), "--audit-log", audit.toString()};
        Ended imported = onCluster(rebuilt, command);
        assertThat(imported.exitCode()).as(imported.output()).isZero();
        assertThat(imported.output()).contains("imported 120 tokens", "3 expiries of the audit logs were applied");
        assertThat(onCluster(rebuilt, command).exitCode()).as("a second import").isEqualTo(NO);
        try (ServiceProcess service = ServiceProcess.start(settings(rebuilt))) {
            check(ServiceApi.of(service));
        }
    }

    @Test
    void shouldImportIntoASingleServerWhileNoInstanceRuns() throws IOException {
        long now = System.currentTimeMillis();
        Token alice = TokenDraft.of("alice", now).token();
        Token bob = TokenDraft.of("bob", now).token();
        Position end = new Position("m", "finished");
        Header header = Header.of(Instant.ofEpochMilli(now), "tc:", "0-16383", false);
        try (BackupWriter writer = BackupWriter.create(file, header, Seal.off())) {
            writer.write(new Chunk(List.of(new LegacyToken(alice, null)), List.of(), 0, Optional.of(end)));
            writer.write(new Chunk(List.of(new LegacyToken(bob, null)), List.of(), 0, Optional.of(end)));
            writer.finish();
        }
        try (OldRedis server = OldRedis.start();
                RespClient redis = server.connect()) {
            Map<String, String> environment = Map.of("TOKENCACHE_REDIS_PASSWORD", OldRedis.PASSWORD);
            String[] command = {"import", file.toString(), "--host", "127.0.0.1:" + server.port()};

            redis.send("HSET", "tc:{instances}", "instance-1", "{\"at\":" + System.currentTimeMillis() + "}");
            Ended refused = CommandLineProcess.run(environment, command);
            assertThat(refused.exitCode()).isEqualTo(NO);
            assertThat(refused.output()).contains("instances of the service ran on this cluster", "instance-1");
            redis.send("DEL", "tc:{instances}");

            // As an import that was interrupted after the first chunk leaves it.
            redis.send("SET", "tc:{import}", header.id() + " 1");
            Ended imported = CommandLineProcess.run(environment, command);
            assertThat(imported.exitCode()).as(imported.output()).isZero();
            assertThat(imported.output()).contains("imported 1 tokens", "are active again");
            assertThat(redis.list("KEYS", "*").stream().map(RespClient::textOf))
                    .containsExactly("tc:{" + bob.id().tag().value() + "}");

            CommandLineProcess.run(environment, "export", file + ".2", "--host", "127.0.0.1:" + server.port());
            Ended verified = CommandLineProcess.run(Map.of(), "import", "--verify", file + ".2");
            assertThat(verified.output()).contains("1 tokens, 0 expiries", "the file is complete and unchanged");
        }
    }
}
