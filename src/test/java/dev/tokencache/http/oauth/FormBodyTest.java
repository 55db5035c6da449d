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
        return FormBody.parse(form.getBytes(StandardCharsets.UTF_8)).token();
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

    @Test
    void shouldFindTheCredentialsOfTheCaller() {
        FormBody form =
                FormBody.parse("client_id=a%20b&token=x&client_secret=s%C3%A4+t&y".getBytes(StandardCharsets.UTF_8));

        assertThat(form.clientId()).isEqualTo("a b");
        assertThat(form.clientSecret()).isEqualTo("s\u00e4 t");
        assertThat(form.toString()).doesNotContain("s\u00e4 t").doesNotContain("token=x");
        assertThat(FormBody.parse("token=x".getBytes(StandardCharsets.UTF_8)).clientSecret())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"client_id=a&client_id=a", "client_secret=a&client_secret=b", "client_secret=%ff"})
    void shouldRefuseRepeatedAndMalformedCredentials(String form) {
        assertThatThrownBy(() -> FormBody.parse(form.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageNotContaining("%ff");
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
            FormBody.parse(form).token();
        } catch (InvalidRequestException expected) {
            assertThat(expected.violations()).isNotEmpty();
        }
    }
}
