package dev.tokencache.token;

import dev.tokencache.testing.TokenSettings;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TokenKeysTest {

    private static final String VALID = TokenSettings.secret(7);

    @Test
    void shouldFindEveryListedKeyAndTheActiveOne() {
        TokenKeys keys = keys(Map.of("old", TokenSettings.secret(1), "new", TokenSettings.secret(2)), "new");

        assertThat(keys.active().kid()).isEqualTo("new");
        assertThat(keys.byId(keys.active().id())).isSameAs(keys.active());
        assertThat(keys.byId(new TokenKey("old", new byte[32]).id()))
                .isNotNull()
                .hasToString("TokenKey[old, secret=redacted]");
        assertThat(keys.byId(new TokenKey("other", new byte[32]).id())).isNull();
    }

    @Test
    void shouldAcceptAKeyOfExactly32Bytes() {
        assertThat(keys(Map.of("a", base64(32)), "a").active().kid()).isEqualTo("a");
    }

    @Test
    void shouldNameThePropertyWhenNoKeyIsListed() {
        assertRejected(Map.of(), Optional.of("a")).withMessageContaining("tokencache.token.keys.<kid>");
    }

    @Test
    void shouldNameThePropertyWhenNoKeyIsActive() {
        assertRejected(Map.of("a", VALID), Optional.empty())
                .withMessageContaining("tokencache.token.active-key is not set")
                .withMessageNotContaining(VALID);
    }

    @Test
    void shouldNameThePropertyWhenTheActiveKeyIsNotListed() {
        assertRejected(Map.of("a", VALID), Optional.of("b"))
                .withMessageContaining("tokencache.token.active-key=b names no key")
                .withMessageNotContaining(VALID);
    }

    @Test
    void shouldNameThePropertyWhenAKeyIsTooShort() {
        String tooShort = base64(31);

        assertRejected(Map.of("a", VALID, "b", tooShort), Optional.of("a"))
                .withMessageContaining("tokencache.token.keys.b")
                .withMessageContaining("31")
                .withMessageNotContaining(tooShort)
                .withMessageNotContaining(VALID);
        assertRejected(Map.of("a", ""), Optional.of("a")).withMessageContaining("tokencache.token.keys.a");
    }

    @Test
    void shouldNameThePropertyWhenAKeyIsNotBase64() {
        String secret = "{not-base64-but-long-enough-to-be-a-secret}";

        assertRejected(Map.of("a", secret), Optional.of("a"))
                .withMessageContaining("tokencache.token.keys.a")
                .withMessageNotContaining(secret)
                .withMessageNotContaining("{")
                .withNoCause();
    }

    @Test
    void shouldNameBothPropertiesWhenTwoKeysHaveTheSameShortId() {
        Map<String, String> twins = new LinkedHashMap<>();
        // The SHA-256 hashes of both ids start with the same 24 bits.
        twins.put("k5049", VALID);
        twins.put("k8469", TokenSettings.secret(8));

        assertRejected(twins, Optional.of("k5049"))
                .withMessageContaining("tokencache.token.keys.k5049")
                .withMessageContaining("tokencache.token.keys.k8469")
                .withMessageNotContaining(VALID);
    }

    private static TokenKeys keys(Map<String, String> keys, String active) {
        return TokenKeys.from(TokenSettings.usual().withKeys(keys, active));
    }

    private static ThrowableAssertAlternative<IllegalArgumentException> assertRejected(
            Map<String, String> keys, Optional<String> active) {
        TokenSettings settings = new TokenSettings(keys, active, Duration.ofHours(8), Duration.ofDays(30));
        return assertThatIllegalArgumentException().isThrownBy(() -> TokenKeys.from(settings));
    }

    private static String base64(int bytes) {
        return Base64.getEncoder().encodeToString(new byte[bytes]);
    }
}
