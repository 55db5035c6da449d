package dev.tokencache.caller;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotBlank;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class BasicCredentialsTest {

    private static String basic(String text) {
        return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldReadIdAndSecret() {
        assertThat(BasicCredentials.parse(basic("login:s3cret"))).contains(new BasicCredentials("login", "s3cret"));
    }

    @Test
    void shouldSplitAtFirstColonOnly() {
        assertThat(BasicCredentials.parse(basic("login:a:b"))).contains(new BasicCredentials("login", "a:b"));
    }

    @Test
    void shouldReadUtf8() {
        assertThat(BasicCredentials.parse(basic("jürgen:€"))).contains(new BasicCredentials("jürgen", "€"));
    }

    @Test
    void shouldIgnoreTheCaseOfTheScheme() {
        assertThat(BasicCredentials.parse(basic("a:b").replace("Basic", "bASIC")))
                .isPresent();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "Basic",
                "Basic ",
                "Basic *",
                "Basic YQ==" /* no colon */,
                "Basic gDqA" /* no UTF-8 */,
                "Bearer YTpi",
                "BasicYTpi"
            })
    void shouldRejectMalformedHeaders(String header) {
        assertThat(BasicCredentials.parse(header)).isEmpty();
    }

    @Property
    void shouldNeverFail(@ForAll String garbage) {
        assertThat(BasicCredentials.parse("Basic " + garbage)).isNotNull();
        assertThat(BasicCredentials.parse(garbage)).isNotNull();
    }

    @Property
    void shouldDecodeFormEncoding(@ForAll @NotBlank String secret) {
        String clean = new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8) + "%";
        String encoded = java.net.URLEncoder.encode(clean, StandardCharsets.UTF_8);
        assertThat(new BasicCredentials("a", encoded).formDecoded()).contains(new BasicCredentials("a", clean));
    }

    @Test
    void shouldHaveNoDecodedFormWhenNothingIsEncoded() {
        assertThat(new BasicCredentials("a", "b").formDecoded()).isEmpty();
        assertThat(new BasicCredentials("a", "100%").formDecoded()).isEmpty();
    }

    @Test
    void shouldNotRevealTheSecret() {
        assertThat(new BasicCredentials("login", "s3cret")).asString().doesNotContain("s3cret");
    }
}
