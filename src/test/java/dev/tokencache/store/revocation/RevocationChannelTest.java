package dev.tokencache.store.revocation;

import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RoutingTag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RevocationChannelTest {

    private static final RevocationChannel CHANNEL = new RevocationChannel("tc:", Seal.off());

    static Stream<Revocation> revocations() {
        return Stream.of(
                new Revocation.OfToken(TokenDraft.randomHash()),
                new Revocation.OfSubject(RoutingTag.ofSubject("alice")));
    }

    @ParameterizedTest
    @MethodSource("revocations")
    void shouldParseWhatItEncodes(Revocation revocation) {
        String message = new String(CHANNEL.message(revocation, 1_700_000_000_123L), StandardCharsets.US_ASCII);

        assertThat(CHANNEL.parse(message)).contains(new RevocationChannel.Message(revocation, 1_700_000_000_123L));
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
                "s0123456789abcdefx",
                "e",
                "e.1",
                "eAAAA.1",
                "e!.1"
            })
    void shouldNotParseMalformedMessages(String message) {
        assertThat(CHANNEL.parse(message)).isEmpty();
    }

    @Test
    void shouldEncryptTheRoutingTag() {
        RevocationChannel sealed =
                new RevocationChannel("tc:", SealSettings.sealingWith("a").seal());
        Revocation revocation = new Revocation.OfSubject(RoutingTag.ofSubject("alice"));

        String message = new String(sealed.message(revocation, 1_700_000_000_123L), StandardCharsets.US_ASCII);

        assertThat(message).doesNotContain(RoutingTag.ofSubject("alice").value());
        for (RevocationChannel listener : List.of(
                sealed, new RevocationChannel("tc:", SealSettings.openingOnly().seal()))) {
            assertThat(listener.parse(message)).contains(new RevocationChannel.Message(revocation, 1_700_000_000_123L));
        }
    }

    /** The bus then counts as incomplete, so no cached verdict is used. */
    @Test
    void shouldNotParseWhatItCannotDecrypt() {
        RevocationChannel sealed =
                new RevocationChannel("tc:", SealSettings.sealingWith("a").seal());
        String message = new String(
                sealed.message(new Revocation.OfSubject(RoutingTag.ofSubject("alice")), 1), StandardCharsets.US_ASCII);

        assertThat(CHANNEL.parse(message)).isEmpty();
        assertThat(sealed.parse(message.replace(message.charAt(40), message.charAt(40) == 'x' ? 'y' : 'x')))
                .isEmpty();
        assertThat(new RevocationChannel("other:", SealSettings.sealingWith("a").seal()).parse(message))
                .isEmpty();
    }

    @Test
    void shouldUseOneChannelPerKeyPrefix() {
        assertThat(CHANNEL.name()).isEqualTo("tc:revoked");
        assertThat(new RevocationChannel("other:", Seal.off()).name()).isEqualTo("other:revoked");
    }
}
