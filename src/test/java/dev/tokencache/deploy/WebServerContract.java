package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceApi;
import io.restassured.response.Response;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.deploy.Browser.FOR_A_PAGE;
import static dev.tokencache.deploy.Browser.bearer;
import static dev.tokencache.deploy.Browser.cookie;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

/** The behaviour that every web server provides. Each one runs with the files under {@code deploy/} as shipped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WebServerContract implements AttackContract {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Three seconds, or six with a retry, plus a reserve for a busy machine. Default timeouts are longer. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private static final byte[] BODY = new byte[300_000];

    private Site site;
    private WebServer webServer;
    private Browser browser;

    /** Starts the web server in the site's folder, on the site's port. */
    abstract WebServer start(Site site);

    /** The maximum time until an expired token is refused. */
    abstract Duration refusal();

    @Override
    public final Site site() {
        return site;
    }

    final ServiceApi api() {
        return site.api();
    }

    final Browser browser() {
        return browser;
    }

    /** Creates a token, and repeats that while the result is unknown. */
    final Response created(Map<String, ?> request) {
        return ServiceApi.known(() -> api().create(request));
    }

    @BeforeAll
    void startAll() {
        site = Site.start();
        webServer = start(site);
        browser = new Browser(site.port());
    }

    @AfterAll
    void stopAll() {
        if (webServer != null) {
            webServer.close();
        }
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void forget() {
        site.application().forget();
    }

    @AfterEach
    void heal() {
        site.heal();
    }

    /** The one request that the application saw. */
    final SeenRequest seen() {
        assertThat(site.application().seen()).hasSize(1);
        return site.application().seen().get(0);
    }

    final void assertRefused(HttpResponse<?> answer) {
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().allValues("WWW-Authenticate"))
                .singleElement(STRING)
                .startsWith("Bearer");
        assertThat(site.application().seen()).isEmpty();
    }

    final void assertUnknown(HttpResponse<?> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().allValues("Retry-After"))
                .singleElement(STRING)
                .matches("[1-9]\\d?");
        assertThat(answer.headers().map()).doesNotContainKeys("location", "www-authenticate", Application.MARKER);
        assertThat(site.application().seen()).isEmpty();
    }

    @Test
    void shouldReadATokenFromTheAuthorizationHeader() {
        Map<String, ?> created = created(Map.of("sub", "alice", "scope", "read write"))
                .jsonPath()
                .getMap("");

        HttpResponse<String> answer = browser.get("/page?a=b&c=%20d", bearer((String) created.get("token")));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue(Application.MARKER)).isPresent();
        assertThat(seen().target()).isEqualTo("/page?a=b&c=%20d");
        assertThat(seen().header("x-auth-subject")).isEqualTo("alice");
        assertThat(seen().header("x-auth-token-id")).isEqualTo(created.get("jti"));
        assertThat(seen().header("x-auth-expires")).isEqualTo(created.get("exp").toString());
        assertThat(seen().header("x-auth-scope")).isEqualTo("read write");
    }

    @Test
    void shouldReadATokenFromTheCookie() {
        String token = api().tokenFor("alice");

        assertThat(browser.get("/page", cookie(token), FOR_A_PAGE).statusCode()).isEqualTo(200);

        assertThat(seen().header("x-auth-subject")).isEqualTo("alice");
        assertThat(seen().headers()).doesNotContainKeys("x-auth-scope", "x-auth-claims", "x-auth-claims-omitted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zoë 🦊", "a+b@mail.example/c:d%2F", "\"root\", X-Auth-Scope: all", "{http.request.host}"})
    void shouldForwardAnySubject(String sub) {
        assertThat(browser.get("/", bearer(api().tokenFor(sub))).statusCode()).isEqualTo(200);

        String forwarded = seen().header("x-auth-subject");
        assertThat(forwarded).matches("([!-$&-*,-~]|%[0-9A-Fa-f]{2})+");
        assertThat(URLDecoder.decode(forwarded, StandardCharsets.UTF_8)).isEqualTo(sub);
    }

    @Test
    void shouldRefuseProgramsWithoutAToken() {
        assertRefused(browser.get("/page"));
        assertRefused(browser.post("/page", BODY));
        assertRefused(browser.postChunked("/page", BODY));
        assertRefused(browser.get("/page", new String[] {"Cookie", "theme=dark"}));
    }

    @Test
    void shouldNotTreatTheBodyOfARefusedRequestAsARequest() {
        assertNoSmuggledRequest(401, "Accept: */*");
        assertNoSmuggledRequest(401, "Authorization: Bearer tc1_forged");
        assertNoSmuggledRequest(302, "Accept: text/html");
    }

    private void assertNoSmuggledRequest(int status, String... headers) {
        RequestInABody request = new RequestInABody(site.port(), headers);
        Predicate<List<Integer>> isKnown = statuses -> status == 503 || !statuses.contains(503);
        Stream.<Callable<List<Integer>>>of(request::statuses, request::statusesChunked)
                .map(call -> CompletableFuture.supplyAsync(() -> Browser.known(call, isKnown)))
                .toList()
                .forEach(statuses -> assertThat(statuses.join())
                        .isNotEmpty()
                        .hasSizeLessThanOrEqualTo(2)
                        .containsOnly(status));
    }

    @Test
    void shouldRedirectBrowsersWithoutAnActiveTokenToTheLoginPage() {
        for (HttpResponse<String> answer : List.of(
                browser.get("/page?a=b&c=%20d", FOR_A_PAGE),
                browser.get("/page?a=b&c=%20d", FOR_A_PAGE, cookie("garbage")))) {
            assertThat(answer.statusCode()).isEqualTo(302);
            assertThat(answer.headers().firstValue("Location").orElseThrow())
                    .isEqualToIgnoringCase("https://login.example/?return=http%3A%2F%2F127.0.0.1%3A" + site.port()
                            + "%2Fpage%3Fa%3Db%26c%3D%2520d");
        }
        assertThat(site.application().seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "tc1_forged", "", "ü", "a token", "sixteen-characters-and-more"})
    void shouldRefuseGarbage(String token) {
        assertRefused(browser.get("/page", cookie(token)));
        if (token.chars().allMatch(c -> c < 0x80)) {
            assertRefused(browser.get("/page", bearer(token)));
        }
    }

    @Test
    void shouldRefuseAForgedToken() {
        String token = api().tokenFor("alice");
        char last = token.charAt(token.length() - 1);

        assertRefused(browser.get("/page", bearer(token.substring(0, token.length() - 1) + (last == 'A' ? 'Q' : 'A'))));
    }

    @Test
    void shouldRefuseATokenAfterItsExpiry() {
        Response created = created(Map.of("sub", "alice", "expires_in", 2));
        String token = created.path("token");
        Number exp = created.path("exp");
        Instant expiry = Instant.ofEpochSecond(exp.longValue());
        int status = browser.get("/page", bearer(token)).statusCode();
        // On a busy machine the token may have expired before the request was sent.
        assertThat(status == 200 || !Instant.now().isBefore(expiry))
                .as("status %d", status)
                .isTrue();

        Instant limit = expiry.plus(refusal()).plusSeconds(1);
        Awaitility.await().atMost(PATIENCE).until(() -> Instant.now().isAfter(limit));
        assertThat(browser.get("/page", bearer(token)).statusCode()).isEqualTo(401);
    }

    @Test
    void shouldRefuseALoggedOutTokenWithinTheTimeLimit() {
        String token = api().tokenFor("alice");
        assertThat(browser.get("/page", bearer(token)).statusCode()).isEqualTo(200);

        api().expire(token).then().statusCode(204);

        // A single request after the limit: an earlier one may still be answered from a cache.
        Awaitility.await().atMost(PATIENCE).pollDelay(refusal()).until(() -> true);
        assertThat(browser.get("/page", bearer(token)).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Auth-Subject", "x_auth_subject"})
    void shouldNotForwardAForgedIdentity(String name) {
        String[] forged = {name, "forged"};
        String token = api().tokenFor("alice");

        assertThat(browser.get("/page", bearer(token), forged).statusCode()).isIn(200, 400);
        browser.get("/page", forged);
        browser.options("/page", forged);

        assertThat(site.application().seen()).hasSizeLessThanOrEqualTo(1).allSatisfy(request -> {
            assertThat(request.headers().values()).noneMatch(values -> values.contains("forged"));
            assertThat(request.header("x-auth-subject")).isEqualTo("alice");
        });
    }

    @Test
    void shouldRequireATokenForEveryMethod() {
        assertRefused(browser.options("/page"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/public/../page", "/public/%2e%2e/page", "/publicly"})
    void shouldNotLetThePublicPartLeadToOtherPaths(String target) {
        assertRefused(browser.get(target));
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 401, 403, 404, 500, 502, 503, 504})
    void shouldForwardResponsesOfTheApplicationUnchanged(int status) {
        HttpResponse<String> answer = browser.get("/status/" + status, bearer(api().tokenFor("alice")), FOR_A_PAGE);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue(Application.MARKER)).isPresent();
        assertThat(answer.headers().map()).doesNotContainKeys("retry-after", "location");
    }

    @Test
    void shouldNotReportUnknownWhenTheApplicationIsDown() {
        HttpResponse<String> answer = browser.get(Application.HANG_UP, bearer(api().tokenFor("alice")), FOR_A_PAGE);

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().map()).doesNotContainKeys("retry-after", "location");
    }

    @Test
    void shouldForwardBodies() {
        String token = api().tokenFor("alice");

        assertThat(browser.post("/page", BODY, bearer(token)).statusCode()).isEqualTo(200);
        assertThat(browser.postChunked("/page", BODY, cookie(token)).statusCode())
                .isEqualTo(200);

        assertThat(site.application().seen())
                .hasSize(2)
                .allMatch(request -> request.method().equals("POST") && request.bodyLength() == BODY.length);
    }

    @Test
    void shouldKeepUsersLoggedInWhileRedisIsDown() {
        String token = api().tokenFor("alice");
        site.suspendRedis();

        assertUnknown(browser.once().get("/page", bearer(token)));
        assertUnknown(browser.once().get("/page", cookie(token), FOR_A_PAGE));
        assertUnknown(browser.once().post("/page", BODY, bearer(token)));
        assertNoSmuggledRequest(503, "Authorization: Bearer " + token);
        // A malformed token is detected without Redis.
        assertRefused(browser.get("/page", bearer("tc1_forged")));

        site.heal();
        awaitAccepted(token);
    }

    /** While Redis is down, a token of the near cache stays active, and any other is unknown. */
    @Test
    void shouldForwardThatAVerdictIsStale() {
        String unknown = api().tokenFor("bob");
        String token = api().tokenFor("alice");
        assertThat(browser.get("/page", bearer(token)).statusCode()).isEqualTo(200);
        assertThat(seen().headers()).doesNotContainKey("x-auth-stale");
        site.suspendRedis();

        Awaitility.await().atMost(PATIENCE).until(() -> {
            site.application().forget();
            assertThat(browser.once().get("/page", bearer(token)).statusCode()).isEqualTo(200);
            return seen().header("x-auth-stale") != null;
        });

        assertThat(seen().header("x-auth-stale")).isEqualTo("true");
        assertThat(seen().header("x-auth-subject")).isEqualTo("alice");
        site.application().forget();
        assertUnknown(browser.once().get("/page", bearer(unknown)));

        site.heal();
        awaitAccepted(token);
    }

    @Test
    void shouldKeepUsersLoggedInWhileTokenCacheIsDown() {
        String token = api().tokenFor("alice");
        site.proxy().cut();
        site.tlsProxy().cut();

        // At the same time: a web server that retries needs seconds for each.
        Stream.<Runnable>of(
                        () -> assertUnknown(another().get("/page", bearer(token))),
                        () -> assertUnknown(another().get("/page", cookie(token), FOR_A_PAGE)),
                        () -> assertUnknown(another().get("/page", FOR_A_PAGE)),
                        () -> assertNoSmuggledRequest(503, "Authorization: Bearer " + token))
                .map(CompletableFuture::runAsync)
                .toList()
                .forEach(CompletableFuture::join);

        site.heal();
        awaitAccepted(token);
    }

    /** A client with connections of its own: those of {@link #browser} stay one at most. */
    private Browser another() {
        return new Browser(site.port()).once();
    }

    @Test
    void shouldAnswerInTimeWhenTokenCacheHangs() {
        String token = api().tokenFor("alice");
        site.proxy().stall();
        site.tlsProxy().stall();

        long start = System.nanoTime();
        assertUnknown(browser.once().get("/page", cookie(token), FOR_A_PAGE));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST_WAIT);

        site.heal();
        awaitAccepted(token);
    }

    /** Waits until the token is accepted. Until then every answer must be unknown, never inactive. */
    private void awaitAccepted(String token) {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            HttpResponse<String> answer = browser.once().get("/page", cookie(token), FOR_A_PAGE);
            assertThat(answer.statusCode()).isIn(200, 503);
            return answer.statusCode() == 200;
        });
        assertThat(site.application().seen()).isNotEmpty();
    }
}
