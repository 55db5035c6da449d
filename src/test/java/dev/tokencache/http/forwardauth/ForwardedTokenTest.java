package dev.tokencache.http.forwardauth;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ForwardedTokenTest {

    private static List<String> find(List<String> authorizations, String... cookies) {
        return ForwardedToken.find(authorizations, List.of(cookies), "sso_token").stream()
                .map(TokenString::value)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer abc", "bearer abc", "BEARER   abc"})
    void shouldFindTheBearerToken(String header) {
        assertThat(find(List.of(header))).containsExactly("abc");
    }

    @Test
    void shouldPreferBearerToCookie() {
        assertThat(find(List.of("Bearer abc"), "sso_token=def")).containsExactly("abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer ", "bearer    "})
    void shouldNotFallBackToTheCookieForAnEmptyBearer(String header) {
        assertThat(find(List.of(header), "sso_token=def")).containsExactly("");
    }

    @Test
    void shouldRefuseSeveralAuthorizationHeaders() {
        assertThat(find(List.of("Bearer abc", "Bearer abc"), "sso_token=def")).containsExactly("");
        assertThat(find(List.of("Basic abc", "Bearer abc"))).containsExactly("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YTpi", "Digest x", "Bearerabc", "", "Negotiate"})
    void shouldIgnoreOtherSchemes(String header) {
        assertThat(find(List.of(header), "sso_token=def")).containsExactly("def");
        assertThat(find(List.of(header))).isEmpty();
    }

    @Test
    void shouldFindNoTokenWithoutHeaders() {
        assertThat(find(List.of())).isEmpty();
        assertThat(find(List.of(), "other=1; sso_tokens=2; xsso_token=3; sso_token; =; ;;SSO_TOKEN=4"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sso_token=def|def",
                "a=b; sso_token=def; c=d|def",
                "a=b;sso_token=def|def",
                "sso_token=def; sso_token=\"def\"|def",
                "sso_token=\"def\"|def",
                "garbage; \"; sso_token=def|def",
                "sso_token=de=f|de=f",
                "sso_token= def ;|def",
                "sso_token=\"|\"",
            })
    void shouldReadCookie(String header, String token) {
        assertThat(find(List.of(), header)).containsExactly(token);
    }

    @Test
    void shouldDistinguishAnEmptyCookieFromNone() {
        assertThat(find(List.of(), "sso_token=")).containsExactly("");
        assertThat(find(List.of(), "sso_token=\"\"")).containsExactly("");
    }

    @Test
    void shouldSearchAllCookieHeaders() {
        assertThat(find(List.of(), "a=b", "sso_token=def")).containsExactly("def");
        assertThat(find(List.of(), "sso_token=a; sso_token=b", "sso_token=b; sso_token=c"))
                .containsExactly("a", "b", "c");
    }

    @Test
    void shouldFindAtMostFourDifferentCookies() {
        String cookies = "sso_token=1; sso_token=1; sso_token=2; sso_token=3; sso_token=2; sso_token=4; sso_token=5";
        assertThat(find(List.of(), cookies)).containsExactly("1", "2", "3", "4");
    }

    private static Verdict active(String sub, long issuedAtMillis) {
        return new Verdict.Active(TokenDraft.of(sub, issuedAtMillis).token());
    }

    @Test
    void shouldTakeTheFirstActiveTokenOfOneSubject() {
        Verdict first = active("alice", 1000);
        Verdict second = active("alice", 2000);
        Verdict unknown = new Verdict.Unknown(null);
        assertThat(ForwardedToken.verdictOf(List.of(Verdict.INACTIVE, first, second)))
                .isSameAs(first);
        assertThat(ForwardedToken.verdictOf(List.of(unknown, second, Verdict.INACTIVE, first)))
                .isSameAs(second);
    }

    @Test
    void shouldRefuseActiveTokensOfSeveralSubjects() {
        assertThat(ForwardedToken.verdictOf(
                        List.of(active("alice", 1000), new Verdict.Unknown(null), active("bob", 1000))))
                .isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldNotReportUnknownAsInactive() {
        Verdict unknown = new Verdict.Unknown(null);
        assertThat(ForwardedToken.verdictOf(List.of(Verdict.INACTIVE, unknown, Verdict.INACTIVE)))
                .isSameAs(unknown);
        assertThat(ForwardedToken.verdictOf(List.of(Verdict.INACTIVE, Verdict.INACTIVE)))
                .isEqualTo(Verdict.INACTIVE);
    }

    @Property
    void shouldNeverThrow(@ForAll List<String> authorizations, @ForAll List<String> cookies) {
        ForwardedToken.find(authorizations, cookies, "a");
        cookies.forEach(cookie -> assertThat(ForwardedToken.find(List.of(), List.of("a=x;" + cookie), "a"))
                .startsWith(new TokenString("x")));
    }
}
