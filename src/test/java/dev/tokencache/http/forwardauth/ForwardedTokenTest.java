package dev.tokencache.http.forwardauth;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ForwardedTokenTest {

    private static @Nullable String find(List<String> authorizations, String... cookies) {
        return ForwardedToken.find(authorizations, List.of(cookies), "sso_token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer abc", "bearer abc", "BEARER   abc"})
    void shouldFindTheBearerToken(String header) {
        assertThat(find(List.of(header))).isEqualTo("abc");
    }

    @Test
    void shouldPreferBearerToCookie() {
        assertThat(find(List.of("Bearer abc"), "sso_token=def")).isEqualTo("abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer ", "bearer    "})
    void shouldNotFallBackToTheCookieForAnEmptyBearer(String header) {
        assertThat(find(List.of(header), "sso_token=def")).isEqualTo(ForwardedToken.MALFORMED);
    }

    @Test
    void shouldRefuseSeveralAuthorizationHeaders() {
        assertThat(find(List.of("Bearer abc", "Bearer abc"), "sso_token=def")).isEqualTo(ForwardedToken.MALFORMED);
        assertThat(find(List.of("Basic abc", "Bearer abc"))).isEqualTo(ForwardedToken.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YTpi", "Digest x", "Bearerabc", "", "Negotiate"})
    void shouldIgnoreOtherSchemes(String header) {
        assertThat(find(List.of(header), "sso_token=def")).isEqualTo("def");
        assertThat(find(List.of(header))).isNull();
    }

    @Test
    void shouldFindNoTokenWithoutHeaders() {
        assertThat(find(List.of())).isNull();
        assertThat(find(List.of(), "other=1; sso_tokens=2; xsso_token=3; sso_token; =; ;;SSO_TOKEN=4"))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sso_token=def|def",
                "a=b; sso_token=def; c=d|def",
                "a=b;sso_token=def|def",
                "sso_token=first; sso_token=second|first",
                "sso_token=\"def\"|def",
                "garbage; \"; sso_token=def|def",
                "sso_token=de=f|de=f",
                "sso_token= def ;|def",
                "sso_token=\"|\"",
            })
    void shouldReadCookie(String header, String token) {
        assertThat(find(List.of(), header)).isEqualTo(token);
    }

    @Test
    void shouldDistinguishAnEmptyCookieFromNone() {
        assertThat(find(List.of(), "sso_token=")).isEmpty();
        assertThat(find(List.of(), "sso_token=\"\"")).isEmpty();
    }

    @Test
    void shouldSearchAllCookieHeaders() {
        assertThat(find(List.of(), "a=b", "sso_token=def")).isEqualTo("def");
    }

    @Property
    void shouldNeverThrow(@ForAll List<String> authorizations, @ForAll List<String> cookies) {
        ForwardedToken.find(authorizations, cookies, "a");
        cookies.forEach(cookie -> assertThat(ForwardedToken.find(List.of(), List.of("a=x;" + cookie), "a"))
                .isEqualTo("x"));
    }
}
