package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.Scores.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ScoresTest {

    private final Scores scores = new Scores(2);

    private Duration unknownReads(long now) {
        return scores.at(now).get(0).unknownReads();
    }

    @Test
    void shouldCountFromTheFirstUnknownCallToTheNextServedOne() {
        scores.served(0, Kind.READ, 100, 110);
        scores.unknown(0, Kind.READ, 200, 2200);
        scores.unknown(0, Kind.READ, 300, 2300);
        scores.served(0, Kind.READ, 500, 510);
        scores.unknown(0, Kind.READ, 700, 710);
        scores.served(0, Kind.READ, 800, 810);

        assertThat(unknownReads(9_000)).isEqualTo(Duration.ofNanos(300 + 100));
        assertThat(scores.at(9_000).get(1).unknown()).isEqualTo(Duration.ZERO);
    }

    @Test
    void shouldCountAShardThatIsStillUnknown() {
        scores.unknown(0, Kind.READ, 200, 210);

        assertThat(unknownReads(1_200)).isEqualTo(Duration.ofNanos(1_000));
    }

    @Test
    void shouldNotLetAWriteEndAnOutageOfReads() {
        scores.unknown(0, Kind.READ, 200, 210);
        scores.served(0, Kind.WRITE, 300, 310);

        assertThat(unknownReads(400)).isEqualTo(Duration.ofNanos(200));
    }
}
