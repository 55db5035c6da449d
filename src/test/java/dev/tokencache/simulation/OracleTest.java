package dev.tokencache.simulation;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Durability;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OracleTest {

    private static final Duration LIFETIME = Duration.ofHours(1);

    private final World world = new World(1);
    private final Oracle oracle = new Oracle(world);
    private final Subject subject = new Subject("subject");
    private final Token record = TokenDraft.of("subject", world.time().clock().millis())
            .lifetime(LIFETIME.toSeconds(), 2 * LIFETIME.toSeconds())
            .token();
    private final KnownToken token = created(Durability.AS_CONFIGURED);
    private final Verdict active = new Verdict.Active(record);

    private KnownToken created(Durability durability) {
        KnownToken created = new KnownToken(
                world,
                "token",
                subject,
                new IssuedToken(new TokenString("a-token-string-of-no-key"), record, durability),
                world.time().nanoTime(),
                world.time().nanoTime());
        pass();
        return created;
    }

    private void pass() {
        world.run(Duration.ofMillis(10));
    }

    private void validated(KnownToken validated, Verdict verdict) {
        oracle.validated(validated, verdict, oracle.validationStarted(validated, "service"));
    }

    private void acknowledge(Expiry expiry, Durability durability) {
        pass();
        oracle.acknowledged(expiry, durability);
        pass();
    }

    @Test
    void shouldReportAnInactiveVerdictOnALiveToken() {
        validated(token, active);
        validated(token, new Verdict.Unknown(null));
        assertThat(oracle.violations()).isEmpty();

        validated(token, Verdict.INACTIVE);
        assertThat(oracle.violations()).hasSize(1);
    }

    @Test
    void shouldReportAnActiveVerdictOnAnExpiredToken() {
        acknowledge(oracle.expiryStarted(token, "service"), Durability.AS_CONFIGURED);
        validated(token, Verdict.INACTIVE);
        assertThat(oracle.violations()).isEmpty();

        validated(token, active);
        assertThat(oracle.violations()).hasSize(1);
    }

    @Test
    void shouldCountAnExpiryOfTheSubjectForTokensCreatedBefore() {
        acknowledge(oracle.expiryStarted(subject, null, "service"), Durability.AS_CONFIGURED);
        KnownToken later = created(Durability.AS_CONFIGURED);

        validated(later, active);
        assertThat(oracle.violations()).isEmpty();

        validated(token, active);
        validated(later, Verdict.INACTIVE);
        assertThat(oracle.violations()).hasSize(2);
    }

    @Test
    void shouldAllowBothVerdictsAfterAnExpiryThatIsNotPromised() {
        oracle.expiryStarted(token, "service");
        validated(token, active);
        validated(token, Verdict.INACTIVE);

        acknowledge(oracle.expiryStarted(token, "service"), Durability.UNDER_REPLICATED);
        validated(token, active);
        validated(token, Verdict.INACTIVE);

        assertThat(oracle.violations()).isEmpty();
    }

    @Test
    void shouldAllowAFailedExpiryToRunLaterOnlyWhereItCan() {
        failExpiry();
        validated(token, active);
        validated(token, Verdict.INACTIVE);
        assertThat(oracle.violations()).hasSize(1);

        oracle.allowFailedExpiriesToRunLater();
        failExpiry();
        validated(token, active);
        validated(token, Verdict.INACTIVE);
        assertThat(oracle.violations()).hasSize(1);
    }

    private void failExpiry() {
        oracle.failed(oracle.expiryStarted(token, "service"));
        world.run(Duration.ofSeconds(1));
    }

    @Test
    void shouldAllowTheLossOfAnUnderReplicatedToken() {
        validated(created(Durability.UNDER_REPLICATED), Verdict.INACTIVE);

        assertThat(oracle.violations()).isEmpty();
    }

    @Test
    void shouldAllowAnInactiveVerdictAfterTheLifetime() {
        world.run(LIFETIME);
        validated(token, Verdict.INACTIVE);

        assertThat(oracle.violations()).isEmpty();
    }

    @Test
    void shouldReportAnActiveVerdictAfterTheLifetime() {
        world.run(LIFETIME);
        validated(token, active);

        assertThat(oracle.violations()).hasSize(1);
    }

    @Test
    void shouldExtendTheLifetimeWithARenewal() {
        world.run(LIFETIME.minusSeconds(10));
        TokenEnd.Setting renewal = token.end().renewalStarted(OptionalLong.of(20));
        Renewal renewed = new Renewal.Renewed(withExp(record.expiresAt() + 10));
        oracle.renewed(token, renewal, renewed);
        Verdict longer = new Verdict.Active(withExp(record.expiresAt() + 10));
        world.run(Duration.ofSeconds(11));
        validated(token, longer);
        assertThat(oracle.violations()).isEmpty();

        validated(token, Verdict.INACTIVE);
        world.run(Duration.ofSeconds(10));
        validated(token, longer);
        assertThat(oracle.violations()).hasSize(2);
    }

    private Token withExp(long exp) {
        return new Token(
                record.id(),
                record.sub(),
                record.clientId(),
                record.issuedAtMillis(),
                exp,
                record.renewableUntil(),
                record.lifetime(),
                0,
                record.lastSeenMillis(),
                null,
                null,
                null);
    }

    @Test
    void shouldAllowBothEndsWhileARenewalHasNoResult() {
        world.run(LIFETIME.minusSeconds(10));
        token.end().renewalStarted(OptionalLong.empty());
        world.run(Duration.ofSeconds(11));
        validated(token, Verdict.INACTIVE);

        assertThat(oracle.violations()).isEmpty();
    }

    @Test
    void shouldKnowWhenAnIdleTokenEnds() {
        KnownToken idle = idle();
        world.run(Duration.ofSeconds(30));
        validated(idle, active);
        world.run(Duration.ofSeconds(59));
        validated(idle, Verdict.INACTIVE);
        assertThat(oracle.violations()).isEmpty();

        world.run(Duration.ofSeconds(2));
        validated(idle, active);
        assertThat(oracle.violations()).hasSize(1);
    }

    @Test
    void shouldReportAnIdleTokenThatIsInactiveAlthoughInUse() {
        KnownToken idle = idle();
        world.run(Duration.ofSeconds(59));
        oracle.expectRecordedValidations();
        validated(idle, active);
        world.run(Duration.ofSeconds(53));
        validated(idle, Verdict.INACTIVE);

        assertThat(oracle.violations()).hasSize(1);
    }

    private KnownToken idle() {
        Token record = TokenDraft.of("subject", world.time().clock().millis())
                .idleTimeout(60)
                .token();
        return new KnownToken(
                world,
                "token",
                subject,
                new IssuedToken(new TokenString("a-token-string-of-no-key"), record, Durability.AS_CONFIGURED),
                world.time().nanoTime(),
                world.time().nanoTime());
    }

    @Test
    void shouldAllowAnotherTokenOfTheSubjectThatIsKept() {
        Expiry others = oracle.expiryStarted(subject, token, "service");
        acknowledge(others, Durability.AS_CONFIGURED);
        validated(token, active);
        assertThat(oracle.violations()).isEmpty();

        validated(token, Verdict.INACTIVE);
        assertThat(oracle.violations()).hasSize(1);
    }

    @Test
    void shouldReportAListingThatLacksALiveTokenOrHasAnExpiredOne() {
        pass();
        oracle.listed(subject, List.of(record), world.time().nanoTime());
        assertThat(oracle.violations()).isEmpty();

        oracle.listed(subject, List.of(), world.time().nanoTime());
        acknowledge(oracle.expiryStarted(token, "service"), Durability.AS_CONFIGURED);
        oracle.listed(subject, List.of(record), world.time().nanoTime());
        assertThat(oracle.violations()).hasSize(2);
    }

    @Test
    void shouldReportAnActiveVerdictOnAStringThatWasNeverIssued() {
        oracle.validatedForeign("string", Verdict.INACTIVE);
        oracle.validatedForeign("string", active);

        assertThat(oracle.violations()).hasSize(1);
    }

    @Test
    void shouldReportAHistoryThatIsNotLinearizable() {
        oracle.received(token);
        oracle.expiryStarted(token, "service");
        validated(token, Verdict.INACTIVE);
        oracle.checkHistories();
        assertThat(oracle.violations()).isEmpty();

        pass();
        validated(token, active);
        oracle.checkHistories();
        assertThat(oracle.violations()).hasSize(1);
    }
}
