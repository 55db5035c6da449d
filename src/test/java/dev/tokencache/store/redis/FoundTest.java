package dev.tokencache.store.redis;

import dev.tokencache.redis.Reply;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.Verdict;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Verdicts on what Redis returned: of a replica, and of a sealed record that a thief with Redis' password changed. */
class FoundTest {

    private static final long NOW = 1_795_000_000_123L;
    private static final byte[] KEY = "tc:{AAAAAAAAAAAAAAAA}".getBytes(ISO_8859_1);
    private static final Token TOKEN = TokenDraft.of("alice", NOW).token();

    private static byte[] sealed(Seal seal) {
        return seal.encode(TOKEN, Place.ofRecord(KEY, TOKEN.id().hash().bytes()));
    }

    private static Verdict verdict(Seal seal, byte @Nullable [] notBefore, byte[] record) {
        return found(seal, notBefore, record, false).verdict(NOW + 1000);
    }

    private static Found found(
            Seal seal, byte @Nullable [] notBefore, byte @Nullable [] record, boolean isFromReplica) {
        RoutedReply reply = new RoutedReply(
                Reply.list(
                        notBefore == null ? null : Reply.text(new String(notBefore, ISO_8859_1)),
                        record == null ? null : Reply.bytes(record)),
                isFromReplica,
                true);
        return Found.of(TOKEN.id(), KEY, reply, seal);
    }

    @Test
    void shouldNotKnowWhetherATokenIsInactiveThatAReplicaDoesNotHave() {
        Found found = found(Seal.off(), null, null, true);

        assertThat(found.verdict(NOW)).isInstanceOf(Verdict.Unknown.class);
        assertThat(found.verdict(TOKEN, NOW)).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void shouldReportATokenInactiveThatAMasterDoesNotHave() {
        assertThat(found(Seal.off(), null, null, false).verdict(NOW)).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldSayThatAReplicaReportsTheTokenActive() {
        Found found = found(Seal.off(), null, TokenCodec.encode(TOKEN), true);

        assertThat(found.verdict(NOW)).isEqualTo(new Verdict.Active(TOKEN, Verdict.Basis.REPLICA));
        assertThat(found.verdict(TOKEN, NOW)).isEqualTo(new Verdict.Active(TOKEN, Verdict.Basis.REPLICA));
    }

    @Test
    void shouldBelieveAReplicaThatTheTokenIsRevoked() {
        byte[] notBefore = NotBefore.bytes(NOW, KEY, Seal.off());

        assertThat(found(Seal.off(), notBefore, TokenCodec.encode(TOKEN), true).verdict(NOW))
                .isEqualTo(Verdict.INACTIVE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReportNoChangedRecordInactive(boolean isRequired) {
        Seal seal = SealSettings.sealingWith("a").required(isRequired).seal();
        byte[] record = sealed(seal);
        assertThat(verdict(seal, null, record)).isInstanceOf(Verdict.Active.class);
        for (int at = 0; at < record.length; at++) {
            for (int flip = 1; flip < 256; flip++) {
                byte[] changed = record.clone();
                changed[at] ^= (byte) flip;
                assertUnknown(seal, null, changed);
            }
            assertUnknown(seal, null, Arrays.copyOf(record, at));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReportNoTokenWithAChangedNotBeforeTime(boolean isRequired) {
        Seal seal = SealSettings.sealingWith("a").required(isRequired).seal();
        byte[] record = sealed(seal);
        byte[] notBefore = NotBefore.bytes(NOW - 1, KEY, seal);
        assertThat(verdict(seal, notBefore, record)).isInstanceOf(Verdict.Active.class);
        assertThat(verdict(seal, NotBefore.bytes(NOW, KEY, seal), record)).isInstanceOf(Verdict.Inactive.class);
        for (int at = 0; at < notBefore.length; at++) {
            for (int flip = 1; flip < 256; flip++) {
                byte[] changed = notBefore.clone();
                changed[at] ^= (byte) flip;
                assertUnknown(seal, changed, record);
            }
        }
        assertUnknown(seal, NotBefore.bytes(NOW - 1, "tc:{other}".getBytes(ISO_8859_1), seal), record);
    }

    private static void assertUnknown(Seal seal, byte @Nullable [] notBefore, byte[] record) {
        // The store reports every exception as an unknown verdict.
        assertThatIllegalArgumentException().isThrownBy(() -> verdict(seal, notBefore, record));
    }
}
