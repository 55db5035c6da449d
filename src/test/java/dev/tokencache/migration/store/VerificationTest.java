package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class VerificationTest {

    private final VirtualTime time = new VirtualTime(Instant.ofEpochSecond(1_800_000_000), 1);
    private final Clock clock = time.clock();
    private final InMemoryTokenStore cluster = new InMemoryTokenStore(clock);
    private final PagedLegacyStore legacy = new PagedLegacyStore();
    private final Verification verification =
            new Verification(legacy, cluster, Duration.ZERO, new ExpiryLimit(Duration.ofDays(30), time.clock()), time);

    private TokenDraft draft(String sub) {
        return TokenDraft.of(sub, clock.millis() - 1000);
    }

    private void both(Token inLegacy, Token inCluster) {
        legacy.add("a", inLegacy);
        cluster.create(new LegacyToken(inCluster, true).copy()).await().indefinitely();
    }

    private Verification.Part compare(String position, int keys) {
        return verification.compare(position, keys).await().indefinitely();
    }

    @Test
    void shouldFindNoMismatchOnEqualSides() {
        Token token = draft("alice").claims("{\"a\":1}").token();
        both(token, token);
        Verification.Part part = compare("a:0", 10);
        assertThat(part.compared()).isEqualTo(1);
        assertThat(part.mismatches()).isEmpty();
        assertThat(part.next()).isEmpty();
    }

    @Test
    void shouldFindEachKindOfMismatch() {
        TokenHash one = TokenDraft.randomHash();
        both(draft("alice").hash(one).token(), draft("bob").hash(one).token());
        TokenHash two = TokenDraft.randomHash();
        both(
                draft("carol").hash(two).claims("{\"a\":1}").token(),
                draft("carol").hash(two).token());
        TokenHash three = TokenDraft.randomHash();
        both(
                draft("dave").hash(three).lifetime(3600).token(),
                draft("dave").hash(three).lifetime(3603).token());
        Token missing = draft("erin").token();
        legacy.add("a", missing);

        Verification.Part part = compare("a:0", 10);

        assertThat(part.compared()).isEqualTo(4);
        assertThat(part.mismatches())
                .isEqualTo(Map.of(
                        Mismatch.OTHER_SUBJECT, 1L,
                        Mismatch.OTHER_CLAIMS, 1L,
                        Mismatch.OTHER_EXPIRY, 1L,
                        Mismatch.MISSING_IN_CLUSTER, 1L));
        assertThat(part.findings())
                .contains(new Verification.Finding(missing.id(), Mismatch.MISSING_IN_CLUSTER))
                .hasSize(4);
    }

    @Test
    void shouldIgnoreALoggedOutSubject() {
        legacy.add("a", draft("alice").token());
        cluster.expireSubject(RoutingTag.ofSubject("alice"), OptionalLong.empty())
                .await()
                .indefinitely();
        assertThat(compare("a:0", 10).mismatches()).isEmpty();
    }

    @Test
    void shouldIgnoreATokenThatExpiredBeforeTheRecheck() {
        Token ended = draft("alice").token();
        legacy.add("a", ended);
        legacy.add("a", draft("bob").token());
        legacy.onScan = scans -> {
            if (scans == 2) {
                legacy.remove(ended);
            }
        };
        Verification.Part part = compare("a:0", 10);
        assertThat(part.mismatches()).isEqualTo(Map.of(Mismatch.MISSING_IN_CLUSTER, 1L));
        assertThat(part.compared()).isEqualTo(1);
    }

    @Test
    void shouldCountTokensWithoutAReplyOfTheCluster() {
        legacy.add("a", draft("alice").token());
        cluster.fail(true);
        Verification.Part part = compare("a:0", 10);
        assertThat(part.unknown()).isEqualTo(1);
        assertThat(part.compared()).isZero();
    }

    @Test
    void shouldScanAllMastersPageByPage() {
        for (int i = 0; i < 25; i++) {
            legacy.add("a", draft("p" + i).token());
        }
        legacy.add("b", draft("q").token());
        assertThat(verification.starts().await().indefinitely())
                .containsExactly(new Verification.Start("a:0", 25), new Verification.Start("b:0", 1));
        Verification.Part first = compare("a:0", 10);
        assertThat(first.next()).hasValue("a:10");
        assertThat(compare(compare(first.next().orElseThrow(), 10).next().orElseThrow(), 10)
                        .next())
                .isEmpty();
    }

    @Test
    void shouldRejectAnInvalidPosition() {
        for (String wrong : new String[] {"", "a", "a:", "a:x", "a\r\n:0", "a:0:1", ":0"}) {
            assertThatThrownBy(() -> verification.compare(wrong, 10))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("field=position");
        }
    }
}
