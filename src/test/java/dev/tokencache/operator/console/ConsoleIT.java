package dev.tokencache.operator.console;

import dev.tokencache.testing.ServiceProcess;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

/** The console over HTTP. {@code ConsoleBrowserIT} uses it in a browser. */
class ConsoleIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAX_STREAMS = 50;
    private static final Pattern LINK = Pattern.compile("<li><a href=\"/console/([^\"]*)\"");
    private static final Pattern FORM = Pattern.compile("<form method=\"post\" action=\"([^\"]+)\"");
    private static ConsoleSite site;

    @BeforeAll
    static void start() {
        site = new ConsoleSite();
    }

    @AfterAll
    static void stop() {
        if (site != null) {
            site.close();
        }
    }

    private static List<String> pages() {
        String first = site.operator().get("/console/").body().asString();
        List<String> pages =
                LINK.matcher(first).results().map(link -> link.group(1)).toList();
        assertThat(pages).contains("", "cluster", "doctor", "drill", "migration", "journal", "subject");
        return Stream.concat(pages.stream(), Stream.of("history")).toList();
    }

    /** The addresses that the forms of all pages send to. */
    private static List<String> actions(String sub) {
        List<String> actions = Stream.concat(pages().stream(), Stream.of("subject?sub=" + sub))
                .map(page -> site.operator().get("/console/" + page).body().asString())
                .flatMap(page -> FORM.matcher(page).results())
                .map(form -> form.group(1))
                .distinct()
                .toList();
        assertThat(actions)
                .contains(
                        "/console/subject/expire-token",
                        "/console/subject/expire-others",
                        "/console/subject/expire-all",
                        "/console/doctor/run",
                        "/console/migration/change",
                        "/console/migration/backfill");
        return actions;
    }

    private static String origin() {
        return site.management.toString();
    }

    /** A form that is complete for each action. */
    private static RequestSpecification form(RequestSpecification caller, String sub, String jti, String confirmation) {
        return caller.contentType("application/x-www-form-urlencoded; charset=UTF-8")
                .formParam("sub", sub)
                .formParam("jti", jti)
                .formParam("phase", "ramp")
                .formParam("read_percent", "99")
                .formParam("action", "start")
                .formParam("type", "handover")
                .formParam("confirmation", confirmation);
    }

    private static String confirmation(String action) {
        return switch (action.substring(action.lastIndexOf('/') + 1)) {
            case "expire-token" -> "expire";
            case "change" -> "ramp";
            case "backfill", "start" -> action.contains("drill") ? "handover" : "start";
            case "abort" -> "abort";
            default -> "forgery";
        };
    }

    private static ValidatableResponse isPage(Response response, int status) {
        return response.then()
                .statusCode(status)
                .contentType("text/html")
                .header("Content-Security-Policy", containsString("default-src 'none'"))
                .header("Content-Security-Policy", containsString("frame-ancestors 'none'"))
                .header("Content-Security-Policy", not(containsString("unsafe")))
                .header("X-Frame-Options", "DENY")
                .header("X-Content-Type-Options", "nosniff")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Cache-Control", "no-store");
    }

    @Test
    void shouldShowPagesToCallersWithTheRoleAdmin() {
        for (String page : pages()) {
            isPage(site.operator().get("/console/" + page), 200).body(containsString("<h1>"));
            isPage(RestAssured.given().get(site.page(page)), 401)
                    .header("WWW-Authenticate", "Basic realm=\"token-cache\", charset=\"UTF-8\"")
                    .body(not(containsString("signed in")));
            isPage(site.as(ServiceProcess.CALLER, "wrong").get("/console/" + page), 401);
            isPage(site.as(ConsoleSite.PROGRAM, ConsoleSite.PROGRAM).get("/console/" + page), 403)
                    .body(containsString("the role admin is needed"));
            RestAssured.given().get(site.page("live/" + page)).then().statusCode(401);
        }
        RestAssured.given()
                .redirects()
                .follow(false)
                .get(site.page("").resolve("/console"))
                .then()
                .statusCode(303)
                .header("Location", "/console/");
    }

    @Test
    void shouldDoNothingForAFormOfAnotherSite() {
        String token = site.api.tokenFor("forgery");
        String jti = site.api.validate(token).path("jti");
        int lines = site.auditLines().size();
        Map<String, Map<String, String>> forgeries = Map.of(
                "neither header", Map.of(),
                "another origin", Map.of("Origin", "https://evil.example"),
                "no origin", Map.of("Origin", "null"),
                "another port", Map.of("Origin", "http://127.0.0.1:1"),
                "no address", Map.of("Origin", "[" + origin() + "]"),
                "the same site", Map.of("Origin", origin(), "Sec-Fetch-Site", "same-site"),
                "another site", Map.of("Sec-Fetch-Site", "cross-site"),
                "no site", Map.of("Sec-Fetch-Site", "none"),
                "another origin that says same",
                        Map.of("Origin", "https://evil.example", "Sec-Fetch-Site", "same-origin"));
        for (String action : actions("forgery")) {
            forgeries.forEach((name, headers) -> {
                isPage(
                        form(site.operator(), "forgery", jti, confirmation(action))
                                .headers(headers)
                                .post(action),
                        403);
            });
        }
        assertThat(site.api.isActive(token)).isTrue();
        // The pages above have read tokens, and nothing else.
        assertThat(site.auditLines().subList(lines, site.auditLines().size()))
                .allMatch(line -> line.contains("action=list ") || line.contains("action=read_journal "));
    }

    @Test
    void shouldRequireTheRoleRevokeToExpire() {
        String token = site.api.tokenFor("viewed");
        String jti = site.api.validate(token).path("jti");
        isPage(site.as(ConsoleSite.VIEWER, ConsoleSite.VIEWER).get("/console/subject?sub=viewed"), 200)
                .body(containsString(jti))
                .body(not(containsString("<form method=\"post\"")));
        for (String action : List.of("expire-token", "expire-others", "expire-all")) {
            isPage(
                            form(
                                            site.as(ConsoleSite.VIEWER, ConsoleSite.VIEWER)
                                                    .header("Origin", origin()),
                                            "viewed",
                                            jti,
                                            action.equals("expire-token") ? "expire" : "viewed")
                                    .post("/console/subject/" + action),
                            403)
                    .body(containsString("the role revoke is needed"));
        }
        assertThat(site.api.isActive(token)).isTrue();
    }

    @Test
    void shouldExpireWithoutABrowserToo() {
        String token = site.api.tokenFor("plain");
        String jti = site.api.validate(token).path("jti");
        isPage(
                        form(site.operator().header("Origin", origin()), "plain", jti, "Expire")
                                .post("/console/subject/expire-token"),
                        400)
                .body(containsString("confirmation"));
        assertThat(site.api.isActive(token)).isTrue();

        form(site.operator().header("Origin", origin()), "plain", jti, "expire")
                .post("/console/subject/expire-token")
                .then()
                .statusCode(303)
                .header("Location", "/console/subject?sub=plain&notice=token_expired");

        assertThat(site.api.isActive(token)).isFalse();
    }

    @Test
    void shouldExpireASubjectWithTheLongestName() {
        String sub = "ü".repeat(512);
        String token = site.api.tokenFor(sub);

        form(site.operator().header("Origin", origin()), sub, "", sub)
                .post("/console/subject/expire-all")
                .then()
                .statusCode(303);

        assertThat(site.api.isActive(token)).isFalse();
    }

    @Test
    void shouldAnswerEveryRequestWithAPage() {
        isPage(site.operator().get("/console/nothing"), 404);
        isPage(site.operator().get("/console/assets/nothing.js"), 404);
        isPage(site.operator().put("/console/cluster"), 405).header("Allow", matchesPattern("GET.*"));
        isPage(site.operator().get("/console/doctor/run"), 405).header("Allow", equalTo("POST"));
        isPage(site.operator().queryParam("sub", "\u0000").get("/console/subject"), 400);
        isPage(site.operator().get("/console/subject?sub=" + "x".repeat(2000)), 400);
        isPage(site.operator().queryParam("sub", "x").queryParam("next", "<i>").get("/console/subject"), 400)
                .body(not(containsString("<i>")));
        isPage(site.operator().queryParam("notice", "<i>").get("/console/"), 200)
                .body(not(containsString("<i>")));
        site.operator().head("/console/cluster").then().statusCode(200).header("X-Frame-Options", "DENY");
        site.operator()
                .get("/console/assets/console.css")
                .then()
                .statusCode(200)
                .contentType("text/css");
    }

    @Test
    void shouldRefuseALargeForm() {
        // One field, and all together.
        isPage(
                site.operator()
                        .header("Origin", origin())
                        .formParam("sub", "x".repeat(20_000))
                        .post("/console/subject/expire-all"),
                413);
        isPage(
                site.operator()
                        .header("Origin", origin())
                        .formParams(IntStream.range(0, 20).boxed().collect(Collectors.toMap(i -> "field" + i, i -> "x"
                                .repeat(7000))))
                        .post("/console/subject/expire-all"),
                413);
        isPage(
                site.operator()
                        .header("Origin", origin())
                        .multiPart("sub", "file.txt", new byte[] {1})
                        .post("/console/subject/expire-all"),
                400);
    }

    @Test
    void shouldCountOpenStreamsAndForgetThoseThatEnded() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        List<InputStream> streams = new ArrayList<>();
        for (int i = 0; i < MAX_STREAMS; i++) {
            HttpResponse<InputStream> stream = send(client, request("live/cluster"));
            assertThat(stream.statusCode()).isEqualTo(200);
            streams.add(stream.body());
        }
        HttpResponse<InputStream> refused = send(client, request("live/cluster"));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        String start = new String(streams.get(0).readNBytes(100), StandardCharsets.UTF_8);
        assertThat(start).startsWith("event: live\ndata: ");

        for (InputStream stream : streams) {
            stream.close();
        }

        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<InputStream> again = send(client, request("live/cluster"));
            again.body().close();
            assertThat(again.statusCode()).isEqualTo(200);
        });
    }

    @Test
    void shouldEndTheStreamOfACallerThatIsRemoved() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        try (InputStream guest = send(client, request("live/cluster", ConsoleSite.GUEST, ConsoleSite.GUEST))
                        .body();
                InputStream operator = send(client, request("live/cluster")).body()) {
            CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> text(guest));

            site.dismissGuest();

            assertThat(seen).succeedsWithin(PATIENCE).asString().startsWith("event: live\ndata: ");
            operator.skipNBytes(operator.available());
            assertThat(operator.read()).isPositive();
        }
        assertThat(send(client, request("live/cluster", ConsoleSite.GUEST, ConsoleSite.GUEST))
                        .statusCode())
                .isEqualTo(401);
    }

    private static String text(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpRequest.Builder request(String page) {
        return request(page, ServiceProcess.CALLER, ServiceProcess.SECRET);
    }

    private static HttpRequest.Builder request(String page, String caller, String secret) {
        String credentials = caller + ":" + secret;
        return HttpRequest.newBuilder(site.page(page))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
    }

    private static HttpResponse<InputStream> send(HttpClient client, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofInputStream());
    }
}
