package dev.tokencache.store.revocation;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RoutingTag;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RevocationChannelTest {

    static Stream<Revocation> revocations() {
        return Stream.of(
                new Revocation.OfToken(TokenDraft.randomHash()),
                new Revocation.OfSubject(RoutingTag.ofSubject("alice")));
    }

    @ParameterizedTest
    @MethodSource("revocations")
    void shouldParseWhatItEncodes(Revocation revocation) {
        String message =
                new String(RevocationChannel.message(revocation, 1_700_000_000_123L), StandardCharsets.US_ASCII);

        assertThat(RevocationChannel.parse(message))
                .contains(new RevocationChannel.Message(revocation, 1_700_000_000_123L));
        assertThat(RevocationChannel.isHello(message)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "h",
                "x",
                "t",
                "s",
                "tshort1",
                "t!!!!!!!!!!!!!!!!!!!!!!!!1",
                "s0123456789abcdef",
                "s0123456789abcdefx"
            })
    void shouldNotParseMalformedMessages(String message) {
        assertThat(RevocationChannel.parse(message)).isEmpty();
    }

    @Test
    void shouldUseOneChannelPerKeyPrefix() {
        assertThat(new RevocationChannel("tc:").name()).isEqualTo("tc:revoked");
        assertThat(new RevocationChannel("other:").name()).isEqualTo("other:revoked");
    }
}
