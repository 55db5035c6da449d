package dev.tokencache.deploy;

import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs {@code deploy/compose} with podman-compose, on Debian's Redis, nginx and PostgreSQL and without Prometheus. In place of
 * Grafana, nginx returns a page that names the user.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ComposeIT {

    private static final int CLIENTS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** The owner of the secrets, and the user of the containers. */
    private static final String OWNER = "10001";

    private static final String PAGE = """
            image: nginx:%s
                command: [sh, -c, "echo 'server { listen 3000; location / { return 200 \\"page for $$http_x_auth_subject\\"; } }' \
            > /etc/nginx/conf.d/default.conf && exec nginx -g 'daemon off;'"]""";

    @TempDir
    private static Path folder;

    private static Containers containers;
    private static DeploymentSecrets secrets;
    private static URI nginx;

    @BeforeAll
    static void up() throws IOException {
        ExternalTool.require("podman-compose");
        containers = Containers.of(ComposeIT.class);
        String image = Containers.image("jvm");
        // The files are in the same places relative to each other.
        assertThat(ExternalTool.run("cp", "-r", "deploy", folder.toString()).exit())
                .isZero();
        Path compose = folder.resolve("deploy/compose/compose.yaml");
        Files.writeString(compose, adapted(Files.readString(compose), image));
        secrets = new DeploymentSecrets(compose.resolveSibling("secrets"));
        ExternalTool.Result made = DeploymentSecrets.run(
                "--journal", secrets.folder().toString(), "login=issue,revoke,admin", "web=validate");
        assertThat(made.exit()).as(made.errors()).isZero();
        assertThat(ExternalTool.run("chown", "-R", OWNER, secrets.folder().toString())
                        .exit())
                .isZero();

        ExternalTool.Result up = Containers.run(
                Map.of("OWNER", OWNER),
                "podman-compose",
                "--podman-path",
                Path.of(Containers.PODMAN).toAbsolutePath().toString(),
                "--project-name",
                containers.project(),
                "--file",
                compose.toString(),
                "up",
                "--detach",
                "--no-build",
                "nginx",
                "redis-cluster");
        assertThat(up.exit()).as(up.errors()).isZero();
        services("token-cache", 2).forEach(ComposeIT::awaitHealth);
        awaitCluster();
        nginx = URI.create("http://" + Containers.podman("port", container("nginx"), "80"));
    }

    /** The shipped file with the images of the tests, free ports, a journal that forgets sooner, and no warm-up. */
    private static String adapted(String compose, String image) {
        String nginxTag = compose.split("image: nginx:", 2)[1].split("@", 2)[0];
        return compose.replaceAll("@sha256:[0-9a-f]{64}", "")
                .replaceAll("image: token-cache:\\S+", "image: " + image)
                .replaceAll("image: grafana/grafana:\\S+", Matcher.quoteReplacement(PAGE.formatted(nginxTag)))
                .replace(
                        "TOKENCACHE_JOURNAL_KIND: shared",
                        "TOKENCACHE_JOURNAL_KIND: shared\n    TOKENCACHE_JOURNAL_CONFIRM_AFTER: 4S\n"
                                + "    TOKENCACHE_WARM_UP_MAX: 0S")
                .replaceAll("\"127.0.0.1:(8000|3000):", "\"127.0.0.1::");
    }

    @AfterAll
    static void down() {
        if (containers != null) {
            containers.close();
        }
    }

    private static Stream<String> services(String name, int number) {
        return IntStream.rangeClosed(1, number).mapToObj(i -> name + "-" + i);
    }

    private static String container(String service) {
        return containers.project() + "_" + service + "_1";
    }

    /** Waits for the container redis-cluster. The service does not: without Redis it is ready, and takes logins. */
    private static void awaitCluster() {
        try {
            services("redis", 6)
                    .forEach(node -> awaitThat(
                            "readiness of " + node,
                            () -> Containers.run(
                                                    Map.of(),
                                                    Containers.PODMAN,
                                                    "exec",
                                                    container(node),
                                                    "/etc/redis/node-is-ready")
                                            .exit()
                                    == 0));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(log("redis-cluster"), e);
        }
    }

    private static String log(String... services) {
        return Stream.of(services)
                .map(service -> Containers.run(Map.of(), Containers.PODMAN, "logs", "--tail=30", container(service)))
                .map(log -> log.output() + log.errors())
                .collect(Collectors.joining("\n---\n"));
    }

    /** Runs the health check of the Compose file, as an engine does. */
    private static void awaitHealth(String service) {
        awaitThat(
                "the health of " + service,
                () -> Containers.run(Map.of(), Containers.PODMAN, "healthcheck", "run", container(service))
                                .exit()
                        == 0);
    }

    private static void awaitThat(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(condition);
    }

    /** The container redis-cluster does the same, every 30 seconds; two at a time may disturb each other. */
    private static void reconnectNodes() {
        List<String> command = new ArrayList<>(List.of("exec", container("redis-cluster"), "/etc/redis/form-cluster"));
        services("redis", 6).forEach(node -> command.add(node + ":6379"));
        awaitThat(
                "the cluster",
                () -> Containers.run(Map.of(), Containers.PODMAN, command.toArray(String[]::new))
                                .exit()
                        == 0);
    }

    private static String tokenFor(String sub) {
        List<Response> created = new ArrayList<>();
        awaitThat("a token for " + sub, () -> {
            created.add(api("token-cache-1", "login")
                    .contentType(ContentType.JSON)
                    .body(Map.of("sub", sub))
                    .post("/v1/tokens"));
            return created.get(created.size() - 1).statusCode() == 201;
        });
        return created.get(created.size() - 1).jsonPath().getString("token");
    }

    /** The API of an instance, which Compose does not publish. */
    private static RequestSpecification api(String service, String caller) {
        String address = Containers.podman(
                "inspect",
                "--format",
                "{{(index .NetworkSettings.Networks \"" + containers.project() + "_api\").IPAddress}}",
                container(service));
        return RestAssured.given()
                .baseUri("http://" + address + ":8080")
                .auth()
                .preemptive()
                .basic(caller, secrets.ofCaller(caller));
    }

    private static Response page(String token) {
        return RestAssured.given()
                .redirects()
                .follow(false)
                .accept("text/html")
                .cookie("sso_token", token)
                .get(nginx);
    }

    @Test
    void shouldProtectThePage() {
        assertThat(page("none").statusCode()).isEqualTo(302);
        String token = tokenFor("alice");

        assertThat(page(token).asString()).isEqualTo("page for alice");

        api("token-cache-2", "login")
                .contentType(ContentType.JSON)
                .body(Map.of("token", token))
                .post("/v1/tokens/expire")
                .then()
                .statusCode(204);
        awaitThat("the redirect to the login page", () -> page(token).statusCode() == 302);
    }

    @Test
    void shouldLoseNoRequestWhileAnInstanceIsReplaced() {
        try (KeepAliveClients clients = new KeepAliveClients(tokenFor("bob"), List.of(nginx))) {
            clients.start(CLIENTS);
            awaitThat("traffic", () -> clients.answersOf(nginx) > 100);

            Containers.podman("stop", "--time=20", container("token-cache-1"));
            assertThat(Containers.podman("inspect", "--format", "{{.State.ExitCode}}", container("token-cache-1")))
                    .isEqualTo("143");
            Containers.podman("start", container("token-cache-1"));
            awaitHealth("token-cache-1");

            long before = clients.answersOf(nginx);
            awaitThat("traffic after the replacement", () -> clients.answersOf(nginx) > before + 100);
            assertThat(clients.losses())
                    .as(() -> log("token-cache-1", "token-cache-2", "redis-1", "redis-2", "redis-3"))
                    .isEmpty();
        }
        // The new container may have another address.
        Containers.podman("exec", container("nginx"), "nginx", "-s", "reload");
    }

    /** The last one: the nodes may change their roles for a while after it, and a verdict may be unknown meanwhile. */
    @Test
    @Order(Integer.MAX_VALUE)
    void shouldTakeLoginsWithoutRedis() {
        String before = tokenFor("carol");
        String[] nodes = services("redis", 6).map(ComposeIT::container).toArray(String[]::new);
        Containers.podman(
                Stream.concat(Stream.of("stop", "--time=1"), Stream.of(nodes)).toArray(String[]::new));

        String during = tokenFor("dave");
        assertThat(page(during).asString()).isEqualTo("page for dave");
        // Unknown: no one is logged out.
        assertThat(page(before).statusCode()).isEqualTo(503);
        assertThat(journal("entries")).isPositive();

        Containers.podman(Stream.concat(Stream.of("start"), Stream.of(nodes)).toArray(String[]::new));
        reconnectNodes();
        awaitThat("the replay", () -> journal("entries") == 0);
        assertThat(services("token-cache", 2)).anyMatch(service -> journal(service, "replayed") > 0);
        awaitThat("the page for dave", () -> page(during).asString().equals("page for dave"));
        awaitThat("the page for carol", () -> page(before).asString().equals("page for carol"));
    }

    private static int journal(String field) {
        return journal("token-cache-1", field);
    }

    private static int journal(String service, String field) {
        Response journal = api(service, "login").get("/v1/admin/journal");
        assertThat(journal.statusCode()).isEqualTo(200);
        return journal.jsonPath().getInt(field);
    }
}
