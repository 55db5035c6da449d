package dev.tokencache.simulation;

import dev.tokencache.simulation.Oracle.Expiry;
import dev.tokencache.simulation.Oracle.KnownToken;
import dev.tokencache.simulation.Oracle.Subject;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Durability;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OracleTest {

    private static final Duration LIFETIME = Duration.ofHours(1);

    private final World world = new World(1);
    private final Oracle oracle = new Oracle(world);
    private final Subject subject = new Subject("subject");
    private final Token record = TokenDraft.of("subject", world.time().clock().millis())
            .lifetime(LIFETIME.toSeconds())
            .token();
    private final KnownToken token = created(Durability.AS_CONFIGURED);
    private final Verdict active = new Verdict.Active(record);

    private KnownToken created(Durability durability) {
        KnownToken created = new KnownToken(
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
        oracle.validated(validated, verdict, world.time().nanoTime());
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
        acknowledge(oracle.expiryStarted(token), Durability.AS_CONFIGURED);
        validated(token, Verdict.INACTIVE);
        assertThat(oracle.violations()).isEmpty();

        validated(token, active);
        assertThat(oracle.violations()).hasSize(1);
    }

    @Test
    void shouldCountAnExpiryOfTheSubjectForTokensCreatedBefore() {
        acknowledge(oracle.expiryStarted(subject), Durability.AS_CONFIGURED);
        KnownToken later = created(Durability.AS_CONFIGURED);

        validated(later, active);
        assertThat(oracle.violations()).isEmpty();

        validated(token, active);
        validated(later, Verdict.INACTIVE);
        assertThat(oracle.violations()).hasSize(2);
    }

    @Test
    void shouldAllowBothVerdictsAfterAnExpiryThatIsNotPromised() {
        oracle.expiryStarted(token);
        validated(token, active);
        validated(token, Verdict.INACTIVE);

        acknowledge(oracle.expiryStarted(token), Durability.UNDER_REPLICATED);
        validated(token, active);
        validated(token, Verdict.INACTIVE);

        assertThat(oracle.violations()).isEmpty();
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
}
