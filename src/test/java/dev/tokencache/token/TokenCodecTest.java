package dev.tokencache.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TokenCodecTest {

    private static final TokenId ID =
            new TokenId(RoutingTag.ofSubject("alice"), TokenHash.ofBytes(new byte[TokenHash.BYTES]));
    private static final Token PLAIN = token(0, 28_800, null, null, null);

    @Property
    void shouldDecodeWhatItEncodes(@ForAll("tokens") Token token) {
        assertThat(TokenCodec.decode(ID, TokenCodec.encode(token))).isEqualTo(token);
    }

    @Property
    void shouldStoreIssueAndExpiryAtTheOffsetsOfTheScripts(@ForAll("tokens") Token token) {
        byte[] record = TokenCodec.encode(token);

        assertThat(number(record, 1, 6)).isEqualTo(token.issuedAtMillis());
        assertThat(number(record, 7, 6)).isEqualTo(token.endMillis());
    }

    /** Records of version 1 as released. Never change these bytes: they must stay readable. */
    @Test
    void shouldReadAMinimalRecordOfVersion1() {
        byte[] record = HexFormat.of().parseHex("2001a1ee565e7b01a1f00dd20080e101056c6f67696e05616c696365");

        assertThat(TokenCodec.decode(ID, record)).isEqualTo(PLAIN);
    }

    @Test
    void shouldReadAFullRecordOfVersion1() {
        byte[] record = HexFormat.of()
                .parseHex("3f01a1ee565e7b01a1ee5f863b80e10180a305d80480e10100056c6f67696e05616c6963650a"
                        + "72656164207772697465001468747470733a2f2f73686f702e6578616d706c657b2261223a31"
                        + "7d");

        assertThat(TokenCodec.decode(ID, record))
                .isEqualTo(token(600, 86_400, "read write", Audience.of("https://shop.example"), "{\"a\":1}"));
    }

    /** The nonce of a foreign token is part of its pointer, not of its record. */
    @Test
    void shouldReadAForeignRecordOfVersion1ThatWasRenewedAndTouched() {
        byte[] record = HexFormat.of()
                .parseHex("2b01a1ee565e7b01a1ee60709b80e10180a305d804bce101e0d403056c6f67696e05616c6963"
                        + "650201610162");

        Token issued = token(600, 86_400, null, Audience.of(List.of("a", "b")), null);
        assertThat(TokenCodec.decode(ID, record))
                .isEqualTo(issued.renewed(issued.expiresAt() + 60, 1_795_000_060_123L));
    }

    @Test
    void shouldNotChangeTheFormat() {
        Token token = token(600, 86_400, "read write", Audience.of("https://shop.example"), "{\"a\":1}");

        assertThat(HexFormat.of().formatHex(TokenCodec.encode(token)))
                .isEqualTo("3f"
                        + HexFormat.of().toHexDigits(token.issuedAtMillis(), 12)
                        + HexFormat.of().toHexDigits(token.endMillis(), 12)
                        + "80e101" // lifetime 28800
                        + "80a305" // maximum expiry 86400
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
    void shouldEncodeAPlainTokenInFewBytes() {
        assertThat(TokenCodec.encode(PLAIN)).hasSizeLessThanOrEqualTo(16 + 6 + 6);
    }

    @Property
    void shouldRejectATruncatedRecord(@ForAll("tokens") Token token) {
        byte[] record = TokenCodec.encode(token);
        // Without the claims, which extend to the end of the record and have no length.
        int texts = record.length - (token.claims() == null ? 0 : token.claims().json().length);
        for (int length = 0; length < texts; length++) {
            byte[] cut = Arrays.copyOf(record, length);
            assertThatIllegalArgumentException().isThrownBy(() -> TokenCodec.decode(ID, cut));
        }
    }

    @Test
    void shouldRejectAnUnknownVersion() {
        byte[] record = TokenCodec.encode(PLAIN);
        record[0] = (byte) ((record[0] & 0x1f) | (2 << 5));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenCodec.decode(ID, record))
                .withMessage("unknown version of a token record: 2");
    }

    @Provide
    Arbitrary<Token> tokens() {
        Arbitrary<String> text = Arbitraries.strings().ofMaxLength(40).map(TokenCodecTest::wellFormed);
        Arbitrary<String> scope =
                Arbitraries.strings().withCharRange('#', '[').ofMinLength(1).ofMaxLength(40);
        Arbitrary<Audience> aud = Arbitraries.oneOf(
                text.map(Audience::of), text.list().ofMinSize(1).ofMaxSize(4).map(Audience::of));
        return Combinators.combine(
                        Arbitraries.longs().between(0, 4_102_444_800_000L),
                        Arbitraries.longs().between(1, 3_000_000_000L),
                        Arbitraries.longs().between(0, 3_000_000_000L),
                        Arbitraries.longs().between(0, 100_000),
                        text,
                        text,
                        scope.injectNull(0.5),
                        aud.injectNull(0.5))
                .as((issued, lifetime, more, idle, client, sub, scopes, audience) -> new Token(
                        ID,
                        sub,
                        client,
                        issued,
                        issued / 1000 + lifetime,
                        issued / 1000 + lifetime + more,
                        lifetime,
                        idle,
                        idle == 0 ? issued : issued + more / 7,
                        scopes,
                        audience,
                        more % 2 == 0 ? null : Claims.ofJson("{\"n\":1}".getBytes(StandardCharsets.UTF_8))));
    }

    private static String wellFormed(String text) {
        String paired = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return "x" + paired.replaceAll("\\p{Cc}", "");
    }

    /** Each part of a record as someone else may have written it: the verdict is unknown, whatever reads the record. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "616c69636500", // a NUL after the subject
                "616c69ff65", // not UTF-8
                "c1ac696365", // an overlong form
                "eda0bd6365" // a surrogate
            })
    void shouldRejectASubjectThatIsNone(String subject) {
        String length = HexFormat.of().toHexDigits((byte) (subject.length() / 2));
        String record = "2001a1ee565e7b01a1f00dd20080e101056c6f67696e" + length + subject;

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenCodec.decode(ID, HexFormat.of().parseHex(record)))
                .withMessageNotContaining("ali");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2401a1ee565e7b01a1f00dd20080e101056c6f67696e05616c69636503610d62", // CR in the scope
                "2401a1ee565e7b01a1f00dd20080e101056c6f67696e05616c6963650361c3ab", // a scope that is not ASCII
                "2401a1ee565e7b01a1f00dd20080e101056c6f67696e05616c69636500", // an empty scope
                "2801a1ee565e7b01a1f00dd20080e101056c6f67696e05616c696365000100", // NUL in the audience
                "3001a1ee565e7b01a1f00dd20080e101056c6f67696e05616c6963657b2261223a", // claims that end early
                "3001a1ee565e7b01a1f00dd20080e101056c6f67696e05616c6963655b315d", // claims that are an array
                "2001a1ee565e7b01a1f00dd20080e101000561" + "6c696365", // no client
                "2001a1ee565e7b01a1f00dd20080e101ffffffffff7f6c6f67696e05616c696365", // a length beyond all bytes
                "2201a1ee565e7b01a1f00dd20080e101ffffffffffffffff7f056c6f67696e05616c696365" // a distant maximum expiry
            })
    void shouldRejectAPartThatIsNone(String record) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenCodec.decode(ID, HexFormat.of().parseHex(record)));
    }

    private static Token token(long idle, long maxLifetime, String scope, Audience aud, String claims) {
        long issued = 1_795_000_000_123L;
        return new Token(
                ID,
                "alice",
                "login",
                issued,
                issued / 1000 + 28_800,
                issued / 1000 + maxLifetime,
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
