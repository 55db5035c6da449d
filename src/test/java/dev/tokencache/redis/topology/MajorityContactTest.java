package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class MajorityContactTest {

    private static final Duration TICK = Duration.ofMillis(250);

    private final VirtualTime time = new VirtualTime();
    private int regained;
    private final MajorityContact contact = new MajorityContact(time, "Nodes", () -> regained++);

    private static Endpoint master(int number) {
        return new Endpoint("10.0.0." + number, 7000);
    }

    private static Set<Endpoint> masters(int count) {
        Set<Endpoint> masters = new HashSet<>();
        IntStream.range(0, count).forEach(number -> masters.add(master(number)));
        return masters;
    }

    /** Polls for two seconds while only the first masters reply. */
    private void poll(int masters, int replying) {
        for (int tick = 0; tick < 8; tick++) {
            contact.check(masters(masters), masters(masters));
            IntStream.range(0, replying).forEach(number -> contact.replied(master(number), time.nanoTime()));
            time.advance(TICK);
        }
    }

    /** A promotion needs the votes of most masters, so that many silent ones are too many. */
    @ParameterizedTest
    @CsvSource({"1,0", "2,0", "3,1", "4,1", "5,2", "6,2", "7,3"})
    void shouldBeLostWhenTheSilentMastersCouldPromoteAReplica(int masters, int tooFew) {
        poll(masters, masters);
        assertThat(contact.isLost()).isFalse();

        poll(masters, tooFew + 1);
        assertThat(contact.isLost()).as("%s of %s reply", tooFew + 1, masters).isFalse();

        poll(masters, tooFew);
        assertThat(contact.isLost()).as("%s of %s reply", tooFew, masters).isTrue();
    }

    @Test
    void shouldBeLostUntilTheFirstContact() {
        contact.check(masters(3), masters(3));
        contact.replied(master(0), time.nanoTime());
        assertThat(contact.isLost()).isTrue();

        contact.replied(master(1), time.nanoTime());

        assertThat(contact.isLost()).isFalse();
        assertThat(contact.isViewNeeded()).isFalse();
    }

    @Test
    void shouldNotBeLostForAStandaloneServer() {
        time.advance(Duration.ofHours(1));

        assertThat(contact.isLost()).isFalse();
    }

    @Test
    void shouldCountFromWhenACommandWasSent() {
        contact.check(masters(1), masters(1));
        long sent = time.nanoTime();
        time.advance(Duration.ofMillis(700));
        contact.replied(master(0), sent);
        assertThat(contact.isLost()).isFalse();

        time.advance(Duration.ofMillis(301));

        assertThat(contact.isLost()).isTrue();
    }

    @Test
    void shouldNeedAViewThatIsNewerThanTheRegainedContact() {
        poll(3, 3);
        poll(3, 1);
        long before = time.nanoTime();
        time.advance(Duration.ofMillis(1));
        assertThat(contact.confirm(before)).as("still lost").isFalse();

        contact.replied(master(1), time.nanoTime());

        assertThat(regained).isEqualTo(1);
        assertThat(contact.isLost()).isTrue();
        assertThat(contact.isViewNeeded()).isTrue();
        assertThat(contact.confirm(before)).as("queried before").isFalse();
        assertThat(contact.confirm(time.nanoTime())).isTrue();
        assertThat(contact.isLost()).isFalse();
    }

    @Test
    void shouldNeedAViewAfterAStall() {
        poll(3, 3);
        time.stall(Duration.ofSeconds(3));
        assertThat(contact.isLost()).isTrue();

        contact.check(masters(3), masters(3));
        contact.replied(master(0), time.nanoTime());
        contact.replied(master(1), time.nanoTime());

        assertThat(contact.isLost()).isTrue();
        assertThat(contact.confirm(time.nanoTime())).isTrue();
        assertThat(contact.isLost()).isFalse();
    }

    @Test
    void shouldCountAPromotedReplicaThatWasInContactBefore() {
        contact.check(masters(2), masters(3));
        IntStream.range(0, 3).forEach(number -> contact.replied(master(number), time.nanoTime()));
        Set<Endpoint> promoted = Set.of(master(0), master(2));

        contact.check(promoted, promoted);

        assertThat(contact.isLost()).isFalse();
    }
}
