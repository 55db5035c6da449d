package dev.tokencache.migration.legacy;

import dev.tokencache.token.TokenString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeyPatternTest {

    private static final TokenString TOKEN = new TokenString("0123456789abcdef");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldReplaceTheTokenPlaceholder() {
        KeyPattern pattern = KeyPattern.of("app:{token}:session");

        assertThat(pattern.key(TOKEN)).isEqualTo(bytes("app:0123456789abcdef:session"));
        assertThat(pattern.token(pattern.key(TOKEN))).hasValue(new KeyPattern.Named(TOKEN.hash(), true));
    }

    @Test
    void shouldReplaceTheHashPlaceholder() {
        KeyPattern pattern = KeyPattern.of("s/{sha256}");

        // printf %s 0123456789abcdef | sha256sum
        assertThat(pattern.key(TOKEN))
                .isEqualTo(bytes("s/9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f"));
        assertThat(pattern.token(pattern.key(TOKEN))).hasValue(new KeyPattern.Named(TOKEN.hash(), true));
    }

    @Test
    void shouldRecognizeOurOwnStrings() {
        assertThat(KeyPattern.of("{token}").token(bytes("tc1_something-or-other")))
                .hasValueSatisfying(named -> assertThat(named.isForeign()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sess:",
                "sess:short",
                "other:0123456789abcdef",
                "sess:has a blank in it",
                "SESS:0123456789abcdef"
            })
    void shouldIgnoreKeysOutsideThePattern(String key) {
        assertThat(KeyPattern.of("sess:{token}").token(bytes(key))).isEmpty();
    }

    @Test
    void shouldEscapeGlobCharacters() {
        assertThat(KeyPattern.of("a*b[c]?{token}\\z").glob()).isEqualTo(bytes("a\\*b\\[c\\]\\?*\\\\z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sess:", "{token}{token}", "{sha256}{token}", "{token}{sha256}"})
    void shouldRejectAPatternWithoutExactlyOnePlaceholder(String pattern) {
        assertThatThrownBy(() -> KeyPattern.of(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokencache.migration.legacy.key-pattern");
    }
}
