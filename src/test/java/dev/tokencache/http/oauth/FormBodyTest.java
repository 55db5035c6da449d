package dev.tokencache.http.oauth;

import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.TokenString;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FormBodyTest {

    private static TokenString token(String form) {
        return FormBody.token(form.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token=a%2Bb",
                "token_type_hint=x&token=a%2Bb&unknown=%zz",
                "&&token=a%2Bb&",
                "%74oken=a%2bb",
                "tokens=1&token=a%2Bb&x"
            })
    void shouldFindToken(String form) {
        assertThat(token(form)).isEqualTo(new TokenString("a+b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "token",
                "token=",
                "x=y",
                "TOKEN=a",
                "token=a&token=a",
                "token=&token=a",
                "token=%",
                "token=%zz",
                "{\"token\":\"a\"}"
            })
    void shouldRefuseMissingRepeatedAndMalformedTokens(String form) {
        assertThatThrownBy(() -> token(form))
                .isInstanceOfSatisfying(InvalidRequestException.class, invalid -> assertThat(invalid.violations())
                        .singleElement()
                        .extracting(InvalidRequestException.Violation::field)
                        .isEqualTo("token"));
    }

    /** Such a string is inactive, like every other that cannot be a token. */
    @Test
    void shouldKeepATokenThatIsNotUtf8() {
        assertThat(token("token=a-string-that-is-no-token-%ff"))
                .isEqualTo(new TokenString("a-string-that-is-no-token-\u00ff"));
        assertThat(token("token=a-string-that-is-no-token-%ff").isForeign()).isFalse();
    }

    @Property
    void shouldThrowOnlyInvalidRequestException(@ForAll byte[] form) {
        try {
            FormBody.token(form);
        } catch (InvalidRequestException expected) {
            assertThat(expected.violations()).isNotEmpty();
        }
    }
}
