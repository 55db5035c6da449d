package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceApi;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/** What no client may do to the identity that an application receives, or to the redirect to the login page. */
interface AttackContract {

    /** The redirect to the login page, with a parameter in which everything is encoded that must be. */
    Pattern LOCATION = Pattern.compile(
            "(?s)HTTP/1\\.1 302 .*\r\n(?i:Location): https://login\\.example/\\?return=([A-Za-z0-9._~*%-]+)\r\n");

    Site site();

    /** Whether the web server forwards the signed identity. */
    default boolean forwardsSignedIdentity() {
        return true;
    }

    /** Sends a request of an active token with more headers, again while the token's state is unknown. */
    default String attack(String target, String headers, String token) {
        String request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n" + headers
                + "\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n";
        return Browser.known(
                () -> {
                    site().application().forget();
                    return RawHttp.exchange(site().port(), request);
                },
                answer -> !answer.startsWith("HTTP/1.1 503 "));
    }

    /** Fails unless the answer is a 400, or the application received exactly this identity. */
    private void check(List<String> failures, String attack, String answer, Map<String, List<String>> identity) {
        List<SeenRequest> seen = site().application().seen();
        boolean refused = answer.startsWith("HTTP/1.1 400 ") && seen.isEmpty();
        boolean unharmed = answer.startsWith("HTTP/1.1 200 ")
                && seen.size() == 1
                && Attacks.identity(seen.get(0).headers()).equals(identity);
        if (!refused && !unharmed) {
            failures.add(Attacks.printable(attack) + " -> " + answer.lines().findFirst() + " "
                    + seen.stream().map(SeenRequest::headers).toList());
        }
    }

    private Map<String, ?> token() {
        return ServiceApi.known(() -> site().api().create(Map.of("sub", "alice", "scope", "read write")))
                .jsonPath()
                .getMap("");
    }

    private Map<String, List<String>> identity(Map<String, ?> token) {
        List<String> jti = List.of(token.get("jti").toString());
        Map<String, List<String>> identity = new HashMap<>(Map.of(
                "X_AUTH_SUBJECT", List.of("alice"),
                "X_AUTH_TOKEN_ID", jti,
                "X_AUTH_EXPIRES", List.of(token.get("exp").toString()),
                "X_AUTH_SCOPE", List.of("read write")));
        if (forwardsSignedIdentity()) {
            identity.put("X_AUTH_IDENTITY", jti);
        }
        return identity;
    }

    @Test
    default void shouldForwardNoSpellingOfAForgedIdentity() {
        Map<String, ?> token = token();
        List<String> failures = new ArrayList<>();

        for (String attack : Attacks.identityHeaders()) {
            check(failures, attack, attack("/page", attack, token.get("token").toString()), identity(token));
        }

        assertThat(failures).isEmpty();
    }

    /** Each README describes how to make a part of the site public; here it is {@code /public/}. */
    @Test
    default void shouldForwardNoSpellingOfAForgedIdentityToThePublicPart() {
        List<String> failures = new ArrayList<>();

        for (String attack : Attacks.identityHeaders()) {
            check(failures, attack, attack("/public/page", attack, "none"), Map.of());
        }

        assertThat(failures).isEmpty();
    }

    /** The application gets the whole identity or no request, whatever the client declares as hop-by-hop. */
    @Test
    default void shouldRefuseAConnectionHeaderThatNamesAnIdentityHeader() {
        Map<String, ?> token = token();
        List<String> failures = new ArrayList<>();

        for (String attack : Attacks.connectionHeaders()) {
            check(failures, attack, attack("/page", attack, token.get("token").toString()), identity(token));
        }

        assertThat(failures).isEmpty();
        assertThat(attack(
                        "/page",
                        "Connection: close, X-Auth-Scope",
                        token.get("token").toString()))
                .startsWith("HTTP/1.1 400 ");
    }

    /** One parameter {@code return=} with the whole address, and nothing else after the login page's own address. */
    @Test
    default void shouldEncodeTheAddressToReturnTo() {
        String site = "http://127.0.0.1:" + site().port();
        List<String> failures = new ArrayList<>();

        for (String target : Attacks.addresses()) {
            String answer = RawHttp.exchange(
                    site().port(),
                    "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + site().port()
                            + "\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
            // Some web servers refuse such a target.
            boolean isRefused = answer.matches("(?s)HTTP/1\\.1 40[04] .*") && !answer.contains("\r\nLocation:");
            Matcher location = LOCATION.matcher(answer);
            boolean isEncoded =
                    location.find() && isSame(URLDecoder.decode(location.group(1), ISO_8859_1), site + target);
            if (!isRefused && !isEncoded || answer.contains("\r\nSet-Cookie")) {
                failures.add(Attacks.printable(target) + " -> " + answer.split("\r\n\r\n")[0]);
            }
        }

        assertThat(failures).isEmpty();
        assertThat(site().application().seen()).isEmpty();
    }

    /** Web servers may encode a character of the target that should have been encoded. */
    private static boolean isSame(String address, String expected) {
        return address.equals(expected)
                || URLDecoder.decode(address, ISO_8859_1).equals(URLDecoder.decode(expected, ISO_8859_1));
    }

    /** token-cache reads headers of at most 16 KiB: a larger one is the client's fault, not an unknown verdict. */
    @ParameterizedTest
    @ValueSource(ints = {17_000, 20_000, 40_000, 60_000})
    default void shouldRefuseAnOversizedHeader(int length) {
        for (String accept : List.of("*/*", "text/html")) {
            String answer = RawHttp.exchange(
                    site().port(),
                    "GET /page HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: " + accept + "\r\nAuthorization: Negotiate "
                            + "x".repeat(length) + "\r\nConnection: close\r\n\r\n");
            assertThat(answer).matches("(?s)HTTP/1\\.1 (400|431) .*").doesNotContain("\r\nRetry-After");
        }
        assertThat(site().application().seen()).isEmpty();
    }
}
