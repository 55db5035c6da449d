package dev.tokencache.seal;

import dev.tokencache.testing.TokenSettings;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SealKeysTest {

    private static final String VALID = TokenSettings.secret(1);

    @Test
    void shouldAcceptKeysWithoutAnActiveOne() {
        SealKeys keys = SealKeys.of(Map.of("a", VALID), Optional.empty(), false);

        assertThat(keys.active()).isNull();
        assertThat(keys.byId(new SealKey("other", Base64.getDecoder().decode(VALID)).id()))
                .hasToString("SealKey[a, secret=redacted]");
    }

    @Test
    void shouldNameThePropertyOfAKeyThatIsNotBase64() {
        assertRejected(Map.of("a", "?"), Optional.empty(), false, "tokencache.seal.keys.a is not base64");
    }

    @Test
    void shouldNameThePropertyOfAKeyOfAnotherLength() {
        String short31 = Base64.getEncoder().encodeToString(new byte[31]);

        assertRejected(Map.of("a", short31), Optional.empty(), false, "tokencache.seal.keys.a has 31 bytes");
    }

    @Test
    void shouldNameTheActiveKeyThatIsNotListed() {
        assertRejected(Map.of("a", VALID), Optional.of("b"), false, "tokencache.seal.active-key=b names no key");
    }

    @Test
    void shouldNotRequireSealsThatNoKeyMakes() {
        assertRejected(Map.of("a", VALID), Optional.empty(), true, "tokencache.seal.active-key is not set");
    }

    @Test
    void shouldRejectOneKeyUnderTwoNames() {
        assertRejected(Map.of("a", VALID, "b", VALID), Optional.of("a"), false, "are the same key");
    }

    private static void assertRejected(
            Map<String, String> keys, Optional<String> active, boolean isRequired, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SealKeys.of(keys, active, isRequired))
                .withMessageContaining(message);
    }
}
