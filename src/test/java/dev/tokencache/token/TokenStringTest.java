package dev.tokencache.token;

import dev.tokencache.testing.CountingRandom;
import dev.tokencache.testing.TokenSettings;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TokenStringTest {

    private static final String BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final long NOW = 1_700_000_000L;
    private static final long END = NOW + 3600;
    private static final RoutingTag ALICE = RoutingTag.ofSubject("alice");

    private final TokenKeys keys = TokenKeys.from(TokenSettings.usual());
    private final SecureRandom random = new SecureRandom();

    @Test
    void shouldNotChangeTheByteLayout() {
        // Computed with openssl: key id, tag, maximum expiry, random bits, HMAC.
        TokenString token = TokenString.mint(keys, new CountingRandom(0x40), ALICE, 0x01_2345_6789L);

        assertThat(token.value())
                .isEqualTo(
                        "tc1_" + "nPd9" + "PsSGX4ISDYqi1O4o" + "ASNFZ4lAQUJDREVGR0hJSktMTU5PUFFSU5kKInAlccmlOvJlPOEd");
        assertThat(token.id().text()).isEqualTo("PsSGX4ISDYqi1O4oxTWIi0yd6Ydnv2Vzn9YmjPYR");
    }

    @Test
    void shouldLocateAMintedTokenByItsId() {
        TokenString token = mint();

        assertThat(locate(token.value())).contains(new TokenLocator.ById(token.id()));
        assertThat(token.id().tag()).isEqualTo(ALICE);
        assertThat(token.id().hash()).isEqualTo(TokenHash.ofToken(token.value()));
    }

    @Property(tries = 200)
    void shouldLocateEveryMintedTokenUntilItsMaximumExpiry(
            @ForAll @NotEmpty String subject, @ForAll @LongRange(min = 1, max = (1L << 40) - 1) long renewableUntil) {
        TokenString token = TokenString.mint(keys, random, RoutingTag.ofSubject(subject), renewableUntil);

        assertThat(token.locate(keys, renewableUntil - 1)).contains(new TokenLocator.ById(token.id()));
        assertThat(token.locate(keys, renewableUntil)).isEmpty();
        assertThat(TokenId.parse(token.id().text())).contains(token.id());
        assertThat(token.id().tag()).isEqualTo(RoutingTag.ofSubject(subject));
    }

    @Property
    void shouldNotLocateAForgedToken(@ForAll byte[] bytes) {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes, 54));

        assertThat(locate(TokenString.PREFIX + text)).isEmpty();
    }

    @Property
    void shouldNeverThrowForAnyString(@ForAll String text) {
        assertThat(locate(TokenString.PREFIX + text)).isEmpty();
        assertThat(locate(text).stream())
                .allSatisfy(locator -> assertThat(locator).isInstanceOf(TokenLocator.Foreign.class));
    }

    @Test
    void shouldRejectEveryChangedCharacterAfterThePrefix() {
        String token = mint().value();

        for (int i = TokenString.PREFIX.length(); i < token.length(); i++) {
            for (char c = 0; c < 0x100; c++) {
                if (c != token.charAt(i)) {
                    assertThat(locate(replaced(token, i, c)))
                            .as("character %d as U+%04x", i, (int) c)
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void shouldTreatATokenWithAnotherPrefixAsForeign() {
        String token = mint().value();

        for (int i = 0; i < TokenString.PREFIX.length(); i++) {
            for (char c = 0; c < 0x80; c++) {
                if (c != token.charAt(i)) {
                    String changed = replaced(token, i, c);
                    // Without the prefix it is a foreign string, found by its hash alone.
                    assertThat(locate(changed).stream()).allSatisfy(locator -> assertThat(locator)
                            .isEqualTo(new TokenLocator.Foreign(TokenHash.ofToken(changed))));
                    assertThat(TokenHash.ofToken(changed)).isNotEqualTo(TokenHash.ofToken(token));
                }
            }
        }
        assertThat(locate("TC1_" + token.substring(4))).containsInstanceOf(TokenLocator.Foreign.class);
    }

    @Test
    void shouldRejectEveryTruncationAndExtension() {
        String token = mint().value();

        for (int length = TokenString.PREFIX.length(); length < token.length(); length++) {
            assertThat(locate(token.substring(0, length)))
                    .as("%d characters", length)
                    .isEmpty();
        }
        assertThat(BASE64URL.chars())
                .allSatisfy(c -> assertThat(locate(token + (char) c.intValue())).isEmpty());
        assertThat(locate(token + token)).isEmpty();
        assertThat(locate(token + "AAAA")).isEmpty();
        assertThat(locate(TokenString.PREFIX + token)).isEmpty();
    }

    @Test
    void shouldRejectPadding() {
        String token = mint().value();

        assertThat(locate(token + "=")).isEmpty();
        assertThat(locate(token + "====")).isEmpty();
        assertThat(locate(token.substring(0, token.length() - 1) + "=")).isEmpty();
        assertThat(locate(token.substring(0, token.length() - 2) + "==")).isEmpty();
        assertThat(locate(token.substring(0, token.length() - 4) + "====")).isEmpty();
    }

    @Test
    void shouldRejectBlanksAndLineBreaks() {
        String token = mint().value();

        for (String blank : new String[] {" ", "\t", "\n", "\r\n", "\u00a0", "\0"}) {
            assertThat(locate(token + blank)).isEmpty();
            assertThat(locate(token.substring(0, 40) + blank + token.substring(40)))
                    .isEmpty();
            assertThat(locate(blank + token).stream()).noneMatch(TokenLocator.ById.class::isInstance);
        }
    }

    @Test
    void shouldRejectTheStandardBase64Alphabet() {
        // These bytes encode to "-_-_" in base64url, and to "+/+/" in base64.
        String token = TokenString.mint(keys, new SpellingRandom(), ALICE, END).value();
        assertThat(token).contains("-").contains("_");

        assertThat(locate(token)).isPresent();
        assertThat(locate(token.replace('-', '+'))).isEmpty();
        assertThat(locate(token.replace('_', '/').replace("tc1/", "tc1_"))).isEmpty();
    }

    @Test
    void shouldRejectNonAsciiLookAlikes() {
        String token = mint().value();

        for (int i = TokenString.PREFIX.length(); i < token.length(); i++) {
            char c = token.charAt(i);
            // The full-width form, and characters that equal c if truncated to seven or eight bits.
            for (char lookAlike : new char[] {(char) (c + 0xfee0), (char) (c | 0x80), (char) (c | 0x100), '\u0430'}) {
                assertThat(locate(replaced(token, i, lookAlike))).isEmpty();
            }
        }
    }

    @Test
    void shouldRejectATokenAtItsMaximumExpiry() {
        TokenString token = mint();

        assertThat(token.locate(keys, END - 1)).isPresent();
        assertThat(token.locate(keys, END)).isEmpty();
        assertThat(token.locate(keys, END + 1)).isEmpty();
        assertThat(token.locate(keys, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void shouldAcceptATokenOfAnOldKeyWhileThatKeyIsListed() {
        TokenString old = mint();
        String newSecret = TokenSettings.secret(100);
        TokenSettings usual = TokenSettings.usual();
        TokenKeys both = TokenKeys.from(
                usual.withKeys(Map.of(TokenSettings.KEY, TokenSettings.secret(0), "2025-b", newSecret), "2025-b"));
        TokenKeys onlyNew = TokenKeys.from(usual.withKeys(Map.of("2025-b", newSecret), "2025-b"));

        assertThat(old.locate(both, NOW)).contains(new TokenLocator.ById(old.id()));
        assertThat(old.locate(onlyNew, NOW)).isEmpty();
        TokenString fresh = TokenString.mint(both, random, ALICE, END);
        assertThat(fresh.locate(onlyNew, NOW)).isPresent();
        assertThat(fresh.locate(keys, NOW)).isEmpty();
        assertThat(fresh.id().tag())
                .as("the tag does not depend on the active key")
                .isEqualTo(old.id().tag());
    }

    @Test
    void shouldRejectATokenOfAnotherSecretWithTheSameKeyId() {
        TokenSettings usual = TokenSettings.usual();
        TokenKeys other =
                TokenKeys.from(usual.withKeys(Map.of(TokenSettings.KEY, TokenSettings.secret(1)), TokenSettings.KEY));

        assertThat(mint().locate(other, NOW)).isEmpty();
    }

    @Test
    void shouldDifferOnlyInTheRandomBitsAndTheMac() {
        byte[] one = bytes(mint());
        byte[] two = bytes(mint());

        assertThat(Arrays.copyOf(one, 20)).isEqualTo(Arrays.copyOf(two, 20));
        assertThat(Arrays.copyOfRange(one, 20, 40)).isNotEqualTo(Arrays.copyOfRange(two, 20, 40));
        assertThat(Arrays.copyOfRange(one, 40, 54)).isNotEqualTo(Arrays.copyOfRange(two, 40, 54));
    }

    @Test
    void shouldNeverMintTheSameTokenTwiceAndUseAll160RandomBits() {
        int mints = 2000;
        Set<String> seen = new HashSet<>();
        int[] ones = new int[160];
        for (int i = 0; i < mints; i++) {
            TokenString token = mint();
            seen.add(token.value());
            byte[] bytes = bytes(token);
            for (int bit = 0; bit < ones.length; bit++) {
                ones[bit] += bytes[20 + bit / 8] >> (bit % 8) & 1;
            }
        }

        assertThat(seen).hasSize(mints);
        // 12 standard deviations: never fails by chance, and always fails if a bit is constant.
        assertThat(ones).satisfies(counts -> assertThat(Arrays.stream(counts)).allMatch(n -> n > 730 && n < 1270));
    }

    @Test
    void shouldCarryTheTagOfTheSubjectInEveryToken() {
        for (int i = 0; i < 20; i++) {
            assertThat(TokenString.mint(keys, random, ALICE, END + i).value().substring(8, 24))
                    .isEqualTo(ALICE.value());
        }
    }

    @Test
    void shouldNotRevealTheTokenInItsId() {
        TokenString token = mint();
        String secret = token.value().substring(24);

        for (int i = 0; i + 8 <= secret.length(); i++) {
            assertThat(token.id().text()).doesNotContain(secret.substring(i, i + 8));
        }
    }

    @Test
    void shouldNotRevealTheTokenInToString() {
        TokenString token = mint();

        assertThat(token.toString()).isEqualTo("TokenString[redacted]");
        assertThat("" + token.locate(keys, NOW)).doesNotContain(token.value().substring(24));
    }

    @Test
    void shouldAcceptForeignStringsOf16To512PrintableCharacters() {
        assertThat(locate("a".repeat(15))).isEmpty();
        assertThat(locate("a".repeat(16))).contains(foreign("a".repeat(16)));
        assertThat(locate("a".repeat(512))).contains(foreign("a".repeat(512)));
        assertThat(locate("a".repeat(513))).isEmpty();
        assertThat(locate("")).isEmpty();
    }

    @Test
    void shouldAcceptPrintableAsciiExceptTheBlankInAForeignString() {
        for (char c = 0; c < 0x200; c++) {
            String text = "0123456789abcdef" + c;
            if (c > ' ' && c < 0x7f) {
                assertThat(locate(text)).as("U+%04x", (int) c).contains(foreign(text));
            } else {
                assertThat(locate(text)).as("U+%04x", (int) c).isEmpty();
            }
        }
    }

    @Test
    void shouldNotAcceptAForeignStringWithOurPrefix() {
        assertThat(new TokenString("tc1_0123456789abcdef").isForeign()).isFalse();
        assertThat(locate("tc1_0123456789abcdef")).isEmpty();
        assertThat(new TokenString("tc2_0123456789abcdef").isForeign()).isTrue();
        assertThat(mint().isForeign()).isFalse();
    }

    private TokenString mint() {
        return TokenString.mint(keys, random, ALICE, END);
    }

    private Optional<TokenLocator> locate(String token) {
        return new TokenString(token).locate(keys, NOW);
    }

    private static TokenLocator foreign(String token) {
        return new TokenLocator.Foreign(TokenHash.ofToken(token));
    }

    private static String replaced(String token, int at, char c) {
        return token.substring(0, at) + c + token.substring(at + 1);
    }

    private static byte[] bytes(TokenString token) {
        return Base64.getUrlDecoder().decode(token.value().substring(TokenString.PREFIX.length()));
    }

    /** Bits whose encoding uses the two characters in which the base64 alphabets differ. */
    private static final class SpellingRandom extends SecureRandom {

        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) new int[] {0xfb, 0xff, 0xbf}[i % 3];
            }
        }
    }
}
