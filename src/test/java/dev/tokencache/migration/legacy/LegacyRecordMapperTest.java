package dev.tokencache.migration.legacy;

import dev.tokencache.migration.Refusal;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LegacyRecordMapperTest {

    private static final long NOW = 1_800_000_000_000L;
    private static final Duration MAX_TTL = Duration.ofDays(30);
    private static final TokenHash HASH = TokenDraft.hashOf("a-session-of-another-program");

    private final JsonFormat format = new JsonFormat("/sub", "/iat");
    private final LegacyRecordMapper records = new LegacyRecordMapper(format, Duration.ofHours(8), MAX_TTL);

    private Optional<Token> token(LegacyContents contents, long ttlMillis) {
        return records.token(HASH, contents, ttlMillis, Optional.empty(), NOW);
    }

    private Token issuedAt(String issuedAt) {
        String json = "{\"sub\":\"alice\",\"iat\":" + issuedAt + "}";
        return token(format.contents(json.getBytes(StandardCharsets.UTF_8)), 60_000)
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(longs = {LegacyCommands.NO_TTL, 2_145_916_800_000L, Long.MAX_VALUE, 2_592_000_001L})
    void shouldLimitTheExpiryToTheMaximumLifetime(long ttlMillis) {
        Token token = token(new LegacyRecord("alice", null, 0), ttlMillis).orElseThrow();

        assertThat(token.expiresAt()).isEqualTo(NOW / 1000 + MAX_TTL.toSeconds());
        assertThat(token.renewableUntil()).isEqualTo(token.expiresAt());
    }

    @Test
    void shouldExpireWithTheRecordOfTheOtherProgram() {
        assertThat(token(new LegacyRecord("alice", null, 0), 60_000))
                .map(Token::expiresAt)
                .hasValue(NOW / 1000 + 60);
        assertThat(token(new LegacyRecord("alice", null, 0), 60_001))
                .map(Token::expiresAt)
                .hasValue(NOW / 1000 + 61);
        assertThat(token(new LegacyRecord("alice", null, 0), LegacyCommands.NO_KEY))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1799999999, 1799999999000",
        "1799999999500, 1799999999500",
        "1800000005, 1800000005000",
        // Ahead of every clock: with such a time, no revocation would end the token.
        "1800000006, 0",
        "4102444800, 0",
        "99999999999999, 0",
        "1e300, 0",
        "1e999999, 0",
        "-5, 0",
        "0, 0"
    })
    void shouldNotBelieveAnImpossibleIssueTime(String issuedAt, long millis) {
        assertThat(issuedAt(issuedAt).issuedAtMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"yesterday\"", "\"\"", "null", "[1]", "\"NaN\"", "\"Infinity\"", "1,\"iat\":2"})
    void shouldTreatAnUnreadableIssueTimeAsUnknown(String issuedAt) {
        assertThat(issuedAt(issuedAt).issuedAtMillis()).isZero();
    }

    @Test
    void shouldBuildNoTokenFromARefusedRecord() {
        assertThat(token(LegacyContents.refused(Refusal.NOT_UTF8), 60_000)).isEmpty();
        assertThat(token(LegacyContents.NOTHING, 60_000)).isEmpty();
    }
}
