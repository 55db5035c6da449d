package dev.tokencache.simulation;

import dev.tokencache.simulation.TokenHistory.Call;
import dev.tokencache.simulation.TokenHistory.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static dev.tokencache.simulation.TokenHistory.Kind.EXPIRY;
import static dev.tokencache.simulation.TokenHistory.Kind.SAW_ACTIVE;
import static dev.tokencache.simulation.TokenHistory.Kind.SAW_INACTIVE;
import static dev.tokencache.simulation.TokenHistory.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

class TokenHistoryTest {

    private static void assertLinearizable(Call... calls) {
        assertThat(TokenHistory.isLinearizable(List.of(calls))).isTrue();
    }

    private static void assertContradiction(Call... calls) {
        assertThat(TokenHistory.isLinearizable(List.of(calls))).isFalse();
    }

    @Test
    void shouldAcceptCallsOneAfterTheOther() {
        assertLinearizable();
        assertLinearizable(new Call(SAW_ACTIVE, 1, 2), new Call(EXPIRY, 3, 4), new Call(SAW_INACTIVE, 5, 6));
    }

    @Test
    void shouldAcceptBothVerdictsDuringAnExpiry() {
        assertLinearizable(new Call(EXPIRY, 1, 10), new Call(SAW_INACTIVE, 2, 5), new Call(SAW_ACTIVE, 3, 4));
    }

    @Test
    void shouldRefuseAnActiveVerdictAfterAnExpiry() {
        assertContradiction(new Call(EXPIRY, 1, 2), new Call(SAW_ACTIVE, 3, 4));
    }

    @Test
    void shouldRefuseAnActiveVerdictAfterAnInactiveOneAlthoughTheExpiryHasNotEnded() {
        assertContradiction(new Call(EXPIRY, 1, OPEN), new Call(SAW_INACTIVE, 2, 3), new Call(SAW_ACTIVE, 4, 5));
    }

    @Test
    void shouldRefuseAnInactiveVerdictBeforeAnyExpiry() {
        assertContradiction(new Call(SAW_INACTIVE, 1, 2));
        assertContradiction(new Call(SAW_INACTIVE, 1, 2), new Call(EXPIRY, 3, 4));
    }

    @Test
    void shouldAcceptThatAnExpiryWithoutAResultHappensLateOrNever() {
        assertLinearizable(new Call(EXPIRY, 1, OPEN), new Call(SAW_ACTIVE, 100, 101));
        assertLinearizable(new Call(EXPIRY, 1, OPEN), new Call(SAW_ACTIVE, 100, 101), new Call(SAW_INACTIVE, 102, 103));
    }

    @Test
    void shouldAgreeWithASearchOverAllOrders() {
        SplittableRandom random = new SplittableRandom(1);
        int linearizable = 0;
        for (int i = 0; i < 20_000; i++) {
            List<Call> calls = randomCalls(random);
            boolean expected = canContinue(calls, true);
            assertThat(TokenHistory.isLinearizable(calls)).as("%s", calls).isEqualTo(expected);
            linearizable += expected ? 1 : 0;
        }
        assertThat(linearizable).isBetween(5_000, 15_000);
    }

    /** Odd starts and even ends, so that no call starts when another one ends. */
    private static List<Call> randomCalls(SplittableRandom random) {
        List<Call> calls = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            Kind kind = Kind.values()[random.nextInt(3)];
            long start = 1 + 2 * random.nextInt(8);
            boolean isOpen = kind == EXPIRY && random.nextInt(3) == 0;
            calls.add(new Call(kind, start, isOpen ? OPEN : start + 1 + 2 * random.nextInt(4)));
        }
        return calls;
    }

    /** The definition: some call that none of the others precedes comes first, and the rest continues from its state. */
    private static boolean canContinue(List<Call> left, boolean isActive) {
        if (left.stream().allMatch(call -> call.endedAt() == OPEN)) {
            return true;
        }
        for (Call first : left) {
            boolean isPossible = left.stream().allMatch(other -> first.startedAt() < other.endedAt())
                    && (first.kind() == EXPIRY || (first.kind() == SAW_ACTIVE) == isActive);
            List<Call> rest = new ArrayList<>(left);
            rest.remove(first);
            if (isPossible && canContinue(rest, isActive && first.kind() != EXPIRY)) {
                return true;
            }
        }
        return false;
    }
}
