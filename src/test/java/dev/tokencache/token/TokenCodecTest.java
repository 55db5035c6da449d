package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TokenCodecTest {

    private static final TokenId ID =
            new TokenId(RoutingTag.ofSubject("alice"), TokenHash.ofBytes(new byte[TokenHash.BYTES]));
    private static final Token PLAIN = token(0, 28_800, null, null, null);

    @Property
    void shouldReadWhatItWrote(@ForAll("tokens") Token token) {
        assertThat(TokenCodec.decode(ID, TokenCodec.encode(token))).isEqualTo(token);
    }

    @Property
    void shouldPutTheIssueAndTheEndWhereTheScriptsReadThem(@ForAll("tokens") Token token) {
        byte[] record = TokenCodec.encode(token);

        assertThat(number(record, 1, 6)).isEqualTo(token.issuedAtMillis());
        assertThat(number(record, 7, 6)).isEqualTo(token.endMillis());
    }

    @Test
    void shouldKeepItsFormatSoThatRecordsInRedisStayReadable() {
        Token token = token(600, 86_400, "read write", Audience.of("https://shop.example"), "{\"a\":1}");

        assertThat(HexFormat.of().formatHex(TokenCodec.encode(token)))
                .isEqualTo("3f"
                        + HexFormat.of().toHexDigits(token.issuedAtMillis(), 12)
                        + HexFormat.of().toHexDigits(token.endMillis(), 12)
                        + "80e101" // lifetime 28800
                        + "80a305" // latest end 86400
                        + "d804" // idle timeout 600
                        + "80e101" // expires 28800 after the issue
                        + "00" // last seen at the issue
                        + "05" + hex("login")
                        + "05" + hex("alice")
                        + "0a" + hex("read write")
                        + "00" + "14" + hex("https://shop.example")
                        + hex("{\"a\":1}"));
    }

    @Test
    void shouldNeedFewBytesForAPlainToken() {
        assertThat(TokenCodec.encode(PLAIN)).hasSizeLessThanOrEqualTo(16 + 6 + 6);
    }

    @Property
    void shouldRefuseARecordThatIsCutShort(@ForAll("tokens") Token token) {
        byte[] record = TokenCodec.encode(token);
        // All but the claims, which are all the rest.
        int texts = record.length - (token.claims() == null ? 0 : token.claims().json().length);
        for (int length = 0; length < texts; length++) {
            byte[] cut = Arrays.copyOf(record, length);
            assertThatIllegalArgumentException().isThrownBy(() -> TokenCodec.decode(ID, cut));
        }
    }

    @Test
    void shouldRefuseARecordOfAnotherVersion() {
        byte[] record = TokenCodec.encode(PLAIN);
        record[0] = (byte) ((record[0] & 0x1f) | (2 << 5));

        assertThatIllegalArgumentException().isThrownBy(() -> TokenCodec.decode(ID, record));
    }

    @Provide
    Arbitrary<Token> tokens() {
        Arbitrary<String> text = Arbitraries.strings().ofMaxLength(40).map(TokenCodecTest::withoutLoneSurrogates);
        Arbitrary<Audience> aud = Arbitraries.oneOf(
                text.map(Audience::of), text.list().ofMinSize(1).ofMaxSize(4).map(Audience::of));
        return Combinators.combine(
                        Arbitraries.longs().between(0, 4_102_444_800_000L),
                        Arbitraries.longs().between(1, 3_000_000_000L),
                        Arbitraries.longs().between(0, 3_000_000_000L),
                        Arbitraries.longs().between(0, 100_000),
                        text,
                        text,
                        text.injectNull(0.5),
                        aud.injectNull(0.5))
                .as((issued, lifetime, more, idle, client, sub, scope, audience) -> new Token(
                        ID,
                        sub,
                        client,
                        issued,
                        issued / 1000 + lifetime,
                        issued / 1000 + lifetime + more,
                        lifetime,
                        idle,
                        idle == 0 ? issued : issued + more / 7,
                        scope,
                        audience,
                        more % 2 == 0 ? null : Claims.ofJson("{\"n\":1}".getBytes(StandardCharsets.UTF_8))));
    }

    private static String withoutLoneSurrogates(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static Token token(long idle, long latest, String scope, Audience aud, String claims) {
        long issued = 1_795_000_000_123L;
        return new Token(
                ID,
                "alice",
                "login",
                issued,
                issued / 1000 + 28_800,
                issued / 1000 + latest,
                28_800,
                idle,
                issued,
                scope,
                aud,
                claims == null ? null : Claims.ofJson(claims.getBytes(StandardCharsets.UTF_8)));
    }

    private static long number(byte[] bytes, int at, int width) {
        long value = 0;
        for (byte next : Arrays.copyOfRange(bytes, at, at + width)) {
            value = value << 8 | (next & 0xff);
        }
        return value;
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
