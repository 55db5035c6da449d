package dev.tokencache.caller;

import dev.tokencache.caller.RefusedCallers.Reason;
import dev.tokencache.caller.RefusedCallers.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CallersTest {

    private record Config(Map<String, CallersConfig.Entry> byId) implements CallersConfig {}

    private record Entry(Optional<String> secretSha256, Optional<List<String>> roles) implements CallersConfig.Entry {}

    private static Callers callers(String id, String secret, String... roles) {
        return Callers.from(
                new Config(Map.of(id, new Entry(Optional.of(sha256(secret)), Optional.of(List.of(roles))))));
    }

    private static String sha256(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String basic(String id, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldAuthenticateCallerByItsSecret() {
        Callers callers = callers("login", "s3cret", "issue", " revoke");
        Optional<Caller> caller = callers.authenticate(basic("login", "s3cret"));
        assertThat(caller).map(Caller::id).contains("login");
        assertThat(caller.orElseThrow().may(Role.ISSUE)).isTrue();
        assertThat(caller.orElseThrow().may(Role.REVOKE)).isTrue();
        assertThat(caller.orElseThrow().may(Role.VALIDATE)).isFalse();
        assertThat(caller.orElseThrow().may(Role.ADMIN)).isFalse();
    }

    @Test
    void shouldRejectWrongSecretUnknownIdAndNoCredentials() {
        Callers callers = callers("login", "s3cret", "issue");
        assertThat(callers.authenticate(basic("login", "S3cret"))).isEmpty();
        assertThat(callers.authenticate(basic("login", ""))).isEmpty();
        assertThat(callers.authenticate(basic("logout", "s3cret"))).isEmpty();
        assertThat(callers.authenticate(null)).isEmpty();
    }

    /** An id that is not configured may be anything, also a secret in the wrong field. */
    @Test
    void shouldNameOnlyConfiguredCallersInARefusal() {
        Callers callers = callers("my client", "s3cret", "issue");
        Refusal wrong = new Refusal(Reason.WRONG_SECRET, "my client");

        assertThat(callers.refusal(basic("my client", "wrong"))).isEqualTo(wrong);
        assertThat(callers.refusal(basic("my+client", "wrong"))).isEqualTo(wrong);
        assertThat(callers.refusal(basic("s3cret", ""))).isEqualTo(new Refusal(Reason.UNKNOWN_CALLER, null));
        for (String header : new String[] {
            null,
            "",
            "Basic",
            "Basic ?",
            "Bearer my client",
            basic("my client", "").substring(0, 8)
        }) {
            assertThat(callers.refusal(header)).isEqualTo(new Refusal(Reason.NO_CREDENTIALS, null));
        }
    }

    @Test
    void shouldAcceptFormEncodedCredentialsFromOAuthClientsOnly() {
        Callers callers = callers("my client", "a+b/ü", "validate");
        String encoded = basic("my+client", "a%2Bb%2F%C3%BC");
        assertThat(callers.authenticateClient(encoded)).isPresent();
        assertThat(callers.authenticateClient(basic("my client", "a+b/ü"))).isPresent();
        assertThat(callers.authenticate(encoded)).isEmpty();
    }

    @Test
    void shouldAuthenticateByIdAndSecretAsTheyAre() {
        Callers callers = callers("my client", "a+b", "issue");

        assertThat(callers.authenticate("my client", "a+b")).map(Caller::id).contains("my client");
        assertThat(callers.authenticate("my+client", "a%2Bb")).isEmpty();
        assertThat(callers.authenticate("my client", null)).isEmpty();
        assertThat(callers.refusal("my client", "wrong")).isEqualTo(new Refusal(Reason.WRONG_SECRET, "my client"));
        assertThat(callers.refusal("a+b", "wrong")).isEqualTo(new Refusal(Reason.UNKNOWN_CALLER, null));
        assertThat(callers.refusal("my client", null)).isEqualTo(new Refusal(Reason.NO_CREDENTIALS, null));
    }

    @Test
    void shouldAcceptHashInUpperCase() {
        Callers callers = Callers.from(new Config(Map.of(
                "a",
                new Entry(
                        Optional.of(sha256("x").toUpperCase(java.util.Locale.ROOT)), Optional.of(List.of("admin"))))));
        assertThat(callers.authenticate(basic("a", "x"))).isPresent();
    }

    @Test
    void shouldAcceptTwoSecretsWhileOneIsRotated() {
        Callers callers = callers(sha256("old") + ", " + sha256("new"));

        assertThat(callers.authenticate(basic("a", "old"))).isPresent();
        assertThat(callers.authenticate(basic("a", "new"))).isPresent();
        assertThat(callers.authenticate(basic("a", "other"))).isEmpty();
        assertThat(callers.refusal(basic("a", "other"))).isEqualTo(new Refusal(Reason.WRONG_SECRET, "a"));
    }

    @Test
    void shouldRejectThreeSecretsAndAnEmptyOne() {
        String hash = sha256("x");

        assertThatThrownBy(() -> callers(hash + "," + hash + "," + hash))
                .hasMessage("tokencache.callers.a.secret-sha256 has more than 2 hashes");
        assertThatThrownBy(() -> callers(hash + ",")).hasMessageContaining("is not a SHA-256");
    }

    @Test
    void shouldReplaceAllCallers() {
        Callers callers = callers("login", "s3cret", "issue");

        callers.use(callers("web", "other", "validate"));

        assertThat(callers.authenticate(basic("login", "s3cret"))).isEmpty();
        assertThat(callers.authenticate(basic("web", "other"))).isPresent();
    }

    private static Callers callers(String hashes) {
        return Callers.from(new Config(Map.of("a", new Entry(Optional.of(hashes), Optional.of(List.of("validate"))))));
    }

    @Test
    void shouldRequireCallers() {
        assertThatThrownBy(() -> Callers.from(new Config(Map.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokencache.callers.<id>.secret-sha256");
    }

    @Test
    void shouldNameUnknownRole() {
        assertThatThrownBy(() -> callers("login", "x", "issue", "root"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokencache.callers.login.roles")
                .hasMessageContaining("\"root\"")
                .hasMessageContaining("issue, validate, revoke, admin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2", "", "abcd", "zz60e9aa3c673af240d17a2660480361a8e081d1ffeca2a5ed0e3219fc18567"})
    void shouldNotRepeatSecretThatIsNotAHash(String notAHash) {
        Config config = new Config(Map.of("login", new Entry(Optional.of(notAHash), Optional.of(List.of("issue")))));
        assertThatThrownBy(() -> Callers.from(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "tokencache.callers.login.secret-sha256 is not a SHA-256: it must have 64 hexadecimal digits");
    }

    @Test
    void shouldNameAllMissingProperties() {
        Config config = new Config(Map.of("login", new Entry(Optional.empty(), Optional.empty())));
        assertThatThrownBy(() -> Callers.from(config))
                .hasMessageContaining("tokencache.callers.login.secret-sha256 is not set")
                .hasMessageContaining("tokencache.callers.login.roles is not set");
    }

    @Test
    void shouldRejectIdWithColon() {
        assertThatThrownBy(() -> callers("a:b", "x", "issue")).hasMessageContaining("colon");
    }

    @Test
    void shouldRejectAnIdThatNoTokenCanHave() {
        assertThatThrownBy(() -> callers("a\nb", "s3cret", "issue"))
                .hasMessageContaining("an id must have from 1 to 256");
        assertThatThrownBy(() -> callers("a".repeat(257), "s3cret", "issue"))
                .hasMessageContaining("an id must have from 1 to 256");
    }

    @Test
    void shouldKeepATemporaryCallerWhenTheOthersChangeUntilItIsDismissed() {
        Callers callers = callers("login", "s3cret", "issue");
        callers.admit(new Caller("guest", Set.of(Role.VALIDATE)), "t3mporary");

        callers.use(callers("web", "s3cret", "validate"));

        assertThat(callers.authenticate(basic("guest", "t3mporary"))).isPresent();
        assertThat(callers.authenticate(basic("guest", "s3cret"))).isEmpty();
        assertThat(callers.authenticate(basic("web", "s3cret"))).isPresent();
        assertThat(callers.authenticate(basic("login", "s3cret"))).isEmpty();

        callers.dismiss();

        assertThat(callers.authenticate(basic("guest", "t3mporary"))).isEmpty();
        assertThat(callers.authenticate(basic("web", "s3cret"))).isPresent();
    }
}
