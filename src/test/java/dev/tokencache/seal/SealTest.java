package dev.tokencache.seal;

import dev.tokencache.seal.Seal.Opened;
import dev.tokencache.seal.Seal.Verified;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.TokenId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SealTest {

    private static final byte[] KEY = "tc:{AAAAAAAAAAAAAAAA}".getBytes(US_ASCII);
    private static final Token TOKEN = draft("alice").token();
    private static final Place PLACE = place(TOKEN);
    /** A million was tried with {@code -Dtokencache.forgeries=1000000}, which takes a minute. */
    private static final int FORGERIES = Integer.getInteger("tokencache.forgeries", 50_000);

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Seal seal = SealSettings.sealingWith("a").seal(registry);

    private static TokenDraft draft(String sub) {
        return TokenDraft.of(sub, 1_795_000_000_123L)
                .named("a-token-of-alice")
                .lifetime(3600, 7200)
                .idleTimeout(600)
                .scope("read write")
                .claims("{\"role\":\"admin\"}");
    }

    private static Place place(Token token) {
        return Place.ofRecord(KEY, token.id().hash().bytes());
    }

    @Test
    void shouldOpenWhatItSealed() {
        assertThat(seal.decode(TOKEN.id(), seal.encode(TOKEN, PLACE), PLACE)).isEqualTo(new Opened(TOKEN, false));
        assertThat(failures()).isZero();
    }

    @Test
    void shouldNotChangeTheFormat() {
        assertThat(HexFormat.of().formatHex(seal.encode(TOKEN, PLACE)))
                .isEqualTo(
                        "57" // version 2, with an idle timeout, a maximum expiry, a scope and claims
                                + HexFormat.of().toHexDigits(TOKEN.issuedAtMillis(), 12)
                                + HexFormat.of().toHexDigits(TOKEN.endMillis(), 12)
                                + "901c" // lifetime 3600
                                + "a038" // maximum expiry 7200
                                + "50e29981" // key id
                                + "81c488c0a77267af28a1aee93d58dd4057ebdc0cf22d411c" // nonce
                                + "860fba46ed5c2fc108a74fb0769966bc1e08a0d33ad3daf960b8867cab916fe9d02166939959d7c9fb"
                                + "84ce7781734a91124ecbd0da6de9b437dbb02c");
        assertThat(seal.authenticate("1795000000123", Place.ofNotBefore(KEY)))
                .isEqualTo("1795000000123.UOKZgX_ZWLYQloYXK0TMtzgN");
    }

    @Test
    void shouldAddAtMost48Bytes() {
        assertThat(seal.encode(TOKEN, PLACE)).hasSize(TokenCodec.encode(TOKEN).length + 44);
    }

    @Test
    void shouldHideTheIdentity() {
        String sealed = new String(seal.encode(TOKEN, PLACE), ISO_8859_1);

        assertThat(sealed).doesNotContain("alice", "login", "read", "role", "admin");
    }

    @Test
    void shouldLeaveThePartThatScriptsReadInPlace() {
        byte[] record = TokenCodec.encode(TOKEN);
        byte[] sealed = seal.encode(TOKEN, PLACE);
        int plain = TokenCodec.plainLength(record);

        assertThat(Arrays.copyOfRange(sealed, 1, plain)).isEqualTo(Arrays.copyOfRange(record, 1, plain));
        assertThat(sealed[0] & 0x1f).isEqualTo(record[0] & 0x1f);
    }

    @Test
    void shouldNotRepeatANonceForAnotherContent() {
        byte[] first = seal.encode(TOKEN, PLACE);
        byte[] second = seal.encode(TOKEN.touched(TOKEN.lastSeenMillis() + 1), PLACE);
        byte[] elsewhere =
                seal.encode(TOKEN, Place.ofRecord("tc:{BBBBBBBBBBBBBBBB}".getBytes(US_ASCII), PLACE.field()));

        assertThat(List.of(nonce(first), nonce(second), nonce(elsewhere))).doesNotHaveDuplicates();
        // The same record in the same place is the same value, so a repeated write changes nothing.
        assertThat(seal.encode(TOKEN, PLACE)).isEqualTo(first);
    }

    private static String nonce(byte[] sealed) {
        int from = TokenCodec.plainLength(sealed) + SealKey.ID_BYTES;
        return HexFormat.of().formatHex(sealed, from, from + Xaes256Gcm.NONCE_BYTES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseARecordWithAnyByteChanged(boolean isRequired) {
        Seal opening = SealSettings.sealingWith("a").required(isRequired).seal();
        byte[] sealed = seal.encode(TOKEN, PLACE);
        for (int at = 0; at < sealed.length; at++) {
            for (int flip = 1; flip < 256; flip++) {
                byte[] changed = sealed.clone();
                changed[at] ^= (byte) flip;
                assertRefused(opening, changed, PLACE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseARecordThatIsCutShortOrLonger(boolean isRequired) {
        Seal opening = SealSettings.sealingWith("a").required(isRequired).seal();
        byte[] sealed = seal.encode(TOKEN, PLACE);
        for (int length = 0; length <= sealed.length + 20; length++) {
            if (length != sealed.length) {
                assertRefused(opening, Arrays.copyOf(sealed, length), PLACE);
            }
        }
    }

    /** Splices of real records, with random changes: what a thief could try. */
    @Test
    void shouldAcceptNoForgery() {
        Seal required = SealSettings.sealingWith("a").required(true).seal();
        Seal other = SealSettings.sealingWith("b").seal();
        Token bob = draft("bob").token();
        byte[][] real = {
            seal.encode(TOKEN, PLACE),
            seal.encode(TOKEN.touched(TOKEN.lastSeenMillis() + 1000), PLACE),
            seal.encode(bob, place(bob)),
            other.encode(TOKEN, PLACE),
            TokenCodec.encode(TOKEN)
        };
        List<byte[]> genuine = List.of(real[0], real[1], real[2], real[3]);
        Random random = new Random(1);
        int accepted = 0;
        for (int i = 0; i < FORGERIES; i++) {
            byte[] forged = real[random.nextInt(real.length)].clone();
            byte[] donor = real[random.nextInt(real.length)];
            int from = random.nextInt(Math.min(forged.length, donor.length));
            System.arraycopy(donor, from, forged, from, random.nextInt(Math.min(forged.length, donor.length) - from));
            forged[random.nextInt(forged.length)] ^= (byte) random.nextInt(256);
            if (genuine.stream().noneMatch(one -> Arrays.equals(one, forged)) && isAccepted(required, forged)) {
                accepted++;
            }
        }
        assertThat(accepted).isZero();
    }

    private static boolean isAccepted(Seal opening, byte[] record) {
        try {
            opening.decode(TOKEN.id(), record, PLACE);
            return true;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    @Test
    void shouldRefuseARecordOfAnotherPlace() {
        Token bob = draft("bob").token();
        byte[] ofBob = seal.encode(bob, Place.ofRecord("tc:{BBBBBBBBBBBBBBBB}".getBytes(US_ASCII), PLACE.field()));

        assertRefused(seal, ofBob, PLACE);
        assertRefused(seal, seal.encode(TOKEN, Place.ofRecord(KEY, new byte[18])), PLACE);
        assertRefused(seal, seal.encode(TOKEN, Place.ofSidecar(KEY, new byte[0])), Place.ofPointer(KEY));
        assertThat(failures("unverified")).isEqualTo(3);
    }

    @Test
    void shouldRefuseARecordOfAnotherCluster() {
        Seal ofAnother = new SealSettings(Map.of("a", SealSettings.KEYS.get("b")), Optional.of("a"), false).seal();

        assertRefused(ofAnother, seal.encode(TOKEN, PLACE), PLACE);
        assertRefused(Seal.off(), seal.encode(TOKEN, PLACE), PLACE);
    }

    @Test
    void shouldRefuseAnUnsealedRecordOfAnotherSubject() {
        TokenId alice = TOKEN.id();
        byte[] ofBob = TokenCodec.encode(draft("bob").token());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Seal.off().decode(alice, ofBob, PLACE))
                .withMessageContaining("another subject");
    }

    @Test
    void shouldReadUnsealedRecordsUntilSealsAreRequired() {
        byte[] record = TokenCodec.encode(TOKEN);

        assertThat(SealSettings.openingOnly().seal().decode(TOKEN.id(), record, PLACE))
                .isEqualTo(new Opened(TOKEN, false));
        assertThat(seal.decode(TOKEN.id(), record, PLACE)).isEqualTo(new Opened(TOKEN, true));
        assertRefused(SealSettings.sealingWith("a").required(true).seal(), record, PLACE);
        assertThat(registry.counter("tokencache.seal.outdated.reads").count()).isEqualTo(1);
    }

    @Test
    void shouldRotateKeys() {
        byte[] old = seal.encode(TOKEN, PLACE);
        seal.use(SealKeys.of(SealSettings.KEYS, Optional.of("b"), true));

        assertThat(seal.decode(TOKEN.id(), old, PLACE)).isEqualTo(new Opened(TOKEN, true));
        assertThat(seal.decode(TOKEN.id(), seal.encode(TOKEN, PLACE), PLACE)).isEqualTo(new Opened(TOKEN, false));

        seal.use(SealKeys.of(Map.of("b", SealSettings.KEYS.get("b")), Optional.of("b"), true));
        assertRefused(seal, old, PLACE);
        assertThat(failures("unknown_key")).isEqualTo(1);
    }

    @Test
    void shouldOpenARecordOnlyOnceWhileItDoesNotChange() {
        byte[] record = seal.encode(TOKEN, PLACE);
        Token opened = seal.decode(TOKEN.id(), record, PLACE).token();

        assertThat(seal.decode(TOKEN.id(), record.clone(), PLACE).token()).isSameAs(opened);
    }

    @Test
    void shouldOpenAgainWhatIsOfAnotherPlace() {
        byte[] record = seal.encode(TOKEN, PLACE);
        seal.decode(TOKEN.id(), record, PLACE);

        assertRefused(seal, record, Place.ofRecord("tc:{BAAAAAAAAAAAAAAA}".getBytes(US_ASCII), PLACE.field()));
        assertRefused(seal, record, Place.ofSidecar(KEY, PLACE.field()));
    }

    @Test
    void shouldOpenAgainForAnotherToken() {
        TokenId other = new TokenId(RoutingTag.ofSubject("bob"), TOKEN.id().hash());
        byte[] record = seal.encode(TOKEN, PLACE);
        seal.decode(TOKEN.id(), record, PLACE);

        assertThat(seal.decode(other, record, PLACE).token().id()).isEqualTo(other);
    }

    @Test
    void shouldOpenAgainWithOtherKeys() {
        byte[] record = seal.encode(TOKEN, PLACE);
        seal.decode(TOKEN.id(), record, PLACE);
        seal.use(SealKeys.of(Map.of("b", SealSettings.KEYS.get("b")), Optional.of("b"), true));

        assertRefused(seal, record, PLACE);
    }

    @Test
    void shouldCountEachReadOfAnOutdatedRecord() {
        byte[] record = TokenCodec.encode(TOKEN);
        seal.decode(TOKEN.id(), record, PLACE);
        seal.decode(TOKEN.id(), record, PLACE);

        assertThat(registry.counter("tokencache.seal.outdated.reads").count()).isEqualTo(2);
    }

    @Test
    void shouldSealForAnotherTokenCacheWithItsKey() {
        Seal ofOther = seal.ofOther("a.property", Optional.of("b"));
        byte[] record = ofOther.encode(TOKEN, PLACE);

        assertThat(SealSettings.sealingWith("b").seal().decode(TOKEN.id(), record, PLACE))
                .isEqualTo(new Opened(TOKEN, false));
        assertThat(seal.ofOther("a.property", Optional.empty()).encode(TOKEN, PLACE))
                .isEqualTo(TokenCodec.encode(TOKEN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> seal.ofOther("a.property", Optional.of("c")))
                .withMessageStartingWith("a.property=c names no key");
    }

    @Test
    void shouldAuthenticateATextInItsPlace() {
        Place place = Place.ofNotBefore(KEY);
        String value = seal.authenticate("1795000000123", place);

        assertThat(seal.verify(value, place)).isEqualTo(new Verified("1795000000123", false));
        assertThat(seal.verify("1795000000123", place)).isEqualTo(new Verified("1795000000123", true));
        assertUnverified(seal, value, Place.ofPointer(KEY));
        assertUnverified(seal, value, Place.ofNotBefore("tc:{B}".getBytes(US_ASCII)));
        assertUnverified(SealSettings.sealingWith("a").required(true).seal(), "1795000000123", place);
    }

    @Test
    void shouldRefuseATextWithAnyCharacterChanged() {
        Place place = Place.ofNotBefore(KEY);
        String value = seal.authenticate("1795000000123", place);
        Seal required = SealSettings.sealingWith("a").required(true).seal();
        for (int at = 0; at < value.length(); at++) {
            for (int flip = 1; flip < 128; flip++) {
                char[] changed = value.toCharArray();
                changed[at] ^= (char) flip;
                assertUnverified(required, new String(changed), place);
            }
            assertUnverified(required, value.substring(0, at), place);
        }
    }

    private static void assertUnverified(Seal opening, String value, Place place) {
        assertThatIllegalArgumentException().isThrownBy(() -> opening.verify(value, place));
    }

    private static void assertRefused(Seal opening, byte[] record, Place place) {
        assertThatIllegalArgumentException().isThrownBy(() -> opening.decode(TOKEN.id(), record, place));
    }

    private double failures() {
        return registry.find("tokencache.seal.failures").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private double failures(String reason) {
        return registry.counter("tokencache.seal.failures", "reason", reason).count();
    }
}
