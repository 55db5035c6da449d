package dev.tokencache.token;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TokenIdTest {

    private static final String TEXT = "PsSGX4ISDYqi1O4oxTWIi0yd6Ydnv2Vzn9YmjPYR";

    @Test
    void shouldSplitIntoTagAndHash() {
        TokenId id = TokenId.parse(TEXT).orElseThrow();

        assertThat(id.tag()).isEqualTo(RoutingTag.ofSubject("alice"));
        assertThat(id.hash().text()).isEqualTo("xTWIi0yd6Ydnv2Vzn9YmjPYR");
        assertThat(id).hasToString(TEXT);
    }

    @Property
    void shouldParseItsText(@ForAll String subject, @ForAll @Size(18) byte[] hash) {
        TokenId id = new TokenId(RoutingTag.ofSubject(subject), TokenHash.ofBytes(hash));

        assertThat(id.text()).matches("[A-Za-z0-9_-]{40}");
        assertThat(TokenId.parse(id.text())).contains(id);
    }

    @Property
    void shouldAcceptNoOtherSpelling(@ForAll String text) {
        assertThat(TokenId.parse(text).stream())
                .allSatisfy(id -> assertThat(id.text()).isEqualTo(text));
    }

    @Test
    void shouldNotParseMalformedIds() {
        assertThat(TokenId.parse("")).isEmpty();
        assertThat(TokenId.parse(TEXT.substring(1))).isEmpty();
        assertThat(TokenId.parse(TEXT + "A")).isEmpty();
        assertThat(TokenId.parse(TEXT.substring(2) + "==")).isEmpty();
        assertThat(TokenId.parse(TEXT.substring(4) + "====")).isEmpty();
        assertThat(TokenId.parse(TEXT.replace('d', '+'))).isEmpty();
        assertThat(TokenId.parse(TEXT.replace('d', ' '))).isEmpty();
        assertThat(TokenId.parse(TEXT.replace('d', '\u00e4'))).isEmpty();
        assertThat(TokenId.parse(TEXT.replace('d', '\u0164')))
                .as("equals d if truncated to eight bits")
                .isEmpty();
    }
}
